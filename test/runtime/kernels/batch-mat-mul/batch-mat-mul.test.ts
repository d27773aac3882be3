import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { batchMatMulRef, type MatrixSizes } from '../../../../src/runtime/kernels/batch-mat-mul/batch-mat-mul.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

/** [rows, depth, columns] and, for products of rank 3, how many. */
const CASES: readonly { readonly sizes: readonly [number, number, number]; readonly batch?: number }[] = [
  { sizes: [1, 1, 1] },
  { sizes: [3, 6, 97] },
  { sizes: [8, 128, 64] },
  { sizes: [5, 7, 3] },
  { sizes: [13, 33, 18] },
  { sizes: [4, 4, 8] },
  { sizes: [2, 5, 12] },
  { sizes: [9, 3, 7], batch: 1 },
  { sizes: [6, 10, 21], batch: 3 },
  { sizes: [3, 51, 2000] },
];

const sizesOf = (index: number, transposeA: boolean, transposeB: boolean): MatrixSizes => {
  const { sizes, batch = 1 } = CASES[index] ?? { sizes: [0, 0, 0] };
  const [rows, depth, columns] = sizes;
  return { batch, rows, depth, columns, transposeA, transposeB };
};

/** The product of random matrices and its gradients. */
async function multiply(runtime: Runtime, sizes: MatrixSizes, isBatch: boolean) {
  const { batch, rows, depth, columns, transposeA, transposeB } = sizes;
  const draw = createNormalStream(JSON.stringify(sizes), 'test');
  const inputs = { a: draw(batch * rows * depth), b: draw(batch * depth * columns) };
  const probe = draw(batch * rows * columns);
  const outer = isBatch ? [batch] : [];
  const tensors = runtime.run(() =>
    tf.tidy(() => {
      const apply = (...[a, b]: tf.Tensor[]): tf.Tensor => tf.matMul(a as tf.Tensor, b as tf.Tensor, transposeA, transposeB);
      const a = tf.tensor(inputs.a, [...outer, ...(transposeA ? [depth, rows] : [rows, depth])]);
      const b = tf.tensor(inputs.b, [...outer, ...(transposeB ? [columns, depth] : [depth, columns])]);
      return [apply(a, b), ...tf.grads(apply)([a, b], tf.tensor(probe, [...outer, rows, columns]))];
    }),
  ) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const [values, a, b] = (await Promise.all(tensors.map((tensor) => tensor.data()))) as [Float32Array, Float32Array, Float32Array];
  assert.deepEqual(tensors[0].shape, [...outer, rows, columns]);
  tf.dispose(tensors);
  return { values, expected: batchMatMulRef(inputs.a, inputs.b, sizes), inputs, probe, gradients: { a, b } };
}

describe('runtime/kernels/batch-mat-mul', () => {
  eachBackend((name, acquire) => {
    for (const [index, { batch }] of CASES.entries()) {
      for (const [transposeA, transposeB] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const sizes = sizesOf(index, transposeA, transposeB);
        it(`is the reference's, with gradients, for ${JSON.stringify({ ...sizes, batch })}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const { values, expected, inputs, probe, gradients } = await multiply(runtime, sizes, batch !== undefined);
          assert.isBelow(maxDifference(values, expected), 5e-6 * Math.max(1, maxMagnitude(expected)));
          assertGradients(([a, b]) => batchMatMulRef(a ?? [], b ?? [], sizes), inputs, probe, gradients);
        });
      }
    }

    if (name === 'wasm') {
      it('leaves one matrix for many to TF.js', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const y = runtime.run(() => tf.tidy(() => tf.matMul(tf.ones([2, 3, 4]), tf.ones([1, 4, 5]))));
        assert.deepEqual(y.shape, [2, 3, 5]);
        assert.deepEqual(
          [...(await y.data())],
          Array.from({ length: 30 }, () => 4),
        );
        y.dispose();
      });
    }

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const sizes = sizesOf(4, true, false);
      await multiply(runtime, sizes, false);
      const before = runtime.memory();
      await multiply(runtime, sizes, false);
      assert.deepEqual(runtime.memory(), before);
    });
  });
});
