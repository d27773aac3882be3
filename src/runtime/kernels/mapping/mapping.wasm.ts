import type * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import type { MappingAttributes, MappingInputs } from '../fused-kernels.ts';

const FLOAT = 4;

/** {@link FUSED_KERNELS.mapping} by our own SIMD code. */
export function mapping({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const wasm = backend as BackendWasm;
  const { z, oneHot, layers } = inputs as unknown as MappingInputs;
  const { wDim, count, slope } = attrs as unknown as MappingAttributes;
  const { kernels, arena } = kernelsOf(wasm);
  const [batch, zDim] = z.shape;
  const classes = oneHot?.shape[1] ?? 0;
  const w = wasm.makeOutput([batch, wDim], 'float32');
  // As assembly/mapping.ts has it: two vectors, with room for whole lanes.
  const [work] = arena.reserve(2 * (Math.ceil((zDim + wDim) / 4) * 4 + 4) * FLOAT);
  const [from, label, to] = [pointerOf(wasm, z), oneHot ? pointerOf(wasm, oneHot) : 0, pointerOf(wasm, w)];
  for (let n = 0; n < batch; n++) {
    const [ofZ, ofClasses, ofW] = [from + n * zDim * FLOAT, label + n * classes * FLOAT, to + n * wDim * FLOAT];
    kernels.mapRow(ofZ, ofClasses, pointerOf(wasm, layers), ofW, work, zDim, classes, wDim, count, slope);
  }
  return w;
}
