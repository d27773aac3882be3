import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import { divergenceLoss, reconstructionLoss, sampleLatents } from '../../src/training/elbo.ts';
import { eachBackend } from '../support/backends.ts';
import { assertGradients } from '../support/finite-differences.ts';

const SHAPE: [number, number] = [3, 4];
const [MEAN, LOG_VARIANCE, DEVIATES, PICTURES] = ['mean', 'variance', 'deviates', 'pictures'].map((seed) =>
  createNormalStream(seed, 'test')(12),
) as [Float32Array, Float32Array, Float32Array, Float32Array];

/** Both, of z itself as pictures of 1 × 4 grey numbers; written out in double precision. */
function twin([mean, logVariance]: readonly ArrayLike<number>[]): [reconstruction: number, divergence: number] {
  let [reconstruction, divergence] = [0, 0];
  for (let i = 0; i < 12; i++) {
    const [m, v] = [mean?.[i] ?? NaN, logVariance?.[i] ?? NaN];
    reconstruction += (m + (DEVIATES[i] ?? NaN) * Math.exp(v / 2) - (PICTURES[i] ?? NaN)) ** 2 / 2 / 3;
    divergence += -(1 + v - m * m - Math.exp(v)) / 2 / 3;
  }
  return [reconstruction, divergence];
}

describe('training/elbo', () => {
  eachBackend((_, acquire) => {
    it('is the papers’ reconstruction and divergence, with their gradients by mean and log variance', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const probe = [0.7, 1.3];
      const results = runtime.run(() =>
        tf.tidy(() => {
          const measure = (mean: tf.Tensor2D, logVariance: tf.Tensor2D): tf.Tensor1D => {
            const z = sampleLatents({ mean, logVariance }, tf.tensor2d(DEVIATES, SHAPE));
            const [drawn, pictures] = [tf.reshape(z, [3, 1, 4, 1]), tf.tensor4d(PICTURES, [3, 1, 4, 1])] as [tf.Tensor4D, tf.Tensor4D];
            return tf.stack([reconstructionLoss(drawn, pictures), divergenceLoss({ mean, logVariance })]) as tf.Tensor1D;
          };
          const inputs = [tf.tensor2d(MEAN, SHAPE), tf.tensor2d(LOG_VARIANCE, SHAPE)] as [tf.Tensor2D, tf.Tensor2D];
          const weigh = (mean: tf.Tensor, logVariance: tf.Tensor): tf.Tensor =>
            tf.sum(tf.mul(measure(mean as tf.Tensor2D, logVariance as tf.Tensor2D), tf.tensor1d(probe)));
          return [measure(...inputs), ...tf.grads(weigh)(inputs)];
        }),
      );
      const [losses, mean, logVariance] = (await Promise.all(results.map((tensor) => tensor.data()))) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      tf.dispose(results);
      const expected = twin([MEAN, LOG_VARIANCE]);
      for (const [index, loss] of losses.entries()) assert.closeTo(loss, expected[index] ?? NaN, 1e-4);
      assertGradients(twin, { mean: MEAN, logVariance: LOG_VARIANCE }, probe, { mean, logVariance });
    });
  });
});
