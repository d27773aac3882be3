import * as tf from '@tensorflow/tfjs-core';

/** How long a gradient may be: `clip` shortens what is longer than `norm`, `normalize` makes every one that long. */
export interface GradientLimit {
  readonly kind: 'clip' | 'normalize';
  /** Euclidean length over all parameters, greater than 0. */
  readonly norm: number;
}

/** The gradient [length], limited by its global norm (Pascanu et al., 2013); owned by the caller. A gradient of zeros stays so. */
export function limitGradient(gradient: tf.Tensor1D, { kind, norm }: GradientLimit): tf.Tensor1D {
  return tf.tidy(() => {
    const length = tf.sqrt(tf.sum(tf.square(gradient)));
    const scale = tf.div(norm, tf.maximum(length, kind === 'clip' ? norm : Number.EPSILON));
    return tf.mul(gradient, scale);
  });
}
