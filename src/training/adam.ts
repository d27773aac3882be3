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

/** What an update's place in the training makes of the settings; the same as tensors. */
export interface AdamPace {
  /** Both corrections for the start at zero, folded into the step's length. */
  readonly length: number | tf.Scalar;
  readonly epsilon: number | tf.Scalar;
}

/** The pace of the update of that number; the first is 1. */
export function paceAdam(step: number, { learningRate, beta1, beta2, epsilon }: AdamSettings): { length: number; epsilon: number } {
  const correction = Math.sqrt(1 - beta2 ** step);
  return { length: (learningRate * correction) / (1 - beta1 ** step), epsilon: epsilon * correction };
}

/** A vector of parameters [length] and what Adam remembers of their gradients. */
export type AdamVectors = tf.NamedTensorMap & {
  readonly vector: tf.Tensor1D;
  readonly mean: tf.Tensor1D;
  readonly square: tf.Tensor1D;
};

/** One update by a gradient [length] at that pace. Arguments are borrowed; the result is owned by the caller. */
export function moveByAdam(
  { vector, mean, square }: AdamVectors,
  gradient: tf.Tensor1D,
  settings: AdamSettings,
  pace: AdamPace,
): AdamVectors {
  return tf.tidy(() => {
    const first = blend(mean, gradient, settings.beta1);
    const second = blend(square, tf.square(gradient), settings.beta2);
    const direction = tf.div(first, tf.add(tf.sqrt(second), pace.epsilon));
    return { mean: first, square: second, vector: tf.sub<tf.Tensor1D>(vector, tf.mul(direction, pace.length)) };
  });
}

/** One update of a vector of parameters [length] by its gradient. Arguments are borrowed; the new state and parameters are owned by the caller. */
export function updateAdam(
  state: AdamState,
  parameters: tf.Tensor1D,
  gradient: tf.Tensor1D,
  settings: AdamSettings,
): { readonly state: AdamState; readonly parameters: tf.Tensor1D } {
  const step = state.step + 1;
  const { mean, square } = state;
  const moved = moveByAdam({ vector: parameters, mean, square }, gradient, settings, paceAdam(step, settings));
  return { state: { step, mean: moved.mean, square: moved.square }, parameters: moved.vector };
}

export function disposeAdam({ mean, square }: AdamState): void {
  tf.dispose([mean, square]);
}

/** keep · old + (1 − keep) · new. */
function blend(old: tf.Tensor1D, now: tf.Tensor1D, keep: number): tf.Tensor1D {
  return tf.add(tf.mul(old, keep), tf.mul(now, 1 - keep));
}
