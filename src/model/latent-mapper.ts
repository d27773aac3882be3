import { dotProduct } from '../latent/dot-product.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';
import { ACTIVATION_GAIN, ACTIVATION_SLOPE, mappingLayers } from './dense-layer.ts';

/**
 * The mapping network of a StyleGAN2 as plain numbers: w of many z without a backend, in float64 with + − × ÷ sqrt only, so that
 * every machine gives the same bits. What is drawn takes the network's tensors instead (`StyleGan2Generator.map`), which is the same to
 * within float32.
 */
export interface LatentMapper {
  /** Multiplications for one z. */
  readonly cost: number;
  /** `z`: `classes.length` rows of z_dim numbers as drawn; `classes`: the class of each, which counts only if there are classes. Rows of w_dim. */
  map(z: Float32Array, classes: readonly number[]): Float64Array;
}

/** A fully connected layer with its gains folded in: weight (outputs, inputs), bias (outputs). */
interface PlainLayer {
  readonly inputs: number;
  readonly weight: Float64Array;
  readonly bias: Float64Array;
}

function tensorValues(tensors: ReadonlyMap<string, WeightsTensor>, name: string): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor) throw new GanCanvasError('weights-format', `The weights have no tensor "${name}", which the architecture needs.`);
  return tensor.values;
}

/** sqrt(mean square) of the places from `start` on; what they are divided by to have second moment 1. */
function secondMoment(x: ArrayLike<number>, start: number, length: number): number {
  let sum = 0;
  for (let k = start; k < start + length; k += 1) sum += (x[k] as number) * (x[k] as number);
  return Math.sqrt(sum / length + 1e-8);
}

function readLayers(architecture: StyleGan2Architecture, tensors: ReadonlyMap<string, WeightsTensor>): PlainLayer[] {
  const { z_dim: zDim, w_dim: wDim, mapping_layers: count, classes } = architecture;
  return mappingLayers('mapping', count, zDim + (classes > 0 ? wDim : 0), wDim).map(({ name, inputs, learningRate = 1 }) => {
    const gain = ACTIVATION_GAIN * learningRate;
    return {
      inputs,
      weight: Float64Array.from(tensorValues(tensors, `${name}.weight`), (value) => (value * gain) / Math.sqrt(inputs)),
      bias: Float64Array.from(tensorValues(tensors, `${name}.bias`), (value) => value * gain),
    };
  });
}

/** What each class adds to the first layer before its activation: classes rows of w_dim; one row, the bias, without classes. */
function readClassBiases(
  architecture: StyleGan2Architecture,
  tensors: ReadonlyMap<string, WeightsTensor>,
  first: PlainLayer,
): Float64Array {
  const { z_dim: zDim, w_dim: wDim, classes } = architecture;
  if (classes === 0) return first.bias;
  const weight = tensorValues(tensors, 'mapping.embed.weight');
  const bias = tensorValues(tensors, 'mapping.embed.bias');
  const biases = new Float64Array(classes * wDim);
  for (let label = 0; label < classes; label += 1) {
    const embedded = Float64Array.from(bias, (value, row) => (weight[row * classes + label] as number) / Math.sqrt(classes) + value);
    const scale = 1 / secondMoment(embedded, 0, wDim);
    const unit = embedded.map((value) => value * scale);
    for (let row = 0; row < wDim; row += 1) {
      const added = dotProduct(first.weight, row * first.inputs + zDim, unit, 0, wDim);
      biases[label * wDim + row] = (first.bias[row] as number) + added;
    }
  }
  return biases;
}

function activate(x: number): number {
  return x < 0 ? x * ACTIVATION_SLOPE : x;
}

/** The mapping network of that architecture and those tensors; both are borrowed and read at once. */
export function createLatentMapper(architecture: StyleGan2Architecture, tensors: ReadonlyMap<string, WeightsTensor>): LatentMapper {
  const { z_dim: zDim, w_dim: wDim, classes: classCount } = architecture;
  const [first, ...rest] = readLayers(architecture, tensors);
  if (!first) throw new GanCanvasError('internal', 'A mapping network has no layers; this is a defect of gan-canvas.');
  const classBiases = readClassBiases(architecture, tensors, first);
  return {
    cost: wDim * (zDim + rest.length * wDim),
    map(z, classes) {
      const count = classes.length;
      const input = new Float64Array(count * zDim);
      let x = new Float64Array(count * wDim);
      classes.forEach((label, row) => {
        const scale = 1 / secondMoment(z, row * zDim, zDim);
        for (let k = row * zDim; k < (row + 1) * zDim; k += 1) input[k] = (z[k] as number) * scale;
        const bias = classCount === 0 ? 0 : label * wDim;
        for (let out = 0; out < wDim; out += 1) {
          const sum = dotProduct(first.weight, out * first.inputs, input, row * zDim, zDim);
          x[row * wDim + out] = activate(sum + (classBiases[bias + out] as number));
        }
      });
      for (const { weight, bias } of rest) {
        const y = new Float64Array(count * wDim);
        for (let index = 0; index < y.length; index += 1) {
          const out = index % wDim;
          y[index] = activate(dotProduct(weight, out * wDim, x, index - out, wDim) + (bias[out] as number));
        }
        x = y;
      }
      return x;
    },
  };
}
