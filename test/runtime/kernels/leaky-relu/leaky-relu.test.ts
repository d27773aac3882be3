import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { leakyRelu } from '../../../../src/model/piecewise-linear.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { leakyReluRef } from '../../../../src/runtime/kernels/leaky-relu/leaky-relu.ref.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference } from '../../../support/tensor-fixture.ts';

describe('runtime/kernels/leaky-relu', () => {
  eachBackend((_, acquire) => {
    for (const shape of [[1], [7], [3, 5], [2, 3, 5, 1], [1, 9, 7, 13], [2, 8, 8, 32]]) {
      for (const slope of [0.2, 0, 0.01]) {
        it(`is the reference's for [${shape.join(', ')}] and slope ${slope}`, async () => {
          const values = createNormalStream(shape.join(), 'test')(tf.util.sizeFromShape(shape));
          const runtime = await acquire();
          const y = runtime.run(() => tf.tidy(() => tf.leakyRelu(tf.tensor(values, shape), slope)));
          assert.deepEqual(y.shape, shape);
          assert.isBelow(maxDifference(await y.data(), leakyReluRef(values, slope)), 1e-6);
          y.dispose();
        });
      }
    }

    for (const [name, apply] of [
      ['by TF.js', tf.leakyRelu],
      ['as the networks take it', leakyRelu],
    ] as const) {
      it(`has the gradient of finite differences, ${name}`, async () => {
        const draw = createNormalStream(name, 'test');
        const [x, probe, shape] = [draw(3 * 7 * 5 * 9), draw(3 * 7 * 5 * 9), [3, 7, 5, 9]];
        const runtime = await acquire();
        await loadGradients(runtime);
        const gradient = runtime.run(() => tf.tidy(() => tf.grad((at) => apply(at, 0.2))(tf.tensor(x, shape), tf.tensor(probe, shape))));
        assertGradients(([at]) => Float64Array.from(at ?? [], (value) => (value > 0 ? value : 0.2 * value)), { x }, probe, {
          x: await gradient.data(),
        });
        gradient.dispose();
      });
    }

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      const x = runtime.run(() => tf.ones([4, 4]));
      const before = runtime.memory().tensors;
      const numDataIds = runtime.run(() => tf.memory().numDataBuffers);
      runtime.run(() => tf.leakyRelu(x, 0.2)).dispose();
      assert.deepEqual([runtime.memory().tensors, runtime.run(() => tf.memory().numDataBuffers)], [before, numDataIds]);
      x.dispose();
    });
  });
});
