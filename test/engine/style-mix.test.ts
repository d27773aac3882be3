import { assert } from 'chai';
import { createGenerator } from '../../src/engine/create-generator.ts';
import type { Generator, GenerateOptions, Picture } from '../../src/engine/generator.ts';
import { limitDimensions } from '../../src/latent/latent-dimension.ts';
import { sampleLatent } from '../../src/latent/seeded-random.ts';
import { createLatentMapper } from '../../src/model/latent-mapper.ts';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';

/** The largest difference of any channel of any pixel. */
function worstDifference(a: Picture, b: Picture): number {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  return a.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b.data[i] ?? NaN))), 0);
}

/** The left or right half of a picture. */
function half({ data, width, height }: Picture, column: 0 | 1): Picture {
  const side = width / 2;
  const kept = data.filter((_, index) => Math.floor(((index / 4) % width) / side) === column);
  return { data: kept, width: side, height };
}

describe('engine/style-mix', () => {
  eachBackend((backend) => {
    let generator: Generator;
    /** w of a seed in a class, by the plain mapping network. */
    let mapSeed: (seed: string, classIndex: number, latentDim: number) => Float64Array;
    before(async () => {
      const bytes = await loadFixtureWeights('stylegan2-tiny-classes');
      generator = await createGenerator({ bytes, backend });
      const { info, tensors } = decodeWeights(bytes);
      if (info.architecture.kind === 'dcgan') throw new Error('A StyleGAN2 is needed.');
      const mapper = createLatentMapper(info.architecture, tensors);
      mapSeed = (seed, classIndex, latentDim) => mapper.map(limitDimensions(sampleLatent(seed, info.zDim), latentDim), [classIndex]);
    });
    after(() => {
      generator.dispose();
    });

    it('draws what moving those layers from the one w to the other draws, with latent-dim, truncation and directions', async () => {
      const { directionDim } = generator.info;
      const own = { size: 1, vector: new Float32Array(directionDim).fill(0.3), layers: '1-3' };
      const options: GenerateOptions = { seed: 'a', classLabel: 1, latentDim: 5, truncation: 0.6, directions: { own } };
      const [from, to] = [mapSeed('a', 1, 5), mapSeed('b', 1, 5)];
      const vector = Float32Array.from(from, (value, index) => 0.6 * ((to[index] ?? NaN) - value));
      for (const layers of ['2-4', [3, 3], '0-1'] as const) {
        const byHand = await generator.generate({ ...options, directions: { own, 'to-b': { size: 1, vector, layers } } });
        const mixed = await generator.generate({ ...options, mix: { seed: 'b', layers } });
        assert.isAtMost(worstDifference(mixed, byHand), 1);
        assert.isAbove(worstDifference(mixed, await generator.generate(options)), 5);
      }
    });

    it('is the second seed’s picture when all layers are mixed, and one’s own when a seed mixes with itself', async () => {
      const last = String(generator.info.numWs - 1);
      const options = { classLabel: 0, noise: 'const' } as const;
      const other = await generator.generate({ ...options, seed: 'b' });
      assert.deepEqual(await generator.generate({ ...options, seed: 'a', mix: `b@0-${last}` }), other);
      assert.deepEqual(await generator.generate({ ...options, seed: 'b', mix: 'b@2-3' }), other);
    });

    it('mixes every cell of a grid, and every step of a walk, with the same second seed', async () => {
      const mix = 'odd@seed@1-2';
      const grid = await generator.renderPicture({ seed: 'a', samples: 2, columns: 2, mix });
      assert.isAtMost(worstDifference(half(grid, 0), await generator.generate({ seed: 'a', mix: { seed: 'odd@seed', layers: '1-2' } })), 1);
      assert.isAtMost(worstDifference(half(grid, 1), await generator.generate({ seed: 'a/1', mix })), 1);
      const walk = await generator.interpolate('a', 'c', 3, { mix });
      assert.isAtMost(worstDifference(walk[0] as Picture, half(grid, 0)), 1);
      assert.isAtMost(worstDifference(walk[2] as Picture, await generator.generate({ seed: 'c', mix })), 1);
      const plain = await generator.interpolate('a', 'c', 3);
      assert.isAbove(worstDifference(walk[1] as Picture, plain[1] as Picture), 2);
    });
  });

  it('names what is wrong with a mix', async () => {
    const generator = await createGenerator({ bytes: await loadFixtureWeights('stylegan2-tiny'), backend: 'wasm' });
    const mixes: readonly [unknown, 'invalid-argument' | 'bad-vector', string][] = [
      ['7', 'invalid-argument', 'seed@layers'],
      [7, 'invalid-argument', 'mix is 7'],
      [null, 'invalid-argument', 'mix is null'],
      [{ seed: 'a' }, 'invalid-argument', 'layers'],
      [{ layers: '1-2' }, 'invalid-argument', 'seed'],
      ['7@', 'bad-vector', '0-7'],
      ['7@4-8', 'bad-vector', '0-7'],
      [{ seed: '7', layers: [3, 1] }, 'bad-vector', '0-7'],
    ];
    for (const [mix, code, part] of mixes) await assertRejectsCode(generator.generate({ mix: mix as string }), code, part);
    generator.dispose();
    const dcgan = await createGenerator({ bytes: await loadFixtureWeights('tiny-dcgan'), backend: 'wasm' });
    await assertRejectsCode(dcgan.generate({ mix: '7@0' }), 'invalid-argument', 'DCGAN', 'leave mix out');
    dcgan.dispose();
  });
});
