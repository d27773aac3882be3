import { registerBatchMatMul } from './kernels/batch-mat-mul/batch-mat-mul.wasm.ts';
import { registerBatchNorm } from './kernels/batch-norm/batch-norm.wasm.ts';
import { registerConv2dBackpropFilter } from './kernels/conv2d-backprop-filter/conv2d-backprop-filter.wasm.ts';
import { registerConv2dBackpropFilter as registerConv2dBackpropFilterOnGpu } from './kernels/conv2d-backprop-filter/conv2d-backprop-filter.webgpu.ts';
import { registerConv2dBackpropInput } from './kernels/conv2d-backprop-input/conv2d-backprop-input.wasm.ts';
import { registerConv2d } from './kernels/conv2d/conv2d.wasm.ts';
import { registerHalve } from './kernels/halve/halve.wasm.ts';
import { registerIdentity } from './kernels/identity/identity.wasm.ts';
import { registerSlice } from './kernels/slice/slice.wasm.ts';
import { registerSum } from './kernels/sum/sum.wasm.ts';
import { registerTranspose } from './kernels/transpose/transpose.wasm.ts';
import { registerUnsortedSegmentSum } from './kernels/unsorted-segment-sum/unsorted-segment-sum.wasm.ts';
import { nodeModule } from './node-file-path.ts';
import type { Runtime } from './runtime.ts';

/**
 * Loads what gradients need beyond drawing: TF.js's table of gradients, and kernels in place of those that its backends lack or have slower. Load
 * this module itself by import(): pages that only draw never pay for it. Call it once for each runtime, before tf.grads and the like.
 */
export async function loadGradients(runtime: Runtime): Promise<void> {
  await loadTable();
  if (runtime.backend === 'webgpu') registerConv2dBackpropFilterOnGpu();
  if (runtime.backend !== 'wasm') return;
  registerBatchMatMul();
  registerBatchNorm();
  registerConv2d();
  registerConv2dBackpropFilter();
  registerConv2dBackpropInput();
  registerHalve();
  registerIdentity();
  registerSlice();
  registerSum();
  registerTranspose();
  registerUnsortedSegmentSum();
}

/**
 * The table imports folders, which Node cannot, unless it is bundled: there TF.js as a whole brings the table to the one registry that all its
 * copies share.
 */
async function loadTable(): Promise<void> {
  try {
    await import('@tensorflow/tfjs-core/dist/register_all_gradients.js');
  } catch (error) {
    const modules = nodeModule('node:module');
    if (!modules) throw error;
    modules.createRequire(import.meta.url)('@tensorflow/tfjs');
  }
}
