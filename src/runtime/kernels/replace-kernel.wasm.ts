import { hasKernels } from '../wasm/load-kernels.ts';
import { replaceKernel, type ReplacingKernel } from './replace-kernel.ts';

/** {@link replaceKernel} on WASM. A WASM backend of the page's own, on which ours are not loaded, keeps TF.js's. */
export function replaceWasmKernel(kernelName: string, kernel: ReplacingKernel): void {
  replaceKernel('wasm', kernelName, (params, stock) => (hasKernels(params.backend as object) ? kernel(params, stock) : stock(params)));
}
