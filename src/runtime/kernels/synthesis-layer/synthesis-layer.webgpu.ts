import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import type { SynthesisLayerAttributes, SynthesisLayerInputs } from '../fused-kernels.ts';
import { componentsFor, MAX_FLOAT, runProgram, type ProgramInput } from '../webgpu-program.ts';
import { convolutionCode, POSITIONS_PER_THREAD, type ConvolutionVariant } from './convolution.wgsl.ts';
import { FILTER_THREADS, filterPhasesCode } from './filter.wgsl.ts';
import { computeModulation } from './modulation.webgpu.ts';

/** The layer's tensors as kernels get them. */
export type SynthesisLayerInfos = { readonly [Name in keyof SynthesisLayerInputs]: TensorInfo };

/** Workgroups below which the smaller ones are taken: a GPU has tens of cores that want some each. */
const ENOUGH_WORKGROUPS = 64;
const POSITIONS = { large: 128, small: 32 } as const;
const MAX_QUADS = 8;

/** The numbers of a layer. */
interface Layer {
  readonly batch: number;
  /** Of x. */
  readonly side: number;
  readonly inputs: number;
  /** With the row and the column of zeros of each image. */
  readonly positions: number;
  readonly attributes: SynthesisLayerAttributes;
}

/** The smallest power of two that is at least `count`. */
function powerOfTwo(count: number): number {
  return 2 ** Math.ceil(Math.log2(count));
}

function chooseVariant({ positions, inputs, attributes: { outputs, up } }: Layer, noise: boolean): ConvolutionVariant {
  const quads = Math.min(MAX_QUADS, powerOfTwo(Math.ceil(outputs / 4)));
  const workgroups = Math.ceil(positions / POSITIONS.large) * Math.ceil(outputs / (4 * quads));
  return {
    up,
    noise: noise && !up,
    xComponents: componentsFor(inputs),
    components: componentsFor(outputs),
    positions: workgroups < ENOUGH_WORKGROUPS ? POSITIONS.small : POSITIONS.large,
    quads,
  };
}

/** What {@link finishCode} reads beside the modulation. */
function finishInputs({ bias, noise }: SynthesisLayerInfos): Record<string, ProgramInput> {
  return { bias: { tensor: bias, components: 1 }, ...(noise && { noise: { tensor: noise, components: 1 } }) };
}

function finishUniforms({ inputs, batch, side, attributes: { size, outputs, slope, limit } }: Layer) {
  return { integers: { size, side, inputs, outputs, batch }, floats: { slope, limit: Math.min(limit, MAX_FLOAT) } };
}

/** The layer's output, or for upsampling the phases that {@link filterPhases} takes. */
function convolve(backend: WebGPUBackend, layer: Layer, tensors: SynthesisLayerInfos, modulation: TensorInfo): TensorInfo {
  const { batch, positions, attributes } = layer;
  const { size, outputs, up } = attributes;
  const variant = chooseVariant(layer, tensors.noise !== undefined);
  return runProgram(backend, {
    key: `gan-canvas-convolution ${Object.values(variant).join(' ')}`,
    code: () => convolutionCode(variant),
    inputs: {
      x: { tensor: tensors.x, components: variant.xComponents },
      kernel: { tensor: tensors.kernel, components: 2 },
      modulation: { tensor: modulation, components: 4 },
      ...(up ? {} : finishInputs(tensors)),
    },
    output: up
      ? { shape: [positions * 4 * Math.ceil(outputs / 4) * 4], dtype: 'float32', components: 4 }
      : { shape: [batch, size, size, outputs], dtype: 'float32', components: variant.components },
    threads: (variant.positions / POSITIONS_PER_THREAD) * variant.quads,
    workgroups: Math.ceil(positions / variant.positions),
    layers: Math.ceil(outputs / (4 * variant.quads)),
    ...finishUniforms(layer),
  });
}

function filterPhases(
  backend: WebGPUBackend,
  layer: Layer,
  tensors: SynthesisLayerInfos,
  modulation: TensorInfo,
  phases: TensorInfo,
): TensorInfo {
  const { batch, side, attributes } = layer;
  const { size, outputs } = attributes;
  const components = componentsFor(outputs);
  const noise = tensors.noise !== undefined;
  return runProgram(backend, {
    key: `gan-canvas-filter ${components} ${noise}`,
    code: () => filterPhasesCode({ noise, components }),
    inputs: { phases: { tensor: phases, components: 4 }, modulation: { tensor: modulation, components: 4 }, ...finishInputs(tensors) },
    output: { shape: [batch, size, size, outputs], dtype: 'float32', components },
    threads: FILTER_THREADS,
    workgroups: Math.ceil((side * side * Math.ceil(outputs / 4)) / FILTER_THREADS),
    layers: batch,
    ...finishUniforms(layer),
  });
}

/**
 * A synthesis layer in two dispatches, or three when upsampling: the modulation; the convolution with all that follows it, or transposed by
 * phases (a quarter of the folded kernel's products); then the filter with all that follows.
 */
export function synthesisLayer(backend: WebGPUBackend, tensors: SynthesisLayerInfos, attributes: SynthesisLayerAttributes): TensorInfo {
  const side = tensors.x.shape[1] ?? 0;
  const batch = tensors.ws.shape[0] ?? 0;
  const layer: Layer = { batch, side, inputs: tensors.x.shape[3] ?? 0, positions: batch * (side + 1) ** 2, attributes };
  const modulation = computeModulation(backend, tensors, attributes);
  const convolved = convolve(backend, layer, tensors, modulation);
  const result = attributes.up ? filterPhases(backend, layer, tensors, modulation, convolved) : convolved;
  backend.disposeData(modulation.dataId);
  if (attributes.up) backend.disposeData(convolved.dataId);
  return result;
}
