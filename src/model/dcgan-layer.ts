import * as tf from '@tensorflow/tfjs-core';
import { assertNever } from '../support/errors.ts';
import type { DcganLayer } from '../weights/architecture.ts';
import type { DcganMap } from '../weights/dcgan-layers.ts';
import { statisticsNames } from './batch-statistics.ts';
import { foldKernel, nearestAxis, pixelShuffle, toHwio, transposedAxis, type AxisMap } from './fold-kernel.ts';
import { preparedTensor, requireParameter, type Parameters, type Prepared } from './network.ts';
import { batchNorm, type NormalizedBatch } from './ops/batch-norm.ts';
import { leakyRelu } from './piecewise-linear.ts';

/** The ε of PyTorch's batch normalisation. */
export const BATCH_NORM_EPSILON = 1e-5;
const DEFAULT_SLOPE = 0.2;

/** One layer of a DCGAN with its place in the network. */
export interface PlacedLayer {
  /** Prefix of its tensors in the weights file. */
  readonly name: string;
  readonly layer: DcganLayer;
  readonly input: DcganMap;
  readonly output: DcganMap;
}

/** The names of what training moves, and of the running statistics. */
export function dcganTensorNames({ name, layer }: PlacedLayer): { parameters: string[]; buffers: string[] } {
  const parameters = [`${name}.weight`, ...(layer.bias ? [`${name}.bias`] : [])];
  if (!layer.batch_norm) return { parameters, buffers: [] };
  return {
    parameters: [...parameters, `${name}.norm.weight`, `${name}.norm.bias`],
    buffers: Object.values(statisticsNames(name)),
  };
}

/** From one number a side, a transposed convolution is a matrix product. */
function isMatrix({ layer, input }: PlacedLayer): boolean {
  return layer.type === 'dense' || (layer.type === 'conv_transpose' && input.size === 1);
}

/** How a layer that enlarges is an ordinary convolution and a pixel shuffle; null for one that does not. */
function axisOf({ kernel = 1, stride = 1, padding = 0, type }: DcganLayer): AxisMap | null {
  switch (type) {
    case 'conv_transpose':
      return transposedAxis(kernel, stride, padding);
    case 'upsample_conv':
      return nearestAxis(kernel, stride, padding);
    case 'conv':
    case 'dense':
      return null;
    default:
      return assertNever(type);
  }
}

/** The layer's weight as a kernel [k, k, I, O]; for a matrix [side, side, I, O], side being that of its output. */
function readKernel(parameters: Parameters, { name, layer, output }: PlacedLayer): tf.Tensor4D {
  const weight = requireParameter(parameters, `${name}.weight`);
  if (layer.type === 'dense')
    return tf.transpose(tf.reshape(weight, [output.channels, output.size, output.size, -1]), [1, 2, 3, 0]) as tf.Tensor4D;
  if (layer.type === 'conv_transpose') return tf.transpose(weight as tf.Tensor4D, [2, 3, 0, 1]);
  return toHwio(weight);
}

/** The layer's bias, [O], or [side, side, O] after a dense layer; null where it has none. */
function readBias(parameters: Parameters, { name, layer, output }: PlacedLayer): tf.Tensor | null {
  if (!layer.bias) return null;
  const { channels, size } = output;
  const bias = requireParameter(parameters, `${name}.bias`);
  return layer.type === 'dense' ? tf.transpose(tf.reshape(bias, [channels, size, size]), [1, 2, 0]) : tf.clone(bias);
}

/** The factor [O] and summand ([O], or [side, side, O] after a dense layer) of running-statistics normalisation and bias. */
function readAffine(parameters: Parameters, placed: PlacedLayer): { scale: tf.Tensor | null; shift: tf.Tensor | null } {
  const { name, layer } = placed;
  const shift = readBias(parameters, placed);
  if (!layer.batch_norm) return { scale: null, shift };
  const statistics = statisticsNames(name);
  const [mean, variance] = [requireParameter(parameters, statistics.mean), requireParameter(parameters, statistics.variance)];
  const scale = tf.mul(requireParameter(parameters, `${name}.norm.weight`), tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)));
  const centred = shift ? tf.sub(shift, mean) : tf.neg(mean);
  return { scale, shift: tf.add(tf.mul(centred, scale), requireParameter(parameters, `${name}.norm.bias`)) };
}

/** The kernel [k, k, I, O] as {@link applyKernel} takes it: a matrix, or that of an ordinary convolution. */
function arrangeKernel(kernel: tf.Tensor4D, placed: PlacedLayer): tf.Tensor {
  const { layer, output } = placed;
  if (isMatrix(placed)) {
    // With padding only the middle of a transposed kernel is left.
    const { padding = 0 } = layer;
    const middle = layer.type === 'dense' ? kernel : tf.slice(kernel, [padding, padding, 0, 0], [output.size, output.size, -1, -1]);
    const [side, , inputs, outputs] = middle.shape;
    return tf.reshape(tf.transpose(middle, [2, 0, 1, 3]), [inputs, side * side * outputs]);
  }
  const axis = axisOf(layer);
  return axis ? foldKernel(kernel, axis) : kernel;
}

/** Adds `NAME.kernel` and, where there is a bias or normalisation, `NAME.shift` to `prepared`; normalisation is folded into both. */
export function prepareDcganLayer(prepared: Prepared, parameters: Parameters, placed: PlacedLayer): void {
  const { scale, shift } = readAffine(parameters, placed);
  const raw = readKernel(parameters, placed);
  prepared[`${placed.name}.kernel`] = arrangeKernel(scale ? (tf.mul(raw, scale) as tf.Tensor4D) : raw, placed);
  if (shift) prepared[`${placed.name}.shift`] = shift;
}

/**
 * For a pass in training: adds `NAME.kernel` and, where there are such, `NAME.bias` and normalisation's `NAME.scale` and `NAME.offset` to `prepared`.
 */
export function prepareDcganTraining(prepared: Prepared, parameters: Parameters, placed: PlacedLayer): void {
  const { name, layer } = placed;
  prepared[`${name}.kernel`] = arrangeKernel(readKernel(parameters, placed), placed);
  const bias = readBias(parameters, placed);
  if (bias) prepared[`${name}.bias`] = bias;
  if (!layer.batch_norm) return;
  prepared[`${name}.scale`] = tf.clone(requireParameter(parameters, `${name}.norm.weight`));
  prepared[`${name}.offset`] = tf.clone(requireParameter(parameters, `${name}.norm.bias`));
}

/** x [n, h, w, c] with zeros added before and after both sides; negative numbers cut off. */
function padSides(x: tf.Tensor4D, before: number, after: number): tf.Tensor4D {
  const added: [number, number] = [Math.max(before, 0), Math.max(after, 0)];
  const padded = added[0] || added[1] ? tf.pad(x, [[0, 0], added, added, [0, 0]]) : x;
  if (before >= 0 && after >= 0) return padded;
  const from = Math.max(-before, 0);
  const side = padded.shape[1] - from - Math.max(-after, 0);
  return tf.slice(padded, [0, from, from, 0], [-1, side, side, -1]);
}

function enlarge(x: tf.Tensor4D, kernel: tf.Tensor4D, axis: AxisMap, size: number): tf.Tensor4D {
  const { phases, taps, padBefore } = axis;
  const steps = Math.ceil(size / phases);
  const padAfter = steps - x.shape[1] + taps - 1 - padBefore;
  const y =
    padBefore === padAfter && padBefore >= 0
      ? tf.conv2d(x, kernel, 1, padBefore)
      : tf.conv2d(padSides(x, padBefore, padAfter), kernel, 1, 'valid');
  const shuffled = phases === 1 ? y : pixelShuffle(y, phases);
  return steps * phases === size ? shuffled : tf.slice(shuffled, [0, 0, 0, 0], [-1, size, size, -1]);
}

function applyKernel(prepared: Prepared, x: tf.Tensor4D, placed: PlacedLayer): tf.Tensor4D {
  const { name, layer, input, output } = placed;
  const kernel = preparedTensor(prepared, `${name}.kernel`);
  if (isMatrix(placed)) {
    const flat = tf.reshape(x, [x.shape[0], input.channels]) as tf.Tensor2D;
    return tf.reshape(tf.matMul(flat, kernel as tf.Tensor2D), [x.shape[0], output.size, output.size, output.channels]);
  }
  const axis = axisOf(layer);
  return axis
    ? enlarge(x, kernel as tf.Tensor4D, axis, output.size)
    : tf.conv2d(x, kernel as tf.Tensor4D, layer.stride ?? 1, layer.padding ?? 0);
}

/** x [n, h, w, I] through convolution, normalisation by running statistics and bias, without the activation. */
export function applyDcganLayer(prepared: Prepared, x: tf.Tensor4D, placed: PlacedLayer): tf.Tensor4D {
  const { name, layer } = placed;
  const y = applyKernel(prepared, x, placed);
  return layer.bias || layer.batch_norm ? tf.add(y, preparedTensor(prepared, `${name}.shift`)) : y;
}

/** The same in training: normalised by the batch's own statistics, which are given back; null where nothing is normalised. */
export function trainDcganLayer(
  prepared: Prepared,
  x: tf.Tensor4D,
  placed: PlacedLayer,
): { readonly y: tf.Tensor4D; readonly normalized: NormalizedBatch | null } {
  const { name, layer } = placed;
  const raw = applyKernel(prepared, x, placed);
  const y: tf.Tensor4D = layer.bias ? tf.add(raw, preparedTensor(prepared, `${name}.bias`)) : raw;
  if (!layer.batch_norm) return { y, normalized: null };
  const [scale, offset] = [preparedTensor<tf.Tensor1D>(prepared, `${name}.scale`), preparedTensor<tf.Tensor1D>(prepared, `${name}.offset`)];
  const normalized = batchNorm({ x: y, scale, offset }, { epsilon: BATCH_NORM_EPSILON });
  return { y: normalized.y, normalized };
}

/** The layer's activation. */
export function activateDcgan(x: tf.Tensor4D, { activation, slope = DEFAULT_SLOPE }: DcganLayer): tf.Tensor4D {
  switch (activation) {
    case 'relu':
      return tf.relu(x);
    case 'leaky_relu':
      return leakyRelu(x, slope);
    case 'tanh':
      return tf.tanh(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'none':
      return x;
    default:
      return assertNever(activation);
  }
}
