import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { transposeRef } from '../../../../src/runtime/kernels/transpose/transpose.ref.ts';
import { eachBackend } from '../../../support/backends.ts';

const CASES: readonly [number[], number[]][] = [
  [
    [3, 5],
    [1, 0],
  ],
  [
    [2, 3, 5],
    [2, 0, 1],
  ],
  [
    [4, 3, 2, 9],
    [0, 2, 1, 3],
  ],
  [
    [7, 5, 3, 3],
    [2, 3, 1, 0],
  ],
  [
    [2, 3, 2, 3, 10],
    [3, 1, 2, 0, 4],
  ],
  [
    [1, 3, 1, 2, 3, 2],
    [5, 1, 0, 3, 2, 4],
  ],
];

describe('runtime/kernels/transpose', () => {
  eachBackend(
    (_, acquire) => {
      for (const [shape, perm] of CASES) {
        it(`puts the axes of ${shape.join('×')} into the order ${perm.join(', ')}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_unused, index) => index);
          const y = runtime.run(() => tf.tidy(() => tf.transpose(tf.tensor(values, shape), perm)));
          assert.deepEqual(
            y.shape,
            perm.map((axis) => shape[axis] ?? NaN),
          );
          assert.deepEqual(await y.data(), transposeRef(values, shape, perm));
          y.dispose();
        });
      }

      it('keeps the values of a clone when the original goes', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const before = runtime.memory();
        const copy = runtime.run(() => {
          const original = tf.tensor1d([1, 2, 3]);
          const clone = tf.clone(original);
          const identity = tf.engine().runKernel('Identity', { x: clone }) as tf.Tensor;
          tf.dispose([original, clone]);
          return identity;
        });
        assert.deepEqual([...(await copy.data())], [1, 2, 3]);
        copy.dispose();
        assert.deepEqual(runtime.memory(), before);
      });
    },
    ['wasm'],
  );
});
