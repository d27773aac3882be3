import * as tf from '@tensorflow/tfjs-core';

/**
 * Kernels of the filter that halves or doubles maps, for the backends that have them registered. `model/ops/halve` is their definition, with
 * gradients, and the fallback.
 */
export const HALVE = {
  /** inputs: `x` [n, 2 h, 2 w, c]. Gives [n, h, w, c]. */
  halve: 'GanCanvasHalve',
  /** The transpose; inputs: `x` [n, h, w, c]. Gives [n, 2 h, 2 w, c]. */
  double: 'GanCanvasDouble',
} as const;

export type HalveKernelName = (typeof HALVE)[keyof typeof HALVE];

/** Runs the kernel on the current backend; null where that has none. */
export function runHalve(name: HalveKernelName, x: tf.Tensor4D): tf.Tensor4D | null {
  if (tf.getKernel(name, tf.getBackend()) === undefined) return null;
  return tf.engine().runKernel(name, { x }) as tf.Tensor4D;
}
