import * as tf from '@tensorflow/tfjs-core';
import {
  canFuseBatchNorm,
  runBatchNorm,
  type BatchNormAttributes,
  type BatchNormInputs,
} from '../../runtime/kernels/batch-norm/batch-norm.ts';

/** What a batch normalisation gives: y [n, h, w, c], and the statistics of x [c]; the variance is divided by the number of values. */
export interface NormalizedBatch {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

/**
 * Batch normalisation by the batch's own statistics (Ioffe and Szegedy, 2015): each channel of x with mean 0 and variance 1 over all pixels of all
 * pictures, times its scale, plus its offset. Differentiable, as often as one likes. The results are the caller's.
 */
export function batchNorm(inputs: BatchNormInputs, attributes: BatchNormAttributes): NormalizedBatch {
  if (canFuseBatchNorm()) {
    const [y, mean, variance] = runBatchNorm(inputs, attributes);
    return { y, mean, variance };
  }
  return tf.tidy(() => {
    const { x, scale, offset } = inputs;
    const mean = meanOfPixels(x);
    const centred = tf.sub(x, mean);
    const variance = meanOfPixels(tf.square(centred) as tf.Tensor4D);
    const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, attributes.epsilon)));
    return { y: tf.add(tf.mul(centred, factor), offset) as tf.Tensor4D, mean, variance };
  });
}

/** x [n, h, w, c] averaged over pictures and pixels, [c]. */
function meanOfPixels(x: tf.Tensor4D): tf.Tensor1D {
  return tf.div(tf.sum(x, [0, 1, 2]), x.size / x.shape[3]);
}
