import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import { replaceWasmKernel } from '../replace-kernel.wasm.ts';

/** Puts our sum along neighbouring axes in place of TF.js's, which transposes them to the end first; once for each realm. */
export function registerSum(): void {
  replaceWasmKernel('Sum', (params, stock) => {
    const x = params.inputs['x'] as tf.TensorInfo;
    const { axis, keepDims } = params.attrs as unknown as tf.SumAttrs;
    const axes = tf.util.parseAxisParam(axis, x.shape).sort((a, b) => a - b);
    const [first = 0, last = -1] = [axes[0], axes.at(-1)];
    if (x.dtype !== 'float32' || axes.length === 0 || last - first + 1 !== axes.length) return stock(params);
    const wasm = params.backend as BackendWasm;
    const kept = x.shape.flatMap((size, index) => (index >= first && index <= last ? (keepDims ? [1] : []) : [size]));
    const [outer, rows, inner] = [x.shape.slice(0, first), x.shape.slice(first, last + 1), x.shape.slice(last + 1)].map((shape) =>
      tf.util.sizeFromShape(shape),
    ) as [number, number, number];
    const y = wasm.makeOutput(kept, 'float32');
    const { kernels } = kernelsOf(wasm);
    if (inner === 1) kernels.sumColumns(pointerOf(wasm, x), pointerOf(wasm, y), outer, rows);
    else kernels.sumRows(pointerOf(wasm, x), pointerOf(wasm, y), outer, rows, inner);
    return y;
  });
}
