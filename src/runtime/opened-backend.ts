import type { KernelBackend } from '@tensorflow/tfjs-core';

/** A TF.js backend that was started here: what each file of `backends/` gives back. Opening throws an Error whose message is the reason. */
export interface OpenedBackend {
  readonly kernelBackend: KernelBackend;
  /** What was chosen, for the report (for example "SIMD, 2 threads"). */
  readonly detail: string;
  /** Resolves with the reason when the device is lost without our doing; never settles otherwise. Absent where nothing can be lost. */
  readonly lost?: Promise<string>;
  /** Bytes that the backend holds on the GPU, free pools included; null where there is no GPU. */
  gpuBytes(): number | null;
  /** Gives back what TF.js does not give back itself. Called once, after TF.js disposed of the backend. */
  close(): void;
}
