import {
  getKernel,
  registerKernel,
  type KernelFunc,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import {
  FUSED_KERNELS,
  type GridAttributes,
  type MappingAttributes,
  type SynthesisLayerAttributes,
  type ToRgbAttributes,
} from './fused-kernels.ts';
import { arrangeGrid } from './grid/grid.webgpu.ts';
import { mapping, type MappingInfos } from './mapping/mapping.webgpu.ts';
import { packKernel } from './synthesis-layer/pack.webgpu.ts';
import { synthesisLayer, type SynthesisLayerInfos } from './synthesis-layer/synthesis-layer.webgpu.ts';
import { toRgb, type ToRgbInfos } from './to-rgb/to-rgb.webgpu.ts';

/** TF.js's signature of a kernel, from ours. The types of inputs and attributes are what `FUSED_KERNELS` promises. */
function adapt<Inputs, Attributes>(
  run: (backend: WebGPUBackend, inputs: Inputs, attributes: Attributes) => ReturnType<KernelFunc>,
): KernelFunc {
  return ({ inputs, attrs, backend }) =>
    run(backend as WebGPUBackend, inputs as NamedTensorInfoMap & Inputs, attrs as NamedAttrMap & Attributes);
}

const KERNELS: readonly (readonly [name: string, kernelFunc: KernelFunc])[] = [
  [FUSED_KERNELS.mapping, adapt<MappingInfos, MappingAttributes>(mapping)],
  [FUSED_KERNELS.pack, adapt((backend, { kernel }: Pick<SynthesisLayerInfos, 'kernel'>) => packKernel(backend, kernel))],
  [FUSED_KERNELS.synthesisLayer, adapt<SynthesisLayerInfos, SynthesisLayerAttributes>(synthesisLayer)],
  [FUSED_KERNELS.toRgb, adapt<ToRgbInfos, ToRgbAttributes>(toRgb)],
  [
    FUSED_KERNELS.grid,
    adapt((backend, { images }: { images: TensorInfo }, attributes: GridAttributes) => arrangeGrid(backend, images, attributes)),
  ],
];

/** Registers the fused kernels for WebGPU, once for each realm; they work on any WebGPU backend of TF.js. */
export function registerFusedWebGpuKernels(): void {
  for (const [kernelName, kernelFunc] of KERNELS) {
    if (!getKernel(kernelName, 'webgpu')) registerKernel({ kernelName, backendName: 'webgpu', kernelFunc });
  }
}
