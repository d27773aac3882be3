import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf, type LoadedKernels } from '../../wasm/load-kernels.ts';
import type { PackAttributes, SynthesisLayerAttributes, SynthesisLayerInputs } from '../fused-kernels.ts';
import { chooseForm, FORM, packedSize, planLayer, roundUp } from './layer-plan.wasm.ts';

type KernelArguments = Parameters<tf.KernelFunc>[0];

/** Words of `Layer` in assembly/synthesis-layer.ts; the last two are floats. */
const LAYER_WORDS = 23;
const FLOAT = 4;

/** {@link FUSED_KERNELS.pack}: Winograd's form of the kernel. */
export function packKernel({ inputs, attrs, backend }: KernelArguments): tf.TensorInfo {
  const wasm = backend as BackendWasm;
  const kernel = inputs['kernel'] as tf.TensorInfo;
  const [, , inChannels, outChannels] = kernel.shape as [number, number, number, number];
  const form = chooseForm(attrs as unknown as PackAttributes);
  const packed = wasm.makeOutput([packedSize(form, inChannels, outChannels)], 'float32');
  kernelsOf(wasm).kernels.transformKernel(pointerOf(wasm, kernel), pointerOf(wasm, packed), form, inChannels, outChannels);
  return packed;
}

/** {@link FUSED_KERNELS.synthesisLayer} by our own SIMD code. */
export function synthesisLayer({ inputs, attrs, backend }: KernelArguments): tf.TensorInfo {
  const wasm = backend as BackendWasm;
  const tensors = inputs as unknown as SynthesisLayerInputs;
  const attributes = attrs as unknown as SynthesisLayerAttributes;
  const { x, ws, noise } = tensors;
  const { size, up, outputs } = attributes;
  const batch = ws.shape[0];
  const [, side, , channels] = x.shape;
  const loaded = kernelsOf(wasm);
  const { kernels, arena, pool } = loaded;
  const form = chooseForm(attributes);
  const plan = planLayer(kernels, { form, side, inputs: channels, outputs, batch }, pool.threads);
  const columns = roundUp(outputs, 8);
  // A row of the plane with a pixel at either end, for the filter.
  const scratchBytes = roundUp(Math.max(plan.scratchBytes, up ? (size + 3) * columns * FLOAT : 0), 64);
  const depth = roundUp(channels, 4);
  const y = wasm.makeOutput([batch, size, size, outputs], 'float32');
  const [layer, style, demodulation, zeros, plane, scratch] = arena.reserve(
    LAYER_WORDS * FLOAT,
    batch * depth * FLOAT,
    batch * columns * FLOAT,
    depth * FLOAT,
    up ? batch * (size + 1) ** 2 * columns * FLOAT : 0,
    pool.threads * scratchBytes,
  );
  computeStyles(wasm, loaded, tensors, attributes, style, demodulation);
  const words = new Int32Array(arena.memory.buffer);
  words.fill(0, zeros / FLOAT, zeros / FLOAT + depth);
  const perPicture = (tensor: tf.TensorInfo): number => (tensor.shape[0] === 1 ? 0 : (tf.util.sizeFromShape(tensor.shape) / batch) * FLOAT);
  words.set(
    [
      ...[pointerOf(wasm, x), perPicture(x), pointerOf(wasm, tensors.kernel), style, demodulation, pointerOf(wasm, tensors.bias)],
      ...[noise ? pointerOf(wasm, noise) : 0, noise ? perPicture(noise) : 0, pointerOf(wasm, y), plane, zeros],
      ...[form, batch, side, side, channels, outputs, plan.tiles, plan.chunks, plan.groups, plan.groupSize],
    ],
    layer / FLOAT,
  );
  new Float32Array(arena.memory.buffer).set([attributes.slope, attributes.limit], layer / FLOAT + LAYER_WORDS - 2);
  pool.run('convolve', layer, kernels.convolveUnits(layer), scratch, scratchBytes);
  if (form === FORM.up) pool.run('filterRows', layer, batch * size, scratch, scratchBytes);
  return y;
}

function computeStyles(
  wasm: BackendWasm,
  { kernels }: LoadedKernels,
  { x, ws, affineWeight, affineBias, power }: SynthesisLayerInputs,
  { row, outputs, epsilon }: SynthesisLayerAttributes,
  style: number,
  demodulation: number,
): void {
  const [weight, bias] = [pointerOf(wasm, affineWeight), pointerOf(wasm, affineBias)];
  const [batch, rows, wDim] = ws.shape;
  kernels.computeStyles(
    pointerOf(wasm, ws) + row * wDim * FLOAT,
    rows * wDim,
    weight,
    bias,
    pointerOf(wasm, power),
    style,
    demodulation,
    batch,
    wDim,
    x.shape[3],
    outputs,
    epsilon,
  );
}
