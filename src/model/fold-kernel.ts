import * as tf from '@tensorflow/tfjs-core';

/** The binomial filter [1, 3, 3, 1] / 8, one axis. */
const BINOMIAL = [0.125, 0.375, 0.375, 0.125] as const;

/**
 * A linear map of one axis of a kernel, rows × columns, row-major: `taps` new taps for each of `phases` phases (rows, phase-major) from `size`
 * old taps (columns). An ordinary convolution with the new kernel, then a pixel shuffle by `phases`, equals the layer it stands for.
 */
export interface AxisMap {
  readonly phases: number;
  readonly taps: number;
  readonly size: number;
  /** Zeros to put before the input, for an output that starts at the layer's first. */
  readonly padBefore: number;
  readonly values: Float32Array;
}

function createAxisMap(
  phases: number,
  taps: number,
  size: number,
  padBefore: number,
  valueAt: (phase: number, tap: number, k: number) => number,
): AxisMap {
  const values = new Float32Array(phases * taps * size);
  for (let row = 0; row < phases * taps; row++) {
    for (let k = 0; k < size; k++) values[row * size + k] = valueAt(Math.floor(row / taps), row % taps, k);
  }
  return { phases, taps, size, padBefore, values };
}

/** Filter, then convolution with stride 2: a kernel of size + 3 taps, stride 2. */
export function downsamplingAxis(size: number): AxisMap {
  return createAxisMap(1, size + 3, size, 1 + Math.floor(size / 2), (_, tap, k) => BINOMIAL[tap - k] ?? 0);
}

/** Transposed convolution of 3 taps with stride 2, then the filter with gain 2: 2 phases of 3 taps on the small input. */
export function upsamplingAxis(): AxisMap {
  return createAxisMap(2, 3, 3, 1, (phase, tap, k) => 2 * (BINOMIAL[phase + 4 - 2 * tap - k] ?? 0));
}

/** A transposed convolution: `stride` phases. Output o takes input i through tap o + padding − stride · i. */
export function transposedAxis(size: number, stride: number, padding: number): AxisMap {
  // Output stride·m + p takes input m − d through tap stride·d + p + padding.
  const first = Math.min(...phaseRange(stride, (phase) => Math.ceil((-phase - padding) / stride)));
  const last = Math.max(...phaseRange(stride, (phase) => Math.floor((size - 1 - phase - padding) / stride)));
  return createAxisMap(stride, last - first + 1, size, last, (phase, tap, k) => (k === stride * (last - tap) + phase + padding ? 1 : 0));
}

/** Nearest-neighbour upsampling by `factor`, then a convolution with that padding: `factor` phases. */
export function nearestAxis(size: number, factor: number, padding: number): AxisMap {
  // Output factor·m + p takes input m + e through every tap k with e = floor((p − padding + k) / factor).
  const shift = (phase: number, k: number): number => Math.floor((phase - padding + k) / factor);
  const first = shift(0, 0);
  const last = shift(factor - 1, size - 1);
  return createAxisMap(factor, last - first + 1, size, -first, (phase, tap, k) => (shift(phase, k) === first + tap ? 1 : 0));
}

function phaseRange(phases: number, valueAt: (phase: number) => number): number[] {
  return Array.from({ length: phases }, (_, phase) => valueAt(phase));
}

/** Applies the map to the kernel's first axis: [size, ...rest] to [phases · taps, ...rest]. */
function mapFirstAxis(kernel: tf.Tensor, axis: AxisMap): tf.Tensor {
  const matrix = tf.tensor2d(axis.values, [axis.phases * axis.taps, axis.size]);
  const flat = tf.reshape(kernel, [axis.size, kernel.size / axis.size]);
  return tf.reshape(tf.matMul(matrix, flat as tf.Tensor2D), [axis.phases * axis.taps, ...kernel.shape.slice(1)]);
}

/**
 * A kernel [size, size, I, O] with both axes mapped: [taps, taps, I, phases² · O]; output channel (p · phases + q) · O + o is phase p of the
 * rows, q of the columns. Differentiable.
 */
export function foldKernel(kernel: tf.Tensor4D, axis: AxisMap): tf.Tensor4D {
  return tf.tidy(() => {
    const { phases, taps } = axis;
    const [, , inputs, outputs] = kernel.shape;
    const rows = mapFirstAxis(kernel, axis);
    // [phases·taps, size, I, O] to [size, phases·taps, I, O]: now the columns come first.
    const both = mapFirstAxis(tf.transpose(rows, [1, 0, 2, 3]), axis);
    if (phases === 1) return tf.transpose(both, [1, 0, 2, 3]) as tf.Tensor4D;
    // (q, column tap, p, row tap, I·O) to (row tap, column tap, I, p, q, O), in two steps of rank 5.
    const split = tf.reshape(both, [phases, taps, phases, taps, inputs * outputs]);
    const taken = tf.reshape(tf.transpose(split, [3, 1, 2, 0, 4]), [taps * taps, phases * phases, inputs, outputs]);
    return tf.reshape(tf.transpose(taken, [0, 2, 1, 3]), [taps, taps, inputs, phases * phases * outputs]);
  });
}

/** [n, h, w, phases² · C] to [n, phases · h, phases · w, C]; channels as {@link foldKernel} orders them. */
export function pixelShuffle(x: tf.Tensor4D, phases: number): tf.Tensor4D {
  const [batch, height, width, depth] = x.shape;
  const channels = depth / (phases * phases);
  const rows = tf.reshape(x, [batch * height, width, phases, phases * channels]);
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [batch, height * phases, width * phases, channels]);
}

/** A kernel [O, I, k, k] of a weights file as [k, k, I, O], the layout of TF.js. */
export function toHwio(weight: tf.Tensor): tf.Tensor4D {
  return tf.transpose(weight as tf.Tensor4D, [2, 3, 1, 0]);
}
