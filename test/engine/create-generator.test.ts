import { assert } from 'chai';
import { createGenerator, engineMemory } from '../../src/engine/create-generator.ts';
import type { Generator, Picture } from '../../src/engine/generator.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { eachBackend } from '../support/backends.ts';
import { assertAborts, tinySource } from '../support/tiny-source.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';

const LABELS = ['apple', 'pear', 'plum'];

/** The largest difference of any channel of any pixel. */
function worstDifference(a: Picture, b: Picture): number {
  assert.deepEqual([a.width, a.height], [b.width, b.height]);
  return a.data.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b.data[i] ?? NaN))), 0);
}

/** Cell (column, row) of a grid of square pictures. */
function cutCell({ data, width }: Picture, size: number, column: number, row: number): Picture {
  const cell = new Uint8ClampedArray(4 * size * size);
  for (let y = 0; y < size; y += 1) {
    const start = 4 * ((row * size + y) * width + column * size);
    cell.set(data.subarray(start, start + 4 * size), 4 * size * y);
  }
  return { data: cell, width: size, height: size };
}

async function readBitmap(bitmap: ImageBitmap): Promise<Picture> {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  assert.exists(context);
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { data: context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(), width, height };
}

describe('engine/create-generator', () => {
  eachBackend((backend) => {
    let src: string;
    let generator: Generator;
    before(async () => {
      src = await tinySource('stylegan2-tiny-classes', { labels: LABELS.slice(0, 3), truncation: 0.7 });
      generator = await createGenerator({ src, backend });
    });
    after(() => {
      generator.dispose();
    });

    it('draws on the backend that was asked for', () => {
      assert.equal(generator.activeBackend, backend);
      assert.isTrue(generator.backendReport.at(-1)?.ok);
    });

    it('gives the same picture for the same seed, and another for another', async () => {
      const first = await generator.generate({ seed: 'a' });
      assert.deepEqual(await generator.generate({ seed: 'a' }), first);
      assert.isAbove(worstDifference(await generator.generate({ seed: 'b' }), first), 10);
      assert.deepEqual(await generator.generate(), await generator.generate({ seed: '0' }));
    });

    it('lays out seed, seed/1, seed/2, … and leaves empty cells transparent', async () => {
      const size = generator.info.resolution;
      const grid = await generator.renderPicture({ seed: 's', samples: 10, columns: 4 });
      assert.deepEqual([grid.width, grid.height], [4 * size, 3 * size]);
      for (const [index, seed] of ['s', 's/1', 's/2'].entries()) {
        assert.isAtMost(worstDifference(cutCell(grid, size, index, 0), await generator.generate({ seed })), 1);
      }
      assert.isAtMost(worstDifference(cutCell(grid, size, 1, 2), await generator.generate({ seed: 's/9' })), 1);
      assert.isTrue(cutCell(grid, size, 2, 2).data.every((value) => value === 0));
    });

    it('shows in a bitmap what it gives as bytes, and tells latent and class', async () => {
      const rendered = await generator.renderBitmap({ seed: 'a', samples: 3, columns: 2 });
      assert.equal(rendered.backend, backend);
      const { latent, classIndex } = rendered;
      assert.isAtMost(
        worstDifference(await readBitmap(rendered.bitmap), await generator.renderPicture({ seed: 'a', samples: 3, columns: 2 })),
        1,
      );
      const byHand = await generator.generate({ seed: 'other', latent, classLabel: classIndex ?? -1 });
      assert.deepEqual(byHand, await generator.generate({ seed: 'a' }));
    });

    it('takes a class by name, by index, and by index as a string', async () => {
      const byName = await generator.generate({ classLabel: LABELS[1] });
      assert.deepEqual(await generator.generate({ classLabel: 1 }), byName);
      assert.deepEqual(await generator.generate({ classLabel: '1' }), byName);
      assert.isAbove(worstDifference(await generator.generate({ classLabel: 0 }), byName), 2);
    });

    it('draws random noise from the seed, the same in a grid as alone', async () => {
      const random = await generator.generate({ seed: 'n/1', noise: 'random' });
      assert.deepEqual(await generator.generate({ seed: 'n/1', noise: 'random' }), random);
      assert.isAbove(worstDifference(random, await generator.generate({ seed: 'n/1', noise: 'none' })), 0);
      const grid = await generator.renderPicture({ seed: 'n', noise: 'random', samples: 2, columns: 2 });
      assert.isAtMost(worstDifference(cutCell(grid, generator.info.resolution, 1, 0), random), 1);
    });

    it('moves by a vector of the caller’s own, and not at all by size 0', async () => {
      const still = await generator.generate({ truncation: 1 });
      const vector = new Float32Array(generator.info.directionDim).fill(1);
      assert.deepEqual(await generator.generate({ truncation: 1, directions: { mine: { size: 0, vector } } }), still);
      assert.isAbove(worstDifference(await generator.generate({ truncation: 1, directions: { mine: { size: 2, vector } } }), still), 5);
    });

    it('walks from one seed to another, both ends exactly theirs', async () => {
      const walk = await generator.interpolate('a', 'b', 5, { noise: 'random' });
      assert.lengthOf(walk, 5);
      assert.deepEqual(walk[0], await generator.generate({ seed: 'a', noise: 'random' }));
      assert.deepEqual(walk[4], await generator.generate({ seed: 'b', noise: 'random' }));
      const between = await generator.renderBetween('a', 'b', 0.5, { noise: 'random' });
      assert.isAtMost(worstDifference(await readBitmap(between.bitmap), walk[2] as Picture), 1);
    });

    it('goes from class to class linearly in w: halfway is neither', async () => {
      const classOf = async (seed: string): Promise<number | null> => {
        const { bitmap, classIndex } = await generator.renderBitmap({ seed });
        bitmap.close();
        return classIndex;
      };
      const first = await classOf('0');
      let other = 1;
      while ((await classOf(String(other))) === first) other += 1;
      const [, half] = await generator.interpolate('0', String(other), 3);
      for (const classLabel of [0, 1, 2]) {
        const [, ofClass] = await generator.interpolate('0', String(other), 3, { classLabel });
        assert.isAbove(worstDifference(half as Picture, ofClass as Picture), 0);
      }
    });

    it('leaves no tensor behind, drawn or aborted', async () => {
      await generator.generate();
      const before = engineMemory();
      await generator.renderPicture({ samples: 9, noise: 'random' });
      const { bitmap } = await generator.renderBitmap({ seed: 'b' });
      bitmap.close();
      const controller = new AbortController();
      const aborted = generator.renderPicture({ samples: 64, signal: controller.signal });
      controller.abort();
      await assertAborts(aborted);
      await assertRejectsCode(generator.generate({ seed: 'x', classLabel: 'durian' }), 'unknown-class', ...LABELS);
      assert.equal(engineMemory().tensors, before.tensors);
      assert.equal(engineMemory().bytes, before.bytes);
    });
  });

  describe('on wasm', () => {
    it('shares one download, one file and one network between generators of one source', async () => {
      const src = await tinySource();
      const first = await createGenerator({ src, backend: 'wasm' });
      const alone = engineMemory();
      const others = await Promise.all([1, 2, 3].map(() => createGenerator({ src, backend: 'wasm' })));
      assert.deepEqual(engineMemory(), { ...alone, generators: alone.generators + 3 });
      for (const generator of [first, ...others]) generator.dispose();
      assert.equal(engineMemory().weights, alone.weights - 1);
    });

    it('stops between batches when it is aborted', async () => {
      const generator = await createGenerator({ bytes: await loadFixtureWeights('stylegan2-tiny'), backend: 'wasm' });
      const controller = new AbortController();
      const aborted = generator.renderPicture({ samples: 64, signal: controller.signal });
      const next = generator.generate();
      controller.abort();
      await assertAborts(aborted);
      assert.equal((await next).width, generator.info.resolution);
      generator.dispose();
      await assertRejectsCode(generator.generate(), 'disposed');
    });

    it('names what is wrong with arguments', async () => {
      const generator = await createGenerator({ bytes: await loadFixtureWeights('stylegan2-tiny'), backend: 'wasm' });
      const { zDim } = generator.info;
      await assertRejectsCode(generator.generate({ classLabel: 'apple' }), 'unknown-class', 'has no classes');
      await assertRejectsCode(generator.generate({ classLabel: 0 }), 'unknown-class', 'has no classes');
      for (const latentDim of [0, -3, zDim + 1, 1.5, NaN]) {
        await assertRejectsCode(generator.generate({ latentDim }), 'invalid-argument', 'latentDim', String(zDim));
      }
      await assertRejectsCode(generator.generate({ truncation: NaN }), 'invalid-argument', 'truncation');
      await assertRejectsCode(generator.generate({ truncation: 2.1 }), 'invalid-argument', 'truncation');
      await assertRejectsCode(generator.generate({ noise: 'loud' as never }), 'invalid-argument', 'noise', 'const');
      await assertRejectsCode(generator.generate({ latent: new Float32Array(zDim).fill(NaN) }), 'bad-vector', 'finite');
      await assertRejectsCode(generator.renderPicture({ samples: 0 }), 'invalid-argument', 'samples');
      await assertRejectsCode(generator.renderPicture({ columns: 0 }), 'invalid-argument', 'columns');
      await assertRejectsCode(generator.interpolate('a', 'b', 1), 'invalid-argument', 'steps');
      await assertRejectsCode(generator.renderBetween('a', 'b', 1.5), 'invalid-argument', 't is 1.5');
      generator.dispose();
    });
  });
});
