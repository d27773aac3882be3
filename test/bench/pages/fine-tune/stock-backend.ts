/** Starts a backend of stock TensorFlow.js, one thread on WASM. */
import * as tf from '@tensorflow/tfjs-core';
import { sliceOnHeap, splitOnHeap } from '../../../../src/runtime/kernels/slice/slice.wasm.ts';

async function startWasm(): Promise<void> {
  const { setThreadsCount, setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(new URL('./tfjs/', location.href).href);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setThreadsCount(1);
  await tf.setBackend('wasm');
  // TF.js's own copy the whole tensor for every part. That one vector holds all parameters is our choice; the peer shall not pay for it.
  for (const [kernelName, kernelFunc] of Object.entries({ Slice: sliceOnHeap, SplitV: splitOnHeap })) {
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
}

/** On a device made here: TF.js 4.22 asks for a feature in a way that browsers refuse. */
async function startWebGpu(): Promise<void> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('There is no WebGPU adapter.');
  const limits = [
    'maxComputeWorkgroupStorageSize',
    'maxStorageBufferBindingSize',
    'maxBufferSize',
    'maxComputeInvocationsPerWorkgroup',
  ] as const;
  const requiredLimits = Object.fromEntries(limits.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  await tf.setBackend('webgpu');
}

export async function startStock(backend: 'wasm' | 'webgpu'): Promise<void> {
  await (backend === 'wasm' ? startWasm() : startWebGpu());
  const foreign = tf.getKernelsForBackend(backend).find(({ kernelName }) => kernelName.startsWith('GanCanvas'));
  if (foreign) throw new Error(`${foreign.kernelName} is registered in the page of stock TensorFlow.js.`);
}
