import * as tf from '@tensorflow/tfjs-core';
import { channelsAt } from '../weights/tensor-shapes.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import {
  ACTIVATION_GAIN,
  ACTIVATION_SLOPE,
  applyDense,
  mappingLayers,
  normalizeRows,
  prepareDense,
  weightAndBias,
  type DenseLayer,
} from './dense-layer.ts';
import { toHwio } from './fold-kernel.ts';
import { preparedTensor, requireParameter, type GeneratorNetwork, type Noise, type Parameters, type Prepared } from './network.ts';
import { mapFused, packMapping } from './ops/mapping.ts';
import { packKernel, synthesisLayer } from './ops/synthesis-layer.ts';
import { toRgb } from './ops/to-rgb.ts';

const EPSILON = 1e-8;

/** A modulated 3×3 convolution with noise and leaky ReLU. */
interface SynthesisLayer {
  readonly kind: 'conv';
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Side of its output. */
  readonly size: number;
  readonly up: boolean;
  /** Row of ws that styles it. */
  readonly row: number;
  /** Which noise field it takes. */
  readonly noiseIndex: number;
}

/** A modulated 1×1 convolution to colours, added to the upsampled image so far. */
interface ToRgbLayer {
  readonly kind: 'rgb';
  readonly name: string;
  readonly inputs: number;
  readonly row: number;
}

/** All layers in the order in which they run. */
function listLayers(architecture: StyleGan2Architecture): (SynthesisLayer | ToRgbLayer)[] {
  const layers: (SynthesisLayer | ToRgbLayer)[] = [];
  let row = 0;
  let noiseIndex = 0;
  for (let size = 4; size <= architecture.resolution; size *= 2) {
    const block = `synthesis.b${size}`;
    const width = channelsAt(architecture, size);
    if (size > 4) {
      const inputs = channelsAt(architecture, size / 2);
      layers.push({ kind: 'conv', name: `${block}.conv0`, inputs, outputs: width, size, up: true, row: row++, noiseIndex: noiseIndex++ });
    }
    layers.push({
      kind: 'conv',
      name: `${block}.conv1`,
      inputs: width,
      outputs: width,
      size,
      up: false,
      row: row++,
      noiseIndex: noiseIndex++,
    });
    // The next block's first convolution shares the row of this block's toRGB.
    layers.push({ kind: 'rgb', name: `${block}.torgb`, inputs: width, row });
  }
  return layers;
}

/** A StyleGAN2 skip generator. Styles scale the activations, so that all kernels are constant. */
export class StyleGan2Generator implements GeneratorNetwork {
  readonly numWs: number;
  readonly wDim: number;
  readonly resolution: number;
  readonly noiseSizes: readonly number[];
  readonly parameterNames: readonly string[];
  readonly bufferNames: readonly string[];
  readonly #architecture: StyleGan2Architecture;
  readonly #mapping: readonly DenseLayer[];
  readonly #embedding: DenseLayer | null;
  readonly #layers: readonly (SynthesisLayer | ToRgbLayer)[];

  constructor(architecture: StyleGan2Architecture) {
    const { z_dim, w_dim, classes, mapping_layers } = architecture;
    this.#architecture = architecture;
    this.wDim = w_dim;
    this.resolution = architecture.resolution;
    this.numWs = 2 * Math.log2(architecture.resolution) - 2;
    this.#embedding = classes ? { name: 'mapping.embed', inputs: classes } : null;
    this.#mapping = mappingLayers('mapping', mapping_layers, z_dim + (classes ? w_dim : 0), w_dim);
    this.#layers = listLayers(architecture);
    const convolutions = this.#layers.filter((layer) => layer.kind === 'conv');
    this.noiseSizes = convolutions.map(({ size }) => size);
    this.parameterNames = [
      ...[...(this.#embedding ? [this.#embedding] : []), ...this.#mapping].flatMap(weightAndBias),
      'synthesis.b4.const',
      ...this.#layers.flatMap((layer) => [...weightAndBias(layer), `${layer.name}.affine.weight`, `${layer.name}.affine.bias`]),
      ...convolutions.map(({ name }) => `${name}.noise_strength`),
    ];
    this.bufferNames = ['mapping.w_avg', ...convolutions.map(({ name }) => `${name}.noise_const`)];
  }

  prepare(parameters: Parameters): Prepared {
    return tf.tidy(() => {
      const prepared = this.#prepareMapping(parameters);
      prepared['w_avg'] = tf.reshape(tf.clone(requireParameter(parameters, 'mapping.w_avg')), [1, this.wDim]);
      const constant = requireParameter(parameters, 'synthesis.b4.const') as tf.Tensor3D;
      prepared['const'] = tf.expandDims(tf.transpose(constant, [1, 2, 0]), 0);
      for (const layer of this.#layers) {
        if (layer.kind === 'conv') this.#prepareConvolution(prepared, parameters, layer);
        else this.#prepareToRgb(prepared, parameters, layer);
      }
      return prepared;
    });
  }

  /** The layers' tensors, or all of them in one. */
  #prepareMapping(parameters: Parameters): Prepared {
    const prepared: Prepared = {};
    for (const layer of [...(this.#embedding ? [this.#embedding] : []), ...this.#mapping]) prepareDense(prepared, parameters, layer);
    const { z_dim: zDim, w_dim: wDim, classes } = this.#architecture;
    const packed = packMapping(Object.values(prepared), { zDim, wDim, classes });
    return packed ? { mapping: packed } : prepared;
  }

  #prepareConvolution(prepared: Prepared, parameters: Parameters, { name, inputs, size, up }: SynthesisLayer): void {
    const kernel = toHwio(requireParameter(parameters, `${name}.weight`));
    prepareDense(prepared, parameters, { name: `${name}.affine`, inputs: this.wDim });
    // √2 · rsqrt(p + ε) = rsqrt(p / 2 + ε / 2): the activation's gain costs nothing.
    prepared[`${name}.power`] = tf.reshape(tf.mul(tf.sum(tf.square(kernel), [0, 1]), 1 / ACTIVATION_GAIN ** 2), [inputs, kernel.shape[3]]);
    prepared[`${name}.kernel`] = packKernel(kernel, { size, up });
    prepared[`${name}.bias`] = tf.mul(requireParameter(parameters, `${name}.bias`), ACTIVATION_GAIN);
    const strength = parameters.get(`${name}.noise_strength`);
    const field = parameters.get(`${name}.noise_const`);
    if (!strength) return;
    const scaled = tf.mul(tf.reshape(strength, []), ACTIVATION_GAIN);
    prepared[`${name}.strength`] = scaled;
    if (field) prepared[`${name}.noise`] = tf.mul(tf.reshape(field, [1, size, size, 1]), scaled);
  }

  #prepareToRgb(prepared: Prepared, parameters: Parameters, { name, inputs }: ToRgbLayer): void {
    prepareDense(prepared, parameters, { name: `${name}.affine`, inputs: this.wDim, gain: 1 / Math.sqrt(inputs) });
    prepared[`${name}.kernel`] = toHwio(requireParameter(parameters, `${name}.weight`));
    prepared[`${name}.bias`] = tf.clone(requireParameter(parameters, `${name}.bias`));
  }

  map(prepared: Prepared, z: tf.Tensor2D, oneHot: tf.Tensor2D | null): tf.Tensor2D {
    const layers = prepared['mapping'] as tf.Tensor1D | undefined;
    if (layers) return mapFused({ z, oneHot, layers }, { wDim: this.wDim, count: this.#mapping.length, slope: ACTIVATION_SLOPE });
    return tf.tidy(() => {
      let x = normalizeRows(z);
      if (this.#embedding && oneHot) x = tf.concat([x, normalizeRows(applyDense(prepared, oneHot, this.#embedding))], 1);
      for (const layer of this.#mapping) x = applyDense(prepared, x, layer);
      return x;
    });
  }

  toWs(prepared: Prepared, w: tf.Tensor2D, psi: number | tf.Scalar, offsets: tf.Tensor2D | null): tf.Tensor3D {
    return tf.tidy(() => {
      const mean = preparedTensor<tf.Tensor2D>(prepared, 'w_avg');
      const truncated = psi === 1 ? w : tf.add(tf.mul(w, psi), tf.mul(mean, tf.sub(1, psi)));
      const ws = tf.tile(tf.expandDims(truncated, 1), [1, this.numWs, 1]) as tf.Tensor3D;
      return offsets ? tf.add(ws, tf.expandDims(offsets, 0)) : ws;
    });
  }

  synthesize(prepared: Prepared, ws: tf.Tensor3D, noise: Noise): tf.Tensor4D {
    return tf.tidy(() => {
      const limit = this.#architecture.conv_clamp ?? Infinity;
      let x = preparedTensor<tf.Tensor4D>(prepared, 'const');
      let image: tf.Tensor4D | null = null;
      for (const layer of this.#layers) {
        const tensors = { x, ws, ...styledTensors(prepared, layer) };
        if (layer.kind === 'conv') x = convolve(prepared, tensors, layer, noise, limit);
        else image = toRgb({ ...tensors, image }, { row: layer.row, limit });
      }
      return image as tf.Tensor4D;
    });
  }
}

/** What both kinds of layers have. */
interface StyledTensors {
  readonly affineWeight: tf.Tensor2D;
  readonly affineBias: tf.Tensor1D;
  readonly kernel: tf.Tensor4D;
  readonly bias: tf.Tensor1D;
}

function styledTensors(prepared: Prepared, { name }: SynthesisLayer | ToRgbLayer): StyledTensors {
  return {
    affineWeight: preparedTensor(prepared, `${name}.affine.weight`),
    affineBias: preparedTensor(prepared, `${name}.affine.bias`),
    kernel: preparedTensor(prepared, `${name}.kernel`),
    bias: preparedTensor(prepared, `${name}.bias`),
  };
}

function convolve(
  prepared: Prepared,
  tensors: StyledTensors & { readonly x: tf.Tensor4D; readonly ws: tf.Tensor3D },
  { name, row, up, size, outputs, noiseIndex }: SynthesisLayer,
  noise: Noise,
  limit: number,
): tf.Tensor4D {
  return tf.tidy(() =>
    synthesisLayer(
      { ...tensors, power: preparedTensor(prepared, `${name}.power`), noise: noiseField(prepared, name, noise, noiseIndex) },
      { row, size, up, outputs, epsilon: EPSILON / ACTIVATION_GAIN ** 2, slope: ACTIVATION_SLOPE, limit },
    ),
  );
}

/** The layer's noise [n or 1, size, size, 1], scaled; null where there is none. */
function noiseField(prepared: Prepared, name: string, noise: Noise, index: number): tf.Tensor4D | null {
  switch (noise.mode) {
    case 'none':
      return null;
    case 'const':
      return (prepared[`${name}.noise`] as tf.Tensor4D | undefined) ?? null;
    case 'random': {
      const strength = prepared[`${name}.strength`];
      return strength ? tf.mul(noise.fields(index), strength) : null;
    }
  }
}
