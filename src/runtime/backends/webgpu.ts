import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { env } from '@tensorflow/tfjs-core';
import { describeAdapter, requestAdapter } from '../gpu-adapter.ts';
import { registerFusedWebGpuKernels } from '../kernels/register-fused.webgpu.ts';
import type { OpenedBackend } from '../opened-backend.ts';
import { countRecordedBytes, enableRecording } from '../repeated-work.ts';

/** Limits that TF.js makes use of; each is asked for at the most that the adapter has. */
const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
] as const;

/** TF.js's pipelines by shader key; in its mode for compiling alone, promises of them. */
type PipelineCache = Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;

/** Takes the promises out of the cache. */
function takePromises(cache: PipelineCache): (readonly [key: string, promise: Promise<GPUComputePipeline>])[] {
  return Object.entries(cache).flatMap(([key, pipeline]) => {
    if (!(pipeline instanceof Promise)) return [];
    Reflect.deleteProperty(cache, key);
    return [[key, pipeline] as const];
  });
}

/**
 * Runs work in TF.js's mode for compiling alone, and waits for the pipelines. Who draws meanwhile must not meet a promise (TF.js would throw), so
 * they are kept outside of the cache until they are there; what is needed sooner is compiled as ever.
 */
async function compilePipelines(backend: WebGPUBackend, work: () => void): Promise<void> {
  const { pipelineCache } = backend as unknown as { readonly pipelineCache: PipelineCache };
  let promises: ReturnType<typeof takePromises>;
  env().set('WEBGPU_ENGINE_COMPILE_ONLY', true);
  try {
    work();
  } finally {
    env().set('WEBGPU_ENGINE_COMPILE_ONLY', false);
    promises = takePromises(pipelineCache);
  }
  await Promise.all(
    promises.map(async ([key, promise]) => {
      // What cannot be compiled, say since the device is lost, is reported when it is drawn with.
      const pipeline = await promise.catch(() => null);
      if (pipeline) pipelineCache[key] ??= pipeline;
    }),
  );
}

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
  enableRecording(kernelBackend);
  return {
    kernelBackend,
    detail: describeAdapter(adapter),
    lost,
    canPresent: !adapter.info.isFallbackAdapter,
    compile: (work) => compilePipelines(kernelBackend, work),
    gpuBytes: () => kernelBackend.memory().numBytesAllocatedInGPU + countRecordedBytes(kernelBackend),
    close: () => {
      closed = true;
      device.destroy();
    },
  };
}
