/** The generator in stock TensorFlow.js operations, from the tensors of a weights file; nothing of src is in it. */
import * as tf from '@tensorflow/tfjs-core';
import type { BenchNetwork } from '../../generate/networks.ts';
import { BILINEAR_KERNEL, foldUpsampling } from '../../onnx/fold-kernel.ts';
import type { Modulation, NamedTensor } from '../../onnx/stylegan2-graph.ts';

/** One wide convolution and a pixel shuffle, or the transposed convolution by phases (of 4, 2, 2 and 1 taps) and then the filter. */
export const TFJS_UPSAMPLINGS = ['folded', 'phases'] as const;
/** Leaky ReLU by its own operation, or as PReLU, which XNNPACK has. */
export const TFJS_ACTIVATIONS = ['leakyRelu', 'prelu'] as const;

export interface TfjsForm {
  readonly upsampling: (typeof TFJS_UPSAMPLINGS)[number];
  readonly modulation: Modulation;
  readonly activation: (typeof TFJS_ACTIVATIONS)[number];
}

const GAIN = Math.SQRT2;
const SLOPE = 0.2;
const EPSILON = 1e-8;
const NO_PAD: [number, number] = [0, 0];
const BEFORE: [number, number] = [1, 0];
const AFTER: [number, number] = [0, 1];
const BOTH: [number, number] = [1, 1];

interface Affine {
  /** [w_dim, channels] and [channels]. */
  readonly weight: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
}

interface Layer {
  readonly affine: Affine;
  /** [k, k, I, O], of which there are four for phases: even and odd rows, in them even and odd columns. */
  readonly kernels: readonly tf.Tensor4D[];
  readonly up: boolean;
  readonly outputs: number;
  /** Half the sum of the squared weights, [I, O]. */
  readonly power: tf.Tensor2D;
  readonly bias: tf.Tensor1D;
  /** [1, 1, 1, O]. */
  readonly slopes: tf.Tensor4D;
}

interface ToRgb {
  readonly affine: Affine;
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

type Padding = [[number, number], [number, number], [number, number], [number, number]];
const pad = (rows: [number, number], columns: [number, number]): Padding => [NO_PAD, rows, columns, NO_PAD];

/** (O, I, k, k) to [k, k, I, O]. */
const toHwio = (weight: tf.Tensor): tf.Tensor4D => tf.transpose(weight as tf.Tensor4D, [2, 3, 1, 0]);
const asMap = (x: tf.Tensor2D): tf.Tensor4D => tf.reshape(x, [x.shape[0], 1, 1, x.shape[1]]);

/** Kernels of {@link foldUpsampling}, output c · 4 + phase, as [3, 3, I, 4 · O], output phase · O + c. */
function toShuffled(values: Float32Array, outputs: number, inputs: number): tf.Tensor4D {
  return tf.tidy(() => {
    const split = tf.tensor(values, [outputs, 4, inputs, 9]);
    return tf.reshape(tf.transpose(split, [3, 2, 1, 0]), [3, 3, inputs, 4 * outputs]);
  });
}

/** [n, s, s, 4 · C], channel phase · C + c, to [n, 2s, 2s, C]. */
function shufflePixels(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, depth] = x.shape;
  const rows = tf.reshape(x, [batch * height, width, 2, depth / 2]);
  return tf.reshape(tf.transpose(rows, [0, 2, 1, 3]), [batch, height * 2, width * 2, depth / 4]);
}

/** The taps of a transposed convolution with stride 2 that make even outputs (2, then 0) and odd ones (1), for both axes, with gain 4. */
function phaseKernels(kernel: tf.Tensor4D): tf.Tensor4D[] {
  const even = [2, 0];
  const odd = [1];
  return [even, odd].flatMap((rows) =>
    [even, odd].map((columns) => tf.mul(tf.gather(tf.gather(kernel, rows, 0), columns, 1), 4) as tf.Tensor4D),
  );
}

export class TfjsGenerator {
  readonly #form: TfjsForm;
  readonly #constant: tf.Tensor4D;
  readonly #blocks: readonly { readonly layers: readonly Layer[]; readonly toRgb: ToRgb }[];
  readonly #imageKernel: tf.Tensor4D;
  /** For phases: [3, 3, channels, 1] by channels. */
  readonly #smoothing = new Map<number, tf.Tensor4D>();

  constructor({ architecture, tensors }: BenchNetwork, form: TfjsForm) {
    this.#form = form;
    const read = (name: string): NamedTensor => {
      const found = tensors.get(name);
      if (!found) throw new Error(`The weights have no tensor ${name}.`);
      return found;
    };
    const load = (name: string, gain = 1): tf.Tensor => {
      const { shape, values } = read(name);
      return tf.tensor(values.map((value) => value * gain), [...shape]); // prettier-ignore
    };
    this.#constant = tf.tidy(() => tf.expandDims(tf.transpose(load('synthesis.b4.const'), [1, 2, 0]), 0));
    this.#imageKernel = toShuffled(BILINEAR_KERNEL, 3, 3);
    const blocks = [];
    for (let size = 4; size <= architecture.resolution; size *= 2) {
      const name = `synthesis.b${size.toString()}`;
      const names = size === 4 ? ['conv1'] : ['conv0', 'conv1'];
      const layers = names.map((each) => this.#loadLayer(`${name}.${each}`, read, load, each === 'conv0'));
      blocks.push({ layers, toRgb: loadToRgb(`${name}.torgb`, read, load) });
    }
    this.#blocks = blocks;
  }

  #loadLayer(name: string, read: (name: string) => NamedTensor, load: (name: string, gain?: number) => tf.Tensor, up: boolean): Layer {
    const { shape, values } = read(`${name}.weight`);
    const [outputs = 0, inputs = 0] = shape;
    if (up && this.#form.upsampling === 'phases') this.#addSmoothing(outputs);
    const kernels = tf.tidy(() => {
      if (up && this.#form.upsampling === 'folded') return [toShuffled(foldUpsampling(values, outputs, inputs), outputs, inputs)];
      const plain = toHwio(load(`${name}.weight`));
      return up ? phaseKernels(plain) : [plain];
    });
    const power = tf.tidy(() => tf.mul(tf.sum(tf.square(toHwio(load(`${name}.weight`))), [0, 1]), 1 / GAIN ** 2) as tf.Tensor2D);
    const bias = load(`${name}.bias`, GAIN) as tf.Tensor1D;
    return {
      affine: loadAffine(`${name}.affine`, read, load),
      kernels,
      up,
      outputs,
      power,
      bias,
      slopes: tf.fill([1, 1, 1, outputs], SLOPE),
    };
  }

  #addSmoothing(channels: number): void {
    if (this.#smoothing.has(channels)) return;
    const taps = [1, 2, 1].flatMap((row) => [1, 2, 1].flatMap((column) => new Array<number>(channels).fill((row * column) / 16)));
    this.#smoothing.set(channels, tf.tensor4d(taps, [3, 3, channels, 1]));
  }

  /** w [n, w_dim] to [n, side, side, 3] of about −1…1. */
  synthesize(w: tf.Tensor2D): tf.Tensor4D {
    return tf.tidy(() => {
      let x = this.#constant;
      let image: tf.Tensor4D | null = null;
      for (const { layers, toRgb } of this.#blocks) {
        for (const layer of layers) x = this.#applyLayer(layer, x, w);
        const colours = this.#applyToRgb(toRgb, x, w);
        image = image ? tf.add(colours, shufflePixels(tf.conv2d(image, this.#imageKernel, 1, 1))) : colours;
      }
      return image as tf.Tensor4D;
    });
  }

  #applyLayer(layer: Layer, x: tf.Tensor4D, w: tf.Tensor2D): tf.Tensor4D {
    return tf.tidy(() => {
      const style = applyAffine(layer.affine, w);
      const demodulation = tf.rsqrt(tf.add(tf.matMul(tf.square(style), layer.power), EPSILON / GAIN ** 2)) as tf.Tensor2D;
      let y: tf.Tensor4D;
      if (this.#form.modulation === 'weights') {
        const scale = tf.mul(tf.reshape(style, [-1, 1]), demodulation);
        y = this.#convolve(layer, x, (kernel) => scaleKernel(kernel, scale as tf.Tensor2D));
      } else {
        const scaled = this.#convolve(layer, tf.mul(x, asMap(style)), (kernel) => kernel);
        y = tf.add(tf.mul(scaled, asMap(demodulation)), layer.bias);
      }
      return this.#form.activation === 'prelu' ? tf.prelu(y, layer.slopes) : tf.leakyRelu(y, SLOPE);
    });
  }

  /** The convolution, with the bias where the weights are modulated. */
  #convolve(layer: Layer, x: tf.Tensor4D, modulate: (kernel: tf.Tensor4D) => tf.Tensor4D): tf.Tensor4D {
    const withBias = this.#form.modulation === 'weights';
    const [first] = layer.kernels as [tf.Tensor4D];
    if (!layer.up) {
      if (!withBias) return tf.conv2d(x, first, 1, 1);
      return tf.fused.conv2d({ x, filter: modulate(first), strides: 1, pad: 1, bias: layer.bias });
    }
    const y =
      this.#form.upsampling === 'folded' ? shufflePixels(tf.conv2d(x, modulate(first), 1, 1)) : this.#convolvePhases(layer, x, modulate);
    return withBias ? tf.add(y, layer.bias) : y;
  }

  #convolvePhases({ kernels, outputs }: Layer, x: tf.Tensor4D, modulate: (kernel: tf.Tensor4D) => tf.Tensor4D): tf.Tensor4D {
    const phases = kernels.map((kernel, index) => {
      const [rows, columns] = [index < 2 ? BOTH : AFTER, index % 2 === 0 ? BOTH : AFTER];
      return tf.conv2d(x, modulate(kernel), 1, pad(rows, columns));
    });
    // Positions 0…2s and one more of zeros, which the filter wants there anyway.
    const wide = shufflePixels(tf.concat(phases, 3));
    // [1, 3, 3, 1] / 8 = [1, 2, 1] / 4 ∗ [1, 1] / 2.
    const smooth = tf.depthwiseConv2d(wide, this.#smoothing.get(outputs) as tf.Tensor4D, 1, pad(BEFORE, BEFORE));
    return tf.avgPool(smooth, 2, 1, 'valid');
  }

  #applyToRgb({ affine, kernel, bias }: ToRgb, x: tf.Tensor4D, w: tf.Tensor2D): tf.Tensor4D {
    const style = applyAffine(affine, w);
    if (this.#form.modulation !== 'weights')
      return tf.fused.conv2d({ x: tf.mul(x, asMap(style)), filter: kernel, strides: 1, pad: 0, bias });
    return tf.fused.conv2d({ x, filter: tf.mul(kernel, tf.reshape(style, [1, 1, -1, 1])), strides: 1, pad: 0, bias });
  }

  dispose(): void {
    const tensors = this.#blocks.flatMap(({ layers, toRgb }) => [...layers.map((layer) => ({ ...layer })), { ...toRgb }]);
    tf.dispose([this.#constant, this.#imageKernel, ...this.#smoothing.values(), tensors as unknown as tf.Tensor]);
  }
}

/** kernel [k, k, I, O · phases] times scale [I, O]. */
function scaleKernel(kernel: tf.Tensor4D, scale: tf.Tensor2D): tf.Tensor4D {
  const [rows, columns, inputs, depth] = kernel.shape;
  const [, outputs] = scale.shape;
  if (depth === outputs) return tf.mul(kernel, scale);
  const split = tf.reshape(kernel, [rows * columns, inputs, depth / outputs, outputs]);
  return tf.reshape(tf.mul(split, tf.expandDims(scale, 1)), kernel.shape);
}

function applyAffine({ weight, bias }: Affine, w: tf.Tensor2D): tf.Tensor2D {
  return tf.fused.matMul({ a: w, b: weight, bias }) as tf.Tensor2D;
}

function loadAffine(name: string, read: (name: string) => NamedTensor, load: (name: string, gain?: number) => tf.Tensor, gain = 1): Affine {
  const wDim = read(`${name}.weight`).shape[1] ?? 1;
  const weight = tf.tidy(() => tf.transpose(load(`${name}.weight`, gain / Math.sqrt(wDim)) as tf.Tensor2D));
  return { weight, bias: load(`${name}.bias`, gain) as tf.Tensor1D };
}

function loadToRgb(name: string, read: (name: string) => NamedTensor, load: (name: string, gain?: number) => tf.Tensor): ToRgb {
  const inputs = read(`${name}.weight`).shape[1] ?? 1;
  const kernel = tf.tidy(() => toHwio(load(`${name}.weight`)));
  return { affine: loadAffine(`${name}.affine`, read, load, 1 / Math.sqrt(inputs)), kernel, bias: load(`${name}.bias`) as tf.Tensor1D };
}
