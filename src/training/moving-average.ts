import * as tf from '@tensorflow/tfjs-core';

/**
 * An exponential moving average of parameters, which draws better pictures than the parameters themselves (Karras et al., 2018): the average
 * after one more step of `batch` images, with that half-life in images. Arguments are borrowed; the result is owned by the caller.
 */
export function updateAverage(average: tf.Tensor1D, parameters: tf.Tensor1D, batch: number, halfLifeImages: number): tf.Tensor1D {
  const keep = 0.5 ** (batch / halfLifeImages);
  return tf.tidy(() => tf.add(average, tf.mul(tf.sub(parameters, average), 1 - keep)));
}
