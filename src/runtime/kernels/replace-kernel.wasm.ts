import * as tf from '@tensorflow/tfjs-core';
import { hasKernels } from '../wasm/load-kernels.ts';

type KernelArguments = Parameters<tf.KernelFunc>[0];
type Kernel = (params: KernelArguments) => tf.TensorInfo | tf.TensorInfo[];

const replaced = new Set<string>();

/** Puts a kernel of ours before TF.js's own on WASM, which it may call; once for each realm. A WASM backend of the page's own keeps TF.js's. */
export function replaceKernel(kernelName: string, kernel: (params: KernelArguments, stock: Kernel) => ReturnType<Kernel>): void {
  if (replaced.has(kernelName)) return;
  replaced.add(kernelName);
  const { kernelFunc, ...stock } = tf.getKernel(kernelName, 'wasm');
  tf.unregisterKernel(kernelName, 'wasm');
  const runStock: Kernel = (params) => kernelFunc(params);
  tf.registerKernel({
    ...stock,
    kernelFunc: (params) => (hasKernels(params.backend as object) ? kernel(params, runStock) : runStock(params)),
  });
}
