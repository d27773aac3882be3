import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { unsortedSegmentSumRef } from '../../../../src/runtime/kernels/unsorted-segment-sum/unsorted-segment-sum.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

interface Case {
  readonly shape: readonly [rows: number, ...rest: number[]];
  readonly ids: readonly number[];
  readonly segments: number;
}

const CASES: readonly Case[] = [
  { shape: [1], ids: [0], segments: 1 },
  { shape: [7], ids: [2, 0, 2, 1, 0, 0, 2], segments: 3 },
  { shape: [5, 3], ids: [3, 0, 3, 3, 1], segments: 5 },
  { shape: [6, 4], ids: [1, -1, 2, -7, 1, 0], segments: 3 },
  { shape: [4, 5, 2, 3], ids: [1, 1, 1, 1], segments: 2 },
  { shape: [3, 13], ids: [-1, -2, -2_000_000_000], segments: 2 },
];

/** TF.js 4.22 drops these rows on its CPU backend; on WebGPU it adds some of them to whatever row comes last. */
const BEYOND: readonly Case[] = [
  { shape: [6, 9], ids: [1, 3, 2, 100, 1, 2_000_000_000], segments: 3 },
  { shape: [3, 13], ids: [-1, 9, 9], segments: 2 },
];

/** An index of rows to take, along an axis. */
const GATHERS = [
  { shape: [5, 6], indices: [4, 0, 4, 4, 2, 1, 0], axis: 0 },
  { shape: [3, 7, 2], indices: [6, 6, 1], axis: 1 },
  { shape: [2, 3, 3, 5], indices: [0, 4, 4, 3, 2, 0], axis: 3 },
  { shape: [9], indices: [8, 8, 8, 0], axis: 0 },
] as const;

const drawFor = (about: object, count: number): Float32Array => createNormalStream(JSON.stringify(about), 'test')(count);

async function sumSegments(runtime: Runtime, { shape, ids, segments }: Case) {
  const values = drawFor(shape, tf.util.sizeFromShape([...shape]));
  const y = runtime.run(() =>
    tf.tidy(() => tf.unsortedSegmentSum(tf.tensor(values, [...shape]), tf.tensor1d([...ids], 'int32'), segments)),
  );
  const result = { shape: y.shape, values: (await y.data()) as Float32Array };
  y.dispose();
  return { result, expected: unsortedSegmentSumRef(values, ids, segments, values.length / shape[0]) };
}

/** Rows `indices` of x [outer, rows, inner]. */
function gatherRef(x: ArrayLike<number>, indices: readonly number[], rows: number, inner: number): Float64Array {
  const outer = x.length / (rows * inner);
  return Float64Array.from({ length: outer * indices.length * inner }, (_, index) => {
    const row = indices[Math.floor(index / inner) % indices.length] ?? NaN;
    return x[(Math.floor(index / (inner * indices.length)) * rows + row) * inner + (index % inner)] ?? NaN;
  });
}

function declareGradients(acquire: () => Promise<Runtime>): void {
  for (const { shape, indices, axis } of GATHERS) {
    it(`gives tf.gather its gradient: rows ${indices.join(', ')} along axis ${axis} of ${shape.join('×')}`, async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const x = drawFor(shape, tf.util.sizeFromShape([...shape]));
      const rows = shape[axis] ?? NaN;
      const inner = tf.util.sizeFromShape(shape.slice(axis + 1));
      const probe = drawFor(indices, (x.length / rows) * indices.length);
      const gradient = runtime.run(() =>
        tf.tidy(() => {
          const take = (all: tf.Tensor): tf.Tensor => tf.gather(all, tf.tensor1d([...indices], 'int32'), axis);
          const taken = shape.map((size, index) => (index === axis ? indices.length : size));
          return tf.grad(take)(tf.tensor(x, [...shape]), tf.tensor(probe, taken));
        }),
      );
      assertGradients(([all]) => gatherRef(all as Float64Array, indices, rows, inner), { x }, probe, { x: await gradient.data() });
      gradient.dispose();
    });
  }

  it('has a gradient itself: rows of no segment have none', async () => {
    const runtime = await acquire();
    await loadGradients(runtime);
    const [x, probe, ids] = [drawFor(['x'], 15), drawFor(['probe'], 6), [1, -1, 0, 1, -3]];
    const gradient = runtime.run(() =>
      tf.tidy(() => {
        const add = (all: tf.Tensor): tf.Tensor => tf.unsortedSegmentSum(all, tf.tensor1d(ids, 'int32'), 2);
        return tf.grad(add)(tf.tensor2d(x, [5, 3]), tf.tensor2d(probe, [2, 3]));
      }),
    );
    assertGradients(([all]) => unsortedSegmentSumRef(all as Float64Array, ids, 2, 3), { x }, probe, { x: await gradient.data() });
    gradient.dispose();
  });
}

describe('runtime/kernels/unsorted-segment-sum', () => {
  eachBackend((name, acquire) => {
    for (const example of name === 'webgpu' ? CASES : [...CASES, ...BEYOND]) {
      const { shape, ids, segments } = example;
      it(`is the reference's for rows of ${shape.join('×')} in ${segments} segments by ${ids.join(', ')}`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const { result, expected } = await sumSegments(runtime, example);
        assert.deepEqual(result.shape, [segments, ...shape.slice(1)]);
        assert.isBelow(maxDifference(result.values, expected), 1e-6 * Math.max(1, maxMagnitude(expected)));
      });
    }

    declareGradients(acquire);

    if (name === 'wasm') {
      it('adds up whole numbers, as floats, as TF.js has them elsewhere', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const before = runtime.memory();
        const y = runtime.run(() =>
          tf.tidy(() => tf.unsortedSegmentSum(tf.tensor1d([1, 2, 3], 'int32'), tf.tensor1d([1, 1, 0], 'int32'), 2)),
        );
        assert.strictEqual(y.dtype, 'float32');
        assert.deepEqual([...(await y.data())], [3, 3]);
        y.dispose();
        assert.deepEqual(runtime.memory(), before);
      });

      it('refuses segments that are not one for each row', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const add = (): tf.Tensor => tf.tidy(() => tf.unsortedSegmentSum(tf.ones([3, 2]), tf.tensor1d([0, 1], 'int32'), 2));
        assert.throws(() => runtime.run(add), /one segment for each row: x is \[3, 2\], the segments are \[2\]/);
      });
    }

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const example = CASES[2] as Case;
      await sumSegments(runtime, example);
      const before = runtime.memory();
      await sumSegments(runtime, example);
      assert.deepEqual(runtime.memory(), before);
    });
  });
});
