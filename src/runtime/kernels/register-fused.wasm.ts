import { registerKernel, unregisterKernel, type KernelFunc } from '@tensorflow/tfjs-core';
import { FUSED_KERNELS } from './fused-kernels.ts';
import { grid } from './grid/grid.wasm.ts';
import { mapping } from './mapping/mapping.wasm.ts';
import { packKernel, synthesisLayer } from './synthesis-layer/synthesis-layer.wasm.ts';
import { toRgb } from './to-rgb/to-rgb.wasm.ts';

const KERNELS: readonly (readonly [name: string, kernelFunc: KernelFunc])[] = [
  [FUSED_KERNELS.mapping, mapping],
  [FUSED_KERNELS.pack, packKernel],
  [FUSED_KERNELS.synthesisLayer, synthesisLayer],
  [FUSED_KERNELS.toRgb, toRgb],
  [FUSED_KERNELS.grid, grid],
];

/** Registers the fused kernels for a WASM backend on which they are loaded. */
export function registerFusedWasmKernels(): void {
  for (const [kernelName, kernelFunc] of KERNELS) registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
}

/** Takes them back: another WASM backend, of the page's own, would not have them loaded. */
export function unregisterFusedWasmKernels(): void {
  for (const [kernelName] of KERNELS) unregisterKernel(kernelName, 'wasm');
}
