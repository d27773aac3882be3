import * as tf from '@tensorflow/tfjs-core';

type KernelArguments = Parameters<tf.KernelFunc>[0];
type Kernel = (params: KernelArguments) => ReturnType<tf.KernelFunc>;
/** A kernel of ours, which may call the one that it stands before. */
export type ReplacingKernel = (params: KernelArguments, stock: Kernel) => ReturnType<Kernel>;

const replaced = new Set<string>();

/** Puts a kernel of ours before TF.js's own of that backend; once for each realm. */
export function replaceKernel(backendName: 'wasm' | 'webgpu', kernelName: string, kernel: ReplacingKernel): void {
  const key = `${backendName} ${kernelName}`;
  if (replaced.has(key)) return;
  replaced.add(key);
  const { kernelFunc, ...stock } = tf.getKernel(kernelName, backendName);
  tf.unregisterKernel(kernelName, backendName);
  const runStock: Kernel = (params) => kernelFunc(params);
  tf.registerKernel({ ...stock, kernelFunc: (params) => kernel(params, runStock) });
}
