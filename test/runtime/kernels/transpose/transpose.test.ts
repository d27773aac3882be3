import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
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

      for (const [shape, perm] of CASES.slice(1)) {
        it(`puts them back in its gradient: ${shape.join('×')}, ${perm.join(', ')}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const draw = createNormalStream('transpose', 'test');
          const [x, dy] = [draw(tf.util.sizeFromShape(shape)), draw(tf.util.sizeFromShape(shape))];
          const turned = perm.map((axis) => shape[axis] ?? NaN);
          const gradient = runtime.run(() =>
            tf.tidy(() => tf.grad((at) => tf.transpose(at, perm))(tf.tensor(x, shape), tf.tensor(dy, turned))),
          );
          const back = shape.map((_size, axis) => perm.indexOf(axis));
          assert.deepEqual(await gradient.data(), transposeRef(dy, turned, back));
          gradient.dispose();
        });
      }

      it('leaves no tensor behind', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const before = runtime.memory();
        runtime.run(() => tf.tidy(() => void tf.transpose(tf.ones([3, 4, 5]), [2, 0, 1])));
        assert.deepEqual(runtime.memory(), before);
      });
    },
    ['wasm'],
  );
});
