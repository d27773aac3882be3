import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

/**
 * Leaky ReLU by XNNPACK's parametric ReLU. TF.js 4.22's own kernel on WASM is a scalar loop: 0.94 ms for 64×64×32 where this takes 0.08
 * (Node 20, one thread). It can go when TF.js uses XNNPACK there itself.
 */
function leakyRelu({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x } = inputs as Record<'x', tf.TensorInfo>;
  const { alpha: slope } = attrs as unknown as tf.LeakyReluAttrs;
  const wasm = backend as BackendWasm;
  const prelu = tf.getKernel('Prelu', 'wasm');
  // XNNPACK walks rows of as many slopes as there are channels.
  const alpha = wasm.makeOutput([x.shape.at(-1) ?? 1], 'float32');
  wasm.typedArrayFromHeap(alpha).fill(slope);
  try {
    return prelu.kernelFunc({ inputs: { x, alpha }, attrs: {}, backend }) as tf.TensorInfo;
  } finally {
    wasm.disposeData(alpha.dataId);
  }
}

let isRegistered = false;

/** Puts our kernel in place of TF.js's; once for each realm, after TF.js registered its own. */
export function registerLeakyRelu(): void {
  if (isRegistered) return;
  isRegistered = true;
  tf.unregisterKernel('LeakyRelu', 'wasm');
  tf.registerKernel({ kernelName: 'LeakyRelu', backendName: 'wasm', kernelFunc: leakyRelu });
}
