import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { sumRef } from '../../../../src/runtime/kernels/sum/sum.ref.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

/** Shape, axes, and [outer, rows, inner]. */
const CASES: readonly [number[], number[], [number, number, number]][] = [
  [
    [2, 9, 7, 5],
    [0, 1, 2],
    [1, 126, 5],
  ],
  [
    [3, 33, 17, 6],
    [1, 2],
    [3, 561, 6],
  ],
  [[3, 5, 7, 4], [3], [105, 4, 1]],
  [
    [2, 40, 41, 3],
    [0, 1, 2, 3],
    [1, 9840, 1],
  ],
  [[5, 9], [-2], [1, 5, 9]],
  [[7], [0], [1, 7, 1]],
  [[4, 1, 3], [1], [4, 1, 3]],
];

describe('runtime/kernels/sum', () => {
  eachBackend(
    (_, acquire) => {
      for (const [shape, axes, sizes] of CASES) {
        it(`sums ${shape.join('×')} along ${axes.join(', ')}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const values = createNormalStream('sum', 'test')(tf.util.sizeFromShape(shape));
          for (const keepDims of [false, true]) {
            const expected = sumRef(values, ...sizes);
            const y = runtime.run(() => tf.tidy(() => tf.sum(tf.tensor(values, shape), axes, keepDims)));
            assert.strictEqual(y.rank, keepDims ? shape.length : shape.length - axes.length);
            assert.isBelow(maxDifference(await y.data(), expected), 2e-6 * Math.max(1, maxMagnitude(expected), Math.sqrt(sizes[1])));
            y.dispose();
          }
        });
      }

      for (const [shape, axes, sizes] of CASES.slice(0, 3)) {
        it(`has the gradient of finite differences for ${shape.join('×')} along ${axes.join(', ')}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const draw = createNormalStream('sum', 'test');
          const [x, probe] = [draw(tf.util.sizeFromShape(shape)), draw(sizes[0] * sizes[2])];
          const gradient = runtime.run(() =>
            tf.tidy(() => {
              const kept = shape.filter((_size, axis) => !axes.includes(axis));
              return tf.grad((at) => tf.sum(at, axes))(tf.tensor(x, shape), tf.tensor(probe, kept));
            }),
          );
          assertGradients(([at]) => sumRef(at ?? [], ...sizes), { x }, probe, { x: await gradient.data() });
          gradient.dispose();
        });
      }

      it('sums whole numbers and axes that are apart as before', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const y = runtime.run(() => tf.tidy(() => tf.sum(tf.tensor3d([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]), [0, 2])));
        assert.deepEqual([...(await y.data())], [14, 22]);
        const counted = runtime.run(() => tf.tidy(() => tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0)));
        assert.deepEqual([...(await counted.data())], [4, 6]);
        tf.dispose([y, counted]);
      });
    },
    ['wasm'],
  );
});
