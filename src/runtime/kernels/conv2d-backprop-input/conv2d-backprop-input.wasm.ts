import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { inputGradientByTiles, planTiles } from '../convolution-tiles/convolution-tiles.wasm.ts';
import { replaceWasmKernel } from '../replace-kernel.wasm.ts';

/** A 1×1 convolution's gradient is one by the kernel with its channels changed over. */
function convolveBack(dy: tf.TensorInfo, filter: tf.TensorInfo, backend: tf.KernelBackend): tf.TensorInfo {
  const transposed = tf.getKernel('Transpose', 'wasm').kernelFunc({
    inputs: { x: filter },
    attrs: { perm: [0, 1, 3, 2] },
    backend,
  }) as tf.TensorInfo;
  const attrs = { strides: 1, pad: 0, dataFormat: 'NHWC', dilations: 1 };
  const dx = tf.getKernel('Conv2D', 'wasm').kernelFunc({ inputs: { x: dy, filter: transposed }, attrs, backend }) as tf.TensorInfo;
  (backend as BackendWasm).disposeData(transposed.dataId);
  return dx;
}

/** Whether each pixel of the output is one of the input: then there is neither stride nor padding. */
function isPointwise(info: tf.backend_util.Conv2DInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
  const isOne = filterHeight === 1 && filterWidth === 1 && strideHeight === 1 && strideWidth === 1;
  return isOne && padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0;
}

/** Puts our gradient of a convolution by its input in place of TF.js's, for 1×1 kernels and what goes by tiles; once for each realm. */
export function registerConv2dBackpropInput(): void {
  replaceWasmKernel('Conv2DBackpropInput', (params, stock) => {
    const { dy, filter } = params.inputs as Record<'dy' | 'filter', tf.TensorInfo>;
    const { strides, pad, dimRoundingMode, inputShape } = params.attrs as unknown as tf.Conv2DBackpropInputAttrs;
    const filterShape = filter.shape as [number, number, number, number];
    const info = tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, 1, pad, dimRoundingMode);
    // However few channels the input has (a picture has three), TF.js takes longer.
    const plan = planTiles(info, info.outChannels);
    if (plan) return inputGradientByTiles(params.backend as BackendWasm, plan, dy, filter);
    return isPointwise(info) ? convolveBack(dy, filter, params.backend as tf.KernelBackend) : stock(params);
  });
}
