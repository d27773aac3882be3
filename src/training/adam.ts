import * as tf from '@tensorflow/tfjs-core';

/** Adam (Kingma and Ba, 2015). */
export interface AdamSettings {
  /** Greater than 0. */
  readonly learningRate: number;
  /** Of the running means of gradients and of their squares, 0 or more and less than 1. GANs train with beta1 = 0. */
  readonly beta1: number;
  readonly beta2: number;
  /** Keeps the division finite. */
  readonly epsilon: number;
}

/** The optimiser's memory; owned by who holds it. */
export interface AdamState {
  /** Updates so far. */
  readonly step: number;
  /** Running mean of the gradient [length]. */
  readonly mean: tf.Tensor1D;
  /** Running mean of its square [length]. */
  readonly square: tf.Tensor1D;
}

export function initAdam(length: number): AdamState {
  return { step: 0, mean: tf.zeros([length]), square: tf.zeros([length]) };
}

/** One update of a vector of parameters [length] by its gradient. Arguments are borrowed; the new state and parameters are owned by the caller. */
export function updateAdam(
  state: AdamState,
  parameters: tf.Tensor1D,
  gradient: tf.Tensor1D,
  { learningRate, beta1, beta2, epsilon }: AdamSettings,
): { readonly state: AdamState; readonly parameters: tf.Tensor1D } {
  const step = state.step + 1;
  const { mean, square, moved } = tf.tidy(() => {
    const first = blend(state.mean, gradient, beta1);
    const second = blend(state.square, tf.square(gradient), beta2);
    // Both corrections for the start at zero, folded into the step's length.
    const correction = Math.sqrt(1 - beta2 ** step);
    const length = (learningRate * correction) / (1 - beta1 ** step);
    const direction = tf.div(first, tf.add(tf.sqrt(second), epsilon * correction));
    return { mean: first, square: second, moved: tf.sub<tf.Tensor1D>(parameters, tf.mul(direction, length)) };
  });
  return { state: { step, mean, square }, parameters: moved };
}

export function disposeAdam({ mean, square }: AdamState): void {
  tf.dispose([mean, square]);
}

/** keep · old + (1 − keep) · new. */
function blend(old: tf.Tensor1D, now: tf.Tensor1D, keep: number): tf.Tensor1D {
  return tf.add(tf.mul(old, keep), tf.mul(now, 1 - keep));
}
