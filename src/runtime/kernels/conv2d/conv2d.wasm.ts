import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { convolveByTiles, planTiles } from '../convolution-tiles/convolution-tiles.wasm.ts';
import { replaceWasmKernel } from '../replace-kernel.wasm.ts';

/** Puts our convolution in place of TF.js's for what goes by tiles; once for each realm. */
export function registerConv2d(): void {
  replaceWasmKernel('Conv2D', (params, stock) => {
    const { x, filter } = params.inputs as Record<'x' | 'filter', tf.TensorInfo>;
    const { strides, dilations, pad, dimRoundingMode, dataFormat } = params.attrs as unknown as tf.Conv2DAttrs;
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filter.shape as [number, number, number, number],
      strides,
      dilations,
      pad,
      dimRoundingMode,
      false,
      tf.backend_util.convertConv2DDataFormat(dataFormat),
    );
    const plan = planTiles(info);
    return plan ? convolveByTiles(params.backend as BackendWasm, plan, x, filter) : stock(params);
  });
}
