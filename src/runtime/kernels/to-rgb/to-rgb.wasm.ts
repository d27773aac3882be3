import type * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import type { ToRgbAttributes, ToRgbInputs } from '../fused-kernels.ts';

const FLOAT = 4;

/** {@link FUSED_KERNELS.toRgb} by our own SIMD code. */
export function toRgb({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const wasm = backend as BackendWasm;
  const { x, ws, affineWeight, affineBias, kernel, bias, image } = inputs as unknown as ToRgbInputs;
  const { row, limit } = attrs as unknown as ToRgbAttributes;
  const { kernels, arena } = kernelsOf(wasm);
  const [batch, size, , channels] = x.shape;
  const [, rows, wDim] = ws.shape;
  const depth = Math.ceil(channels / 4) * 4;
  const y = wasm.makeOutput([batch, size, size, 3], 'float32');
  const [style, scratch] = arena.reserve(batch * depth * FLOAT, (3 * depth + 3 * (size / 2 + 2)) * FLOAT);
  const [weight, affine] = [pointerOf(wasm, affineWeight), pointerOf(wasm, affineBias)];
  const w = pointerOf(wasm, ws) + row * wDim * FLOAT;
  kernels.computeStyles(w, rows * wDim, weight, affine, 0, style, 0, batch, wDim, channels, 0, 0);
  const so = image ? pointerOf(wasm, image) : 0;
  const [from, matrix, offset] = [pointerOf(wasm, x), pointerOf(wasm, kernel), pointerOf(wasm, bias)];
  kernels.toRgbRows(from, style, matrix, offset, so, pointerOf(wasm, y), scratch, size, channels, limit, 0, batch * size);
  return y;
}
