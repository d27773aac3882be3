import * as tf from '@tensorflow/tfjs-core';
import { preparedTensor, requireParameter, type Parameters, type Prepared } from './network.ts';
import { leakyRelu } from './piecewise-linear.ts';

/** The gain of a leaky ReLU of slope 0.2 that keeps the second moment, as StyleGAN2 has it. */
export const ACTIVATION_GAIN = Math.SQRT2;
export const ACTIVATION_SLOPE = 0.2;

/** A fully connected layer with equalised learning rate; both gains are folded into the prepared tensors. */
export interface DenseLayer {
  readonly name: string;
  readonly inputs: number;
  /** Learning rate multiplier; 1 when left out. */
  readonly learningRate?: number;
  /** Followed by leaky ReLU with gain √2. */
  readonly activate?: boolean;
  /** A further factor on the result (before no activation, since leaky ReLU is positively homogeneous). */
  readonly gain?: number;
}

/** Adds `NAME.weight` [inputs, outputs] and `NAME.bias` [outputs] to `prepared`. `order` may permute the weight [O, I] before it is transposed. */
export function prepareDense(
  prepared: Prepared,
  parameters: Parameters,
  layer: DenseLayer,
  order: (weight: tf.Tensor2D) => tf.Tensor2D = (weight) => weight,
): void {
  const { name, inputs, learningRate = 1, activate = false, gain = 1 } = layer;
  const total = gain * (activate ? ACTIVATION_GAIN : 1) * learningRate;
  const weight = order(requireParameter(parameters, `${name}.weight`) as tf.Tensor2D);
  prepared[`${name}.weight`] = tf.transpose(tf.mul(weight, total / Math.sqrt(inputs)));
  prepared[`${name}.bias`] = tf.mul(requireParameter(parameters, `${name}.bias`), total);
}

/** x [n, inputs] to [n, outputs]. */
export function applyDense(prepared: Prepared, x: tf.Tensor2D, { name, activate = false }: DenseLayer): tf.Tensor2D {
  const weight = preparedTensor<tf.Tensor2D>(prepared, `${name}.weight`);
  const bias = preparedTensor(prepared, `${name}.bias`);
  // One kernel of TF.js's, but its activations have no gradient of second order.
  if (tf.engine().state.gradientDepth === 0) {
    return tf.fused.matMul({
      a: x,
      b: weight,
      bias,
      activation: activate ? 'leakyrelu' : 'linear',
      leakyreluAlpha: ACTIVATION_SLOPE,
    }) as tf.Tensor2D;
  }
  const y = tf.add(tf.matMul(x, weight), bias);
  return (activate ? leakyRelu(y, ACTIVATION_SLOPE) : y) as tf.Tensor2D;
}

/** Each row of x [n, d] scaled to second moment 1. */
export function normalizeRows(x: tf.Tensor2D): tf.Tensor2D {
  return tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), 1e-8)));
}

/** The layers `PREFIX.fc0`… of a mapping network: all `width` wide but for the first one's inputs. */
export function mappingLayers(prefix: string, count: number, firstInputs: number, width: number): DenseLayer[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `${prefix}.fc${index}`,
    inputs: index ? width : firstInputs,
    learningRate: 0.01,
    activate: true,
  }));
}

/** The names of a layer's tensors in a weights file. */
export function weightAndBias({ name }: { readonly name: string }): string[] {
  return [`${name}.weight`, `${name}.bias`];
}
