import { addGram } from '../latent/gram-matrix.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { Architecture, DcganArchitecture, DcganLayer, StyleGan2Architecture } from '../weights/architecture.ts';
import { traceDcganLayers } from '../weights/dcgan-layers.ts';
import { blockResolutions } from '../weights/tensor-shapes.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';
import { BATCH_NORM_EPSILON } from './dcgan-layer.ts';

type Tensors = ReadonlyMap<string, WeightsTensor>;

/** Rows of A that are added up between two stops. */
const ROWS_A_STEP = 32;

function requireTensor(tensors: Tensors, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new GanCanvasError('weights-format', `The weights have no tensor "${name}", which the architecture needs.`);
  return tensor.values;
}

function* addRows(gram: Float64Array, rows: Float64Array, dim: number): Generator<void, void> {
  for (let start = 0; start < rows.length; start += ROWS_A_STEP * dim) {
    const part = rows.subarray(start, start + ROWS_A_STEP * dim);
    addGram(gram, part, part.length / dim, dim);
    yield;
  }
}

/**
 * The layers that each row of ws styles, as SeFa's authors take them: its convolution; the last row, which has none, its toRGB.
 */
function styledLayers(architecture: StyleGan2Architecture): string[] {
  const blocks = blockResolutions(architecture).map((size) => `synthesis.b${String(size)}`);
  const convolutions = blocks.flatMap((block, index) => (index === 0 ? [`${block}.conv1`] : [`${block}.conv0`, `${block}.conv1`]));
  return [...convolutions, `${blocks.at(-1) ?? ''}.torgb`];
}

/** The taps of a DCGAN's first layer that its one input pixel meets at place `at` of the output, along one axis. */
function tapsAt({ type, kernel = 1, stride = 1, padding = 0 }: DcganLayer, at: number): number[] {
  const all = Array.from({ length: kernel }, (_, tap) => tap);
  switch (type) {
    case 'dense':
      return [at];
    case 'conv_transpose':
      return all.filter((tap) => tap === at + padding);
    case 'conv':
      return all.filter((tap) => tap === padding - at * stride);
    case 'upsample_conv':
      return all.filter((tap) => at - padding + tap >= 0 && at - padding + tap < stride);
  }
}

/** Where weight [filter, input, tap row, tap column] of a DCGAN's first layer lies. */
function weightIndex(layer: DcganLayer, zDim: number, filter: number, input: number, y: number, x: number): number {
  if (layer.type === 'dense') return ((filter * (layer.size ?? 1) + y) * (layer.size ?? 1) + x) * zDim + input;
  const { kernel = 1, filters } = layer;
  const pair = layer.type === 'conv_transpose' ? input * filters + filter : filter * zDim + input;
  return (pair * kernel + y) * kernel + x;
}

/** The factor that normalisation by running statistics puts on each filter. */
function normScales(layer: DcganLayer, tensors: Tensors): Float64Array {
  if (!layer.batch_norm) return new Float64Array(layer.filters).fill(1);
  const variances = requireTensor(tensors, 'generator.0.norm.running_var');
  const weights = requireTensor(tensors, 'generator.0.norm.weight');
  return Float64Array.from(weights, (weight, filter) => weight / Math.sqrt((variances[filter] as number) + BATCH_NORM_EPSILON));
}

function* dcganGram(architecture: DcganArchitecture, tensors: Tensors): Generator<void, Float64Array> {
  const { z_dim: zDim } = architecture;
  const gram = new Float64Array(zDim * zDim);
  const [layer] = architecture.generator;
  if (!layer) return gram;
  const [, output] = traceDcganLayers([layer], { size: 1, channels: zDim });
  const side = output?.size ?? 0;
  const taps = Array.from({ length: side }, (_, at) => tapsAt(layer, at));
  const weight = requireTensor(tensors, 'generator.0.weight');
  const scales = normScales(layer, tensors);
  for (let filter = 0; filter < layer.filters; filter += 1) {
    const rows = new Float64Array(side * side * zDim);
    for (let index = 0; index < rows.length; index += 1) {
      const place = Math.floor(index / zDim);
      let sum = 0;
      for (const y of taps[Math.floor(place / side)] ?? []) {
        for (const x of taps[place % side] ?? []) sum += weight[weightIndex(layer, zDim, filter, index % zDim, y, x)] as number;
      }
      rows[index] = sum * (scales[filter] as number);
    }
    yield* addRows(gram, rows, zDim);
  }
  return gram;
}

/**
 * AᵀA (dim·dim) of the matrix A that a direction meets first, in steps: SeFa (Shen, Zhou, 2021) takes its eigenvectors. StyleGAN2: the
 * affine weights, learning rate included, that make styles of rows `first` to `last` of ws; a DCGAN: its first layer, from z to the first
 * map, normalisation included.
 */
export function* styleGram(
  architecture: Architecture,
  tensors: Tensors,
  [first, last]: readonly [number, number],
): Generator<void, Float64Array> {
  if (architecture.kind === 'dcgan') return yield* dcganGram(architecture, tensors);
  const { w_dim: wDim } = architecture;
  const gram = new Float64Array(wDim * wDim);
  for (const name of styledLayers(architecture).slice(first, last + 1)) {
    const weight = requireTensor(tensors, `${name}.affine.weight`);
    yield* addRows(
      gram,
      Float64Array.from(weight, (value) => value / Math.sqrt(wDim)),
      wDim,
    );
  }
  return gram;
}
