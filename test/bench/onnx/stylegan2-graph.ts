/**
 * A StyleGAN2 generator as an ONNX graph, so that the benchmarks can run the very network of a weights file on onnxruntime-web.
 * All that does not depend on the inputs is computed here: gains, folded kernels, sums of squared weights, truncation. The √2 of leaky
 * ReLU stands in demodulation and bias; there is no noise.
 *
 * Inputs: `w` (batch, w_dim), or `z` (1, z_dim) and, with classes, `one_hot` (1, classes); output `image` (batch, 3, resolution,
 * resolution), about -1…1.
 */
import type { StyleGan2Architecture } from '../../../src/weights/architecture.ts';
import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor } from './encode-model.ts';
import { BILINEAR_KERNEL, foldUpsampling, FILTER } from './fold-kernel.ts';

/** How an upsampling layer is put: one wide convolution and pixel shuffle, or transposed convolution and a separate filter. */
export const UPSAMPLING_FORMS = ['folded', 'transposed-pooled', 'transposed-filter'] as const;
export type UpsamplingForm = (typeof UPSAMPLING_FORMS)[number];

/** What styles and demodulation scale: the activations before and after a convolution, or, for a batch of one, its weights. */
export const MODULATIONS = ['activations', 'weights'] as const;
export type Modulation = (typeof MODULATIONS)[number];

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface GraphOptions {
  readonly form: UpsamplingForm;
  /** Default: activations. */
  readonly modulation?: Modulation;
  /** Where the graph begins: at z, one picture at a time, with this psi baked in… */
  readonly truncation?: number;
  /** …or at w, this many pictures at a time. */
  readonly batch?: number;
}

const GAIN = Math.SQRT2;
const EPSILON = 1e-8;
const MAPPING_LEARNING_RATE = 0.01;

/** Collects nodes and constants; every method returns the name of the tensor that it makes. */
class GraphBuilder {
  readonly nodes: OnnxNode[] = [];
  readonly constants = new Map<string, OnnxTensor>();
  readonly #tensors: ReadonlyMap<string, NamedTensor>;
  #count = 0;

  constructor(tensors: ReadonlyMap<string, NamedTensor>) {
    this.#tensors = tensors;
  }

  tensor(name: string): NamedTensor {
    const tensor = this.#tensors.get(name);
    if (!tensor) throw new Error(`The weights have no tensor ${name}.`);
    return tensor;
  }

  node(op: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>, output?: string): string {
    const name = output ?? `t${(this.#count++).toString()}`;
    this.nodes.push({ op, inputs, outputs: [name], ...(attributes && { attributes }) });
    return name;
  }

  constant(shape: readonly number[], values: Float32Array | BigInt64Array): string {
    const name = `c${(this.#count++).toString()}`;
    this.constants.set(name, { shape, values });
    return name;
  }

  scalar(value: number): string {
    return this.constant([1], Float32Array.of(value));
  }

  /** x (batch, inputs) · weightᵀ · gain + bias · biasGain. */
  dense(name: string, x: string, gain: number, biasGain = 1): string {
    const weight = this.tensor(`${name}.weight`);
    const bias = this.tensor(`${name}.bias`);
    const inputs = [x, this.constant(weight.shape, scale(weight.values, gain)), this.constant(bias.shape, scale(bias.values, biasGain))];
    return this.node('Gemm', inputs, { transB: 1 });
  }

  normalizeSecondMoment(x: string): string {
    const mean = this.node('ReduceMean', [this.node('Mul', [x, x])], { axes: [1], keepdims: 1 });
    return this.node('Div', [x, this.node('Sqrt', [this.node('Add', [mean, this.scalar(EPSILON)])])]);
  }

  /** (batch, channels) to (batch, channels, 1, 1). */
  asMap(x: string): string {
    return this.node('Unsqueeze', [x, this.constant([2], BigInt64Array.of(2n, 3n))]);
  }

  /** A size of -1 is what is left. */
  reshape(x: string, shape: readonly number[]): string {
    return this.node('Reshape', [x, this.constant([shape.length], BigInt64Array.from(shape, BigInt))]);
  }
}

function scale(values: Float32Array, factor: number): Float32Array {
  return values.map((value) => value * factor);
}

function addMapping(builder: GraphBuilder, architecture: StyleGan2Architecture, truncation: number): string {
  let x = builder.normalizeSecondMoment('z');
  if (architecture.classes > 0) {
    const label = builder.dense('mapping.embed', 'one_hot', 1 / Math.sqrt(architecture.classes));
    x = builder.node('Concat', [x, builder.normalizeSecondMoment(label)], { axis: 1 });
  }
  for (let index = 0; index < architecture.mapping_layers; index++) {
    const name = `mapping.fc${index.toString()}`;
    const inputs = builder.tensor(`${name}.weight`).shape[1] ?? 0;
    const gain = (MAPPING_LEARNING_RATE / Math.sqrt(inputs)) * GAIN;
    x = builder.node('LeakyRelu', [builder.dense(name, x, gain, MAPPING_LEARNING_RATE * GAIN)], { alpha: { float: 0.2 } });
  }
  const mean = builder.tensor('mapping.w_avg');
  const shift = builder.constant([1, ...mean.shape], scale(mean.values, 1 - truncation));
  return builder.node('Add', [builder.node('Mul', [x, builder.scalar(truncation)]), shift]);
}

/** A layer's style (batch, inputs) and demodulation times √2 (batch, outputs). */
interface Modulators {
  readonly style: string;
  readonly demodulation: string;
}

/** (outputs, inputs, 3, 3) as the convolution of that form takes it, with the axes of its outputs and inputs. */
function layOutKernel(
  { shape, values }: NamedTensor,
  form: UpsamplingForm | null,
): NamedTensor & { readonly perOutput: number[]; readonly perInput: number[] } {
  const [outputs = 0, inputs = 0] = shape;
  if (form === null) return { shape, values, perOutput: [-1, 1, 1, 1], perInput: [1, -1, 1, 1] };
  if (form === 'folded') {
    const folded = { shape: [outputs, 4, inputs, 9], values: foldUpsampling(values, outputs, inputs) };
    return { ...folded, perOutput: [-1, 1, 1, 1], perInput: [1, 1, -1, 1] };
  }
  // ConvTranspose takes (inputs, outputs, k, k).
  const swapped = { shape: [inputs, outputs, 3, 3], values: scale(swapChannels(values, outputs, inputs), 4) };
  return { ...swapped, perOutput: [1, -1, 1, 1], perInput: [-1, 1, 1, 1] };
}

/** The kernel as a constant, or, with modulators, scaled by them in the graph. */
function addKernel(builder: GraphBuilder, weight: NamedTensor, form: UpsamplingForm | null, modulators: Modulators | null): string {
  const { shape, values, perOutput, perInput } = layOutKernel(weight, form);
  const flat = form === 'folded' ? [(shape[0] ?? 0) * 4, shape[2] ?? 0, 3, 3] : shape;
  if (!modulators) return builder.constant(flat, values);
  const styled = builder.node('Mul', [builder.constant(shape, values), builder.reshape(modulators.style, perInput)]);
  const scaled = builder.node('Mul', [styled, builder.reshape(modulators.demodulation, perOutput)]);
  return form === 'folded' ? builder.reshape(scaled, flat) : scaled;
}

/** [1, 3, 3, 1] twice, (batch, channels, 2n + 1, 2n + 1) to (batch, channels, 2n, 2n). */
function addFilter(builder: GraphBuilder, x: string, channels: number, form: UpsamplingForm): string {
  if (form === 'transposed-filter') {
    const taps = builder.constant([channels, 1, 4, 4], repeat(outer(FILTER), channels));
    return builder.node('Conv', [x, taps], { kernel_shape: [4, 4], group: channels, pads: [1, 1, 1, 1] });
  }
  // [1, 3, 3, 1] / 8 = [1, 2, 1] / 4 ∗ [1, 1] / 2: a depthwise 3×3 convolution, for which there is a fast path, and an average.
  const taps = builder.constant([channels, 1, 3, 3], repeat(outer([0.25, 0.5, 0.25]), channels));
  const smooth = builder.node('Conv', [x, taps], { kernel_shape: [3, 3], group: channels, pads: [1, 1, 1, 1] });
  return builder.node('AveragePool', [smooth], { kernel_shape: [2, 2], count_include_pad: 1, pads: [0, 0, 0, 0] });
}

/** The 3×3 convolution, upsampling by that form, if any; with a bias where nothing has to come between. */
function addConvolution(
  builder: GraphBuilder,
  x: string,
  weight: NamedTensor,
  form: UpsamplingForm | null,
  options: ConvolutionOptions,
): string {
  const kernel = addKernel(builder, weight, form, options.modulators);
  const bias = options.bias ? [builder.constant([options.bias.length], options.bias)] : [];
  const same = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] };
  if (form === null) return builder.node('Conv', [x, kernel, ...bias], same);
  if (form !== 'folded') {
    const wide = builder.node('ConvTranspose', [x, kernel], { kernel_shape: [3, 3], strides: [2, 2] });
    return addFilter(builder, wide, weight.shape[0] ?? 0, form);
  }
  return builder.node('DepthToSpace', [builder.node('Conv', [x, kernel], same)], { blocksize: 2, mode: 'CRD' });
}

interface ConvolutionOptions {
  /** What scales the weights; null: nothing. */
  readonly modulators: Modulators | null;
  /** Only without upsampling. */
  readonly bias: Float32Array | null;
}

/** Demodulation times √2: sqrt(2 / (style² · Σ weight² + ε)). */
function addDemodulation(builder: GraphBuilder, weight: NamedTensor, style: string): string {
  const [outputs = 0, inputs = 0] = weight.shape;
  const energy = builder.constant([outputs, inputs], scale(sumOfSquares(weight.values, outputs * inputs), 1 / 2));
  const floor = builder.constant([outputs], new Float32Array(outputs).fill(EPSILON / 2));
  const power = builder.node('Gemm', [builder.node('Mul', [style, style]), energy, floor], { transB: 1 });
  return builder.node('Reciprocal', [builder.node('Sqrt', [power])]);
}

function addLayer(builder: GraphBuilder, name: string, x: string, w: string, form: UpsamplingForm | null, modulation: Modulation): string {
  const weight = builder.tensor(`${name}.weight`);
  const [outputs = 0] = weight.shape;
  const style = builder.dense(`${name}.affine`, w, 1 / Math.sqrt(builder.tensor(`${name}.affine.weight`).shape[1] ?? 1));
  const demodulation = addDemodulation(builder, weight, style);
  const bias = scale(builder.tensor(`${name}.bias`).values, GAIN);
  const addBias = (y: string): string => builder.node('Add', [y, builder.constant([1, outputs, 1, 1], bias)]);
  let y: string;
  if (modulation === 'weights') {
    y = addConvolution(builder, x, weight, form, { modulators: { style, demodulation }, bias: form ? null : bias });
    if (form) y = addBias(y);
  } else {
    const scaled = builder.node('Mul', [x, builder.asMap(style)]);
    const convolved = addConvolution(builder, scaled, weight, form, { modulators: null, bias: null });
    y = addBias(builder.node('Mul', [convolved, builder.asMap(demodulation)]));
  }
  return builder.node('LeakyRelu', [y], { alpha: { float: 0.2 } });
}

function addToRgb(builder: GraphBuilder, name: string, x: string, w: string): string {
  const weight = builder.tensor(`${name}.weight`);
  const [, inputs = 1] = weight.shape;
  const style = builder.dense(`${name}.affine`, w, 1 / Math.sqrt(builder.tensor(`${name}.affine.weight`).shape[1] ?? 1));
  const kernel = builder.constant(weight.shape, scale(weight.values, 1 / Math.sqrt(inputs)));
  const bias = builder.tensor(`${name}.bias`);
  const inner = [builder.node('Mul', [x, builder.asMap(style)]), kernel, builder.constant(bias.shape, bias.values)];
  return builder.node('Conv', inner, { kernel_shape: [1, 1] });
}

/** Bilinear doubling with zeros outside. */
function addImageUpsampling(builder: GraphBuilder, image: string, form: UpsamplingForm): string {
  if (form === 'folded') {
    const kernel = builder.constant([12, 3, 3, 3], BILINEAR_KERNEL);
    const wide = builder.node('Conv', [image, kernel], { kernel_shape: [3, 3], pads: [1, 1, 1, 1] });
    return builder.node('DepthToSpace', [wide], { blocksize: 2, mode: 'CRD' });
  }
  const taps = builder.constant([3, 1, 4, 4], repeat(scale(outer(FILTER), 4), 3));
  return builder.node('ConvTranspose', [image, taps], { kernel_shape: [4, 4], group: 3, strides: [2, 2], pads: [1, 1, 1, 1] });
}

/** The generator whose tensors (names and OIHW layouts of the weights file, decoded to float32) are given. */
export function buildStyleGan2Graph(
  architecture: StyleGan2Architecture,
  tensors: ReadonlyMap<string, NamedTensor>,
  { form, modulation = 'activations', truncation = 1, batch }: GraphOptions,
): OnnxGraph {
  if (architecture.conv_clamp != null) throw new Error('conv_clamp is not supported by the ONNX peer.');
  if (modulation === 'weights' && (batch ?? 1) !== 1) throw new Error('Weights can be modulated for a batch of one only.');
  const builder = new GraphBuilder(tensors);
  const w = batch === undefined ? addMapping(builder, architecture, truncation) : 'w';
  const start = builder.tensor('synthesis.b4.const');
  let x = builder.constant([1, ...start.shape], start.values);
  x = addLayer(builder, 'synthesis.b4.conv1', x, w, null, modulation);
  let image = addToRgb(builder, 'synthesis.b4.torgb', x, w);
  for (let size = 8; size <= architecture.resolution; size *= 2) {
    const block = `synthesis.b${size.toString()}`;
    x = addLayer(builder, `${block}.conv0`, x, w, form, modulation);
    x = addLayer(builder, `${block}.conv1`, x, w, null, modulation);
    image = builder.node('Add', [addImageUpsampling(builder, image, form), addToRgb(builder, `${block}.torgb`, x, w)]);
  }
  builder.node('Identity', [image], {}, 'image');
  const inputs = new Map(batch === undefined ? [['z', [1, architecture.z_dim]]] : [['w', [batch, architecture.w_dim]]]);
  if (batch === undefined && architecture.classes > 0) inputs.set('one_hot', [1, architecture.classes]);
  const outputs = new Map([['image', [batch ?? 1, 3, architecture.resolution, architecture.resolution]]]);
  return { name: 'generator', inputs, outputs, constants: builder.constants, nodes: builder.nodes };
}

/** (outputs, inputs, 3, 3) to (inputs, outputs, 3, 3). */
function swapChannels(values: Float32Array, outputs: number, inputs: number): Float32Array {
  const swapped = new Float32Array(values.length);
  for (let o = 0; o < outputs; o++) {
    for (let i = 0; i < inputs; i++) swapped.set(values.subarray((o * inputs + i) * 9, (o * inputs + i) * 9 + 9), (i * outputs + o) * 9);
  }
  return swapped;
}

function sumOfSquares(values: Float32Array, count: number): Float32Array {
  const taps = values.length / count;
  return Float32Array.from({ length: count }, (_, index) =>
    values.subarray(index * taps, (index + 1) * taps).reduce((sum, value) => sum + value * value, 0),
  );
}

function outer(taps: readonly number[]): Float32Array {
  return Float32Array.from(taps.flatMap((row) => taps.map((column) => row * column)));
}

function repeat(values: Float32Array, count: number): Float32Array {
  const repeated = new Float32Array(values.length * count);
  for (let index = 0; index < count; index++) repeated.set(values, index * values.length);
  return repeated;
}
