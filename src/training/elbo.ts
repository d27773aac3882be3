import * as tf from '@tensorflow/tfjs-core';

/** A normal distribution of z for each picture, its components independent: [n, z_dim] both. */
export interface Posterior {
  readonly mean: tf.Tensor2D;
  readonly logVariance: tf.Tensor2D;
}

/** z drawn from the posterior by standard normal deviates [n, z_dim], so that the gradient goes through (Kingma and Welling, 2014). */
export function sampleLatents({ mean, logVariance }: Posterior, deviates: tf.Tensor2D): tf.Tensor2D {
  return tf.add(mean, tf.mul(deviates, tf.exp(tf.mul(logVariance, 0.5))));
}

/**
 * Minus the logarithm of the pictures' density, normal with variance 1 about what was drawn, up to a constant: half the squared distance, summed over
 * each picture, the mean over pictures [n, side, side, 3].
 */
export function reconstructionLoss(drawn: tf.Tensor4D, pictures: tf.Tensor4D): tf.Scalar {
  return tf.div(tf.sum(tf.square(tf.sub(drawn, pictures))), 2 * pictures.shape[0]);
}

/** The Kullback–Leibler divergence of the posteriors from the standard normal distribution, the mean over pictures; 0 or more. */
export function divergenceLoss({ mean, logVariance }: Posterior): tf.Scalar {
  const terms = tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), tf.add(logVariance, 1));
  return tf.div(tf.sum(terms), 2 * mean.shape[0]);
}
