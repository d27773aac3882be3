import { assert } from 'chai';
import { createGenerator } from '../../src/engine/create-generator.ts';
import { openGenerator } from '../../src/engine/engine-client.ts';
import type { Generator, MarkedPicture, Picture } from '../../src/engine/generator.ts';
import { sampleLatent } from '../../src/latent/seeded-random.ts';
import { createLatentMapper } from '../../src/model/latent-mapper.ts';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureWeights, type FixtureNetwork } from '../support/fixture-weights.ts';
import { loadDirectedWeights } from '../support/named-directions.ts';
import { assertAborts } from '../support/tiny-source.ts';

const SEEDS = Array.from({ length: 60 }, (_, index) => String(index));

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, entry, index) => sum + entry * (b[index] ?? NaN), 0);
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number => dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));

function meanDifference(a: Picture, b: Picture): number {
  return a.data.reduce((sum, value, index) => sum + Math.abs(value - (b.data[index] ?? NaN)), 0) / a.data.length;
}

/** The seeds of most and of least w along an axis, so many of each. */
async function markByAxis(network: FixtureNetwork, axis: Float32Array, count: number) {
  const { info, tensors } = decodeWeights(await loadFixtureWeights(network));
  if (info.architecture.kind === 'dcgan') throw new Error('A StyleGAN2 is needed.');
  const mapper = createLatentMapper(info.architecture, tensors);
  const along = (seed: string): number => dot(mapper.map(sampleLatent(seed, info.zDim), [0]), axis);
  const sorted = [...SEEDS].sort((a, b) => along(b) - along(a));
  return { positives: sorted.slice(0, count), negatives: sorted.slice(-count) };
}

describe('engine/learn-direction', () => {
  const opened: Generator[] = [];
  const open = async (bytes: Uint8Array, create: typeof createGenerator = createGenerator): Promise<Generator> => {
    const generator = await create({ bytes, backend: 'wasm' });
    opened.push(generator);
    return generator;
  };
  afterEach(() => {
    for (const generator of opened.splice(0)) generator.dispose();
  });

  it('learns what six pictures of more and six of less were marked by', async () => {
    const generator = await open(await loadFixtureWeights('stylegan2-tiny'));
    const [, axis] = await generator.discoverDirections({ method: 'pca', count: 2 });
    assert.exists(axis);
    if (!axis) return;
    const { positives, negatives } = await markByAxis('stylegan2-tiny', axis.vector, 6);
    const { vector, validation } = await generator.learnDirection(positives, negatives, 'mine');
    assert.isAbove(cosine(vector, axis.vector), 0.75);
    assert.closeTo(Math.sqrt(dot(vector, vector)), validation.standardDeviation as number, 1e-5);
    assert.deepInclude(validation, { positives: 6, negatives: 6, heldOut: 1, samples: 10_000 });
    const latents: MarkedPicture[] = positives.map((seed, index) => {
      const latent = sampleLatent(seed, generator.info.zDim);
      return index % 2 === 0 ? latent : { latent };
    });
    assert.deepEqual((await generator.learnDirection(latents, negatives, 'mine')).vector, vector);
  });

  it('looks at pictures as they were drawn: latentDim and class count', async () => {
    const generator = await open(await loadFixtureWeights('stylegan2-tiny-classes'));
    const learn = async (more: MarkedPicture, less: MarkedPicture) => generator.learnDirection([more], [less], 'mine');
    const all = await learn({ seed: 'a', classLabel: 0 }, { seed: 'b', classLabel: 0 });
    const few = await learn({ seed: 'a', classLabel: 0, latentDim: 2 }, { seed: 'b', classLabel: 0, latentDim: 2 });
    const other = await learn({ seed: 'a', classLabel: 0 }, { seed: 'b', classLabel: 1 });
    assert.isBelow(cosine(all.vector, few.vector), 0.98);
    assert.isBelow(cosine(all.vector, other.vector), 0.98);
    assert.notProperty(all.validation, 'heldOut');
  });

  eachBackend((backend) => {
    it('moves a picture by its name at once, as its vector does', async () => {
      const generator = await createGenerator({ bytes: await loadFixtureWeights('stylegan2-tiny'), backend });
      opened.push(generator);
      const { vector, layers } = await generator.learnDirection(['1', '2'], ['3', '4'], 'mine', { layers: '2-5' });
      assert.deepEqual(layers, [2, 5]);
      const named = await generator.generate({ directions: 'mine:2' });
      assert.deepEqual(await generator.generate({ directions: { other: { vector, layers, size: 2 } } }), named);
      assert.isAbove(meanDifference(named, await generator.generate()), 0.5);
    });
  });

  for (const [where, create] of [
    ['in the page', createGenerator],
    ['in a worker', openGenerator],
  ] as const) {
    it(`lists it, saves it in full and in a delta, brings it back and forgets it, ${where}`, async () => {
      const bytes = await loadDirectedWeights('stylegan2-tiny');
      const generator = await open(bytes, create);
      const shipped = await generator.listDirections();
      const { vector, ...info } = await generator.learnDirection(['1', '2'], ['3', '4'], 'mine');
      assert.equal(info.kind, 'learned');
      assert.deepEqual(await generator.listDirections(), [...shipped, info]);
      const picture = await generator.generate({ directions: 'mine:2' });
      for (const delta of [false, true]) {
        const saved = await generator.exportWeights({ delta });
        assert.deepEqual(decodeWeights(saved, { deltas: 'accept' }).directions.get('mine'), vector);
        assert.equal(decodeWeights(saved, { deltas: 'accept' }).tensors.size === 0, delta);
        const other = await open(bytes, create);
        await assertRejectsCode(other.generate({ directions: 'mine:2' }), 'unknown-direction', 'mine');
        await other.importWeights(saved);
        assert.deepEqual(await other.listDirections(), [...shipped, info]);
        assert.deepEqual(await other.generate({ directions: 'mine:2' }), picture);
        assert.deepEqual(await other.exportWeights({ delta }), saved);
        await other.resetWeights();
        assert.deepEqual(await other.listDirections(), shipped);
        if (!delta) {
          const reopened = await open(saved, create);
          assert.deepEqual(await reopened.generate({ directions: 'mine:2' }), picture);
          await reopened.learnDirection(['1'], ['2'], 'mine');
          assert.lengthOf(await reopened.listDirections(), shipped.length + 1);
        }
      }
    });
  }

  it('replaces what was learnt before, and keeps it when weights are imported', async () => {
    const bytes = await loadDirectedWeights('stylegan2-tiny');
    const generator = await open(bytes);
    const first = await generator.learnDirection(['1'], ['2'], 'mine');
    const second = await generator.learnDirection(['1', '5'], ['2', '6'], 'mine');
    assert.notDeepEqual(second.vector, first.vector);
    await generator.importWeights(bytes);
    assert.include(
      (await generator.listDirections()).map(({ name }) => name),
      'mine',
    );
    const drawn = await generator.generate({ directions: 'mine:1' });
    assert.deepEqual(await generator.generate({ directions: { other: { vector: second.vector, size: 1 } } }), drawn);
  });

  it('moves z of a DCGAN', async () => {
    const generator = await open(await loadFixtureWeights('tiny-dcgan'));
    const { vector, layers, validation } = await generator.learnDirection(['1', '2', '3'], ['4', '5', '6'], 'mine');
    assert.isNull(layers);
    assert.closeTo(dot(vector, vector), 1, 1e-5);
    assert.notProperty(validation, 'samples');
    assert.isAbove(meanDifference(await generator.generate({ directions: 'mine:20' }), await generator.generate()), 0.5);
  });

  it('names what is wrong with arguments, and learns nothing then', async () => {
    const generator = await open(await loadDirectedWeights('stylegan2-tiny'));
    const before = await generator.listDirections();
    const learn = (positives: unknown, negatives: unknown, name: unknown, layers?: string) =>
      generator.learnDirection(positives as string[], negatives as string[], name as string, { layers });
    for (const name of ['', 'Mine', '2nd', 'a b', 7, null]) await assertRejectsCode(learn(['1'], ['2'], name), 'invalid-argument', 'name');
    await assertRejectsCode(learn(['1'], ['2'], 'redness'), 'invalid-argument', 'redness', 'choose another name');
    await assertRejectsCode(learn([], ['2'], 'mine'), 'invalid-argument', 'no positives');
    await assertRejectsCode(learn(['1'], null, 'mine'), 'invalid-argument', 'no negatives');
    await assertRejectsCode(learn(['1'], [true], 'mine'), 'invalid-argument', 'negatives[0]');
    await assertRejectsCode(learn([new Float32Array(2)], ['1'], 'mine'), 'bad-vector', 'latent');
    await assertRejectsCode(learn([{ seed: '1', latentDim: 0 }], ['1'], 'mine'), 'invalid-argument', 'latentDim');
    await assertRejectsCode(learn(['1', '2'], ['2', '1'], 'mine'), 'invalid-argument', 'do not differ');
    await assertRejectsCode(learn(['1'], ['2'], 'mine', '9'), 'bad-vector', '0-7');
    await assertAborts(generator.learnDirection(['1'], ['2'], 'mine', { signal: AbortSignal.abort() }));
    assert.deepEqual(await generator.listDirections(), before);
  });
});
