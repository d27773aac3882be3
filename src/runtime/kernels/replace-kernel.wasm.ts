import * as tf from '@tensorflow/tfjs-core';

type KernelArguments = Parameters<tf.KernelFunc>[0];
type Kernel = (params: KernelArguments) => tf.TensorInfo;

const replaced = new Set<string>();

/** Puts a kernel of ours before TF.js's own on WASM, which it may call; once for each realm. */
export function replaceKernel(kernelName: string, kernel: (params: KernelArguments, stock: Kernel) => tf.TensorInfo): void {
  if (replaced.has(kernelName)) return;
  replaced.add(kernelName);
  const { kernelFunc, ...stock } = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({ ...stock, kernelFunc: (params) => kernel(params, (given) => kernelFunc(given) as tf.TensorInfo) });
}
