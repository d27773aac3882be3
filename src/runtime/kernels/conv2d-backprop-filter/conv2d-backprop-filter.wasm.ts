import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { filterGradientByTiles, planTiles } from '../convolution-tiles/convolution-tiles.wasm.ts';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';

/** TF.js's kernel on the WASM backend, by our own SIMD code. Channels last only, as everywhere here. */
function conv2dBackpropFilter({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>;
  const { strides, pad, dimRoundingMode, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs;
  const info = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const wasm = backend as BackendWasm;
  const plan = planTiles(info);
  if (plan) return filterGradientByTiles(wasm, plan, x, dy);
  const dw = wasm.makeOutput(filterShape, 'float32');
  kernelsOf(wasm).kernels.conv2dBackpropFilter(
    pointerOf(wasm, x),
    pointerOf(wasm, dy),
    pointerOf(wasm, dw),
    info.batchSize,
    info.inHeight,
    info.inWidth,
    info.inChannels,
    info.outHeight,
    info.outWidth,
    info.outChannels,
    info.filterHeight,
    info.filterWidth,
    info.strideHeight,
    info.strideWidth,
    info.padInfo.top,
    info.padInfo.left,
  );
  return dw;
}

/** Registers the kernel that TF.js's WASM backend lacks; once for each realm. */
export function registerConv2dBackpropFilter(): void {
  if (tf.getKernel('Conv2DBackpropFilter', 'wasm')) return;
  tf.registerKernel({ kernelName: 'Conv2DBackpropFilter', backendName: 'wasm', kernelFunc: conv2dBackpropFilter });
}
