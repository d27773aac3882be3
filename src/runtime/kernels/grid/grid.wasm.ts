import type * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import type { GridAttributes } from '../fused-kernels.ts';

/** {@link FUSED_KERNELS.grid} by our own code. */
export function grid({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const wasm = backend as BackendWasm;
  const images = inputs['images'] as tf.Tensor4D;
  const { columns } = attrs as unknown as GridAttributes;
  const [count, height, width] = images.shape;
  const out = wasm.makeOutput([Math.ceil(count / columns) * height, columns * width], 'int32');
  kernelsOf(wasm).kernels.grid(pointerOf(wasm, images), pointerOf(wasm, out), count, height, width, columns);
  return out;
}
