import * as tf from '@tensorflow/tfjs-core';

type KernelArguments = Parameters<tf.KernelFunc>[0];
type Kernel = (params: KernelArguments) => ReturnType<tf.KernelFunc>;

const replaced = new Set<string>();

/** Puts a kernel of ours before TF.js's own on WebGPU, which it may call; once for each realm. It works on any WebGPU backend of TF.js. */
export function replaceKernel(kernelName: string, kernel: (params: KernelArguments, stock: Kernel) => ReturnType<Kernel>): void {
  if (replaced.has(kernelName)) return;
  replaced.add(kernelName);
  const { kernelFunc, ...stock } = tf.getKernel(kernelName, 'webgpu');
  tf.unregisterKernel(kernelName, 'webgpu');
  const runStock: Kernel = (params) => kernelFunc(params);
  tf.registerKernel({ ...stock, kernelFunc: (params) => kernel(params, runStock) });
}
