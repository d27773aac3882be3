import type * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { replaceWasmKernel } from '../replace-kernel.wasm.ts';

/** A second tensor on the same values, which nothing changes. TF.js 4.22 copies them on WASM, some thousand times in a training step. */
export function registerIdentity(): void {
  replaceWasmKernel('Identity', ({ inputs, backend }) => {
    const { dataId, shape, dtype } = inputs['x'] as tf.TensorInfo;
    (backend as BackendWasm).incRef(dataId);
    return { dataId, shape, dtype };
  });
}
