import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import { replaceWasmKernel } from '../replace-kernel.wasm.ts';

const FLOAT = 4;
/** Entries of a matrix from which on TF.js is as fast or faster where nothing is transposed. */
const LARGE = 100_000;

/** Puts our matrix product in place of TF.js's, which is scalar for transposed matrices, as gradients have them; once for each realm. */
export function registerBatchMatMul(): void {
  replaceWasmKernel('BatchMatMul', (params, stock) => {
    const { a, b } = params.inputs as Record<'a' | 'b', tf.TensorInfo>;
    const { transposeA, transposeB } = params.attrs as unknown as tf.BatchMatMulAttrs;
    const [outer, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
    const [first = 0, second = 0] = a.shape.slice(-2);
    const [rows, depth] = transposeA ? [second, first] : [first, second];
    const [depthB = 0, columns = 0] = transposeB ? b.shape.slice(-2).reverse() : b.shape.slice(-2);
    const isAlike = tf.util.arraysEqual(outer, outerB) && depth === depthB && a.dtype === 'float32' && b.dtype === 'float32';
    const isStocks = !transposeA && !transposeB && depth * columns > LARGE;
    if (!isAlike || isStocks || depth === 0) return stock(params);
    const wasm = params.backend as BackendWasm;
    const y = wasm.makeOutput([...outer, rows, columns], 'float32');
    const { kernels, arena } = kernelsOf(wasm);
    const [work] = arena.reserve((depth + 4) * 8 * FLOAT);
    const [aRow, aStep] = transposeA ? [FLOAT, rows * FLOAT] : [depth * FLOAT, FLOAT];
    const pointers = [a, b, y].map((tensor) => pointerOf(wasm, tensor)) as [number, number, number];
    for (let n = 0; n < tf.util.sizeFromShape(outer); n++) {
      const [from, by, to] = [
        pointers[0] + n * rows * depth * FLOAT,
        pointers[1] + n * depth * columns * FLOAT,
        pointers[2] + n * rows * columns * FLOAT,
      ];
      kernels.multiplyMatrices(from, aRow, aStep, by, transposeB, to, rows, depth, columns, work);
    }
    return y;
  });
}
