import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import { HALVE } from './halve.ts';

const FLOAT = 4;

function resample({ inputs, backend }: Parameters<tf.KernelFunc>[0], factor: 0.5 | 2): tf.TensorInfo {
  const wasm = backend as BackendWasm;
  const x = inputs['x'] as tf.TensorInfo;
  const [batch, inHeight, inWidth, channels] = x.shape as [number, number, number, number];
  const [outHeight, outWidth] = [inHeight * factor, inWidth * factor];
  const y = wasm.makeOutput([batch, outHeight, outWidth, channels], 'float32');
  const { kernels, arena } = kernelsOf(wasm);
  const [work] = arena.reserve((inWidth * channels + 2 * channels + 8) * FLOAT);
  const run = factor === 2 ? kernels.double : kernels.halve;
  run(pointerOf(wasm, x), pointerOf(wasm, y), batch, Math.min(inHeight, outHeight), Math.min(inWidth, outWidth), channels, work);
  return y;
}

/** Registers the filter and its transpose; once for each realm. */
export function registerHalve(): void {
  if (tf.getKernel(HALVE.halve, 'wasm')) return;
  tf.registerKernel({ kernelName: HALVE.halve, backendName: 'wasm', kernelFunc: (params) => resample(params, 0.5) });
  tf.registerKernel({ kernelName: HALVE.double, backendName: 'wasm', kernelFunc: (params) => resample(params, 2) });
}
