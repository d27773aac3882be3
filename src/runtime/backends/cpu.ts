import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { OpenedBackend } from '../opened-backend.ts';

/** Starts plain JavaScript: slow, and there everywhere. */
export function openBackend(): Promise<OpenedBackend> {
  return Promise.resolve({
    kernelBackend: new MathBackendCPU(),
    detail: 'plain JavaScript, one thread',
    canPresent: false,
    gpuBytes: () => null,
    close: () => undefined,
  });
}
