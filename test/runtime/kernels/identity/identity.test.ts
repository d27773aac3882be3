import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { eachBackend } from '../../../support/backends.ts';

/** The kernel itself; tf.clone does not come to it. */
const identity = (x: tf.Tensor): tf.Tensor => tf.engine().runKernel('Identity', { x }) as tf.Tensor;

describe('runtime/kernels/identity', () => {
  eachBackend((_, acquire) => {
    for (const shape of [[], [1], [7], [3, 5], [2, 3, 5, 7]]) {
      it(`gives the same values and the same gradient, for [${shape.join(', ')}]`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const draw = createNormalStream(shape.join(), 'test');
        const [x, dy] = [draw(tf.util.sizeFromShape(shape)), draw(tf.util.sizeFromShape(shape))];
        const [y, gradient] = runtime.run(() =>
          tf.tidy(() => [identity(tf.tensor(x, shape)), tf.grad(identity)(tf.tensor(x, shape), tf.tensor(dy, shape))]),
        ) as [tf.Tensor, tf.Tensor];
        assert.deepEqual([y.shape, gradient.shape], [shape, shape]);
        assert.deepEqual(await y.data(), x);
        assert.deepEqual(await gradient.data(), dy);
        tf.dispose([y, gradient]);
      });
    }

    it('keeps the values when the original goes, and leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const before = runtime.memory().tensors;
      const buffers = runtime.run(() => tf.memory().numDataBuffers);
      const copy = runtime.run(() => {
        const original = tf.tensor1d([1, 2, 3]);
        const clone = tf.clone(original);
        const second = identity(clone);
        tf.dispose([original, clone]);
        return second;
      });
      assert.deepEqual([...(await copy.data())], [1, 2, 3]);
      copy.dispose();
      assert.deepEqual([runtime.memory().tensors, runtime.run(() => tf.memory().numDataBuffers)], [before, buffers]);
    });
  });
});
