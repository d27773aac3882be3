import * as tf from '@tensorflow/tfjs-core';

/**
 * Activations that are linear in pieces, with gradients of every order. TF.js's own leaky ReLU and clip have none of second order: their
 * gradients go through comparisons, which have no gradient. Here the slope is a constant of the tape, which it is: its derivative is 0.
 */

/** dy times the slope that belongs to the output y; linear in dy, so that its gradient is itself. */
function applySlope(dy: tf.Tensor, y: tf.Tensor, slopeAt: (y: tf.Tensor) => tf.Tensor): tf.Tensor {
  // y is not an argument of the operation, so nothing is propagated through it.
  return tf.customGrad((...args) => ({
    value: tf.mul(args[0] as tf.Tensor, slopeAt(y)),
    gradFunc: (ddy: tf.Tensor) => applySlope(ddy, y, slopeAt),
  }))(dy);
}

function applyPieces<T extends tf.Tensor>(x: T, compute: (x: T) => T, slopeAt: (y: tf.Tensor) => tf.Tensor): T {
  return tf.customGrad((...args) => {
    const [input, save] = args as [T, tf.GradSaveFunc];
    const value = compute(input);
    save([value]);
    return { value, gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => applySlope(dy, saved[0] as tf.Tensor, slopeAt) };
  })(x) as T;
}

/** x where it is positive, slope · x elsewhere; 0 < slope < 1. */
export function leakyRelu<T extends tf.Tensor>(x: T, slope: number): T {
  return applyPieces(
    x,
    (input) => tf.leakyRelu(input, slope),
    (y) => tf.step(y, slope),
  );
}

/** x within ±limit. */
export function clampMagnitude<T extends tf.Tensor>(x: T, limit: number): T {
  return applyPieces(
    x,
    (input) => tf.clipByValue(input, -limit, limit) as T,
    (y) => tf.cast(tf.less(tf.abs(y), limit), 'float32'),
  );
}
