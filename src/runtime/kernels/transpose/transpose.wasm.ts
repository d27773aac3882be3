import type * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import { replaceWasmKernel } from '../replace-kernel.wasm.ts';

/** TF.js does these well itself. */
const FEWEST_AXES = 3;

/** Puts our transpose in place of TF.js's, which finds the place of every value anew; once for each realm. */
export function registerTranspose(): void {
  replaceWasmKernel('Transpose', (params, stock) => {
    const x = params.inputs['x'] as tf.TensorInfo;
    const { perm } = params.attrs as unknown as tf.TransposeAttrs;
    const rank = x.shape.length;
    if (x.dtype !== 'float32' || rank < FEWEST_AXES || x.shape.includes(0)) return stock(params);
    const wasm = params.backend as BackendWasm;
    const strides = x.shape.map((_, axis) => x.shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    const y = wasm.makeOutput(
      perm.map((axis) => x.shape[axis] as number),
      'float32',
    );
    const { kernels, arena } = kernelsOf(wasm);
    const [axes, counters] = arena.reserve(rank * 8, rank * 4);
    new Int32Array(arena.memory.buffer, axes).set(perm.flatMap((axis) => [x.shape[axis] as number, strides[axis] as number]));
    kernels.transposeAxes(pointerOf(wasm, x), pointerOf(wasm, y), rank, axes, counters);
    return y;
  });
}
