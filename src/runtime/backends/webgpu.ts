import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { describeAdapter, requestAdapter } from '../gpu-adapter.ts';
import { registerFusedWebGpuKernels } from '../kernels/register-fused.webgpu.ts';
import type { OpenedBackend } from '../opened-backend.ts';

/** Limits that TF.js makes use of; each is asked for at the most that the adapter has. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/**
 * Starts WebGPU on a device of our own: TF.js neither listens to `device.lost` nor says why there is no device, and it asks for the feature
 * 'bgra8unorm-storage' in a nested array, which a browser that checks refuses.
 */
export async function openBackend(): Promise<OpenedBackend> {
  const adapter = await requestAdapter();
  const device = await adapter.requestDevice({
    requiredFeatures: adapter.features.has('timestamp-query') ? ['timestamp-query'] : [],
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  let closed = false;
  const lost = new Promise<string>((resolve) => {
    void device.lost.then(({ reason, message }) => {
      if (!closed) resolve(`the GPU device was lost (${reason}${message ? `: ${message}` : ''})`);
    });
  });
  const kernelBackend = new WebGPUBackend(device, adapter.info);
  registerFusedWebGpuKernels();
  return {
    kernelBackend,
    detail: describeAdapter(adapter),
    lost,
    canPresent: !adapter.info.isFallbackAdapter,
    gpuBytes: () => kernelBackend.memory().numBytesAllocatedInGPU,
    close: () => {
      closed = true;
      device.destroy();
    },
  };
}
