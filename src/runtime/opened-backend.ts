import type { KernelBackend } from '@tensorflow/tfjs-core';

/** A TF.js backend that was started here: what each file of `backends/` gives back. Opening throws an Error whose message is the reason. */
export interface OpenedBackend {
  readonly kernelBackend: KernelBackend;
  /** What was chosen, for the report (for example "SIMD, 2 threads"). */
  readonly detail: string;
  /** Resolves with the reason when the device is lost without our doing; never settles otherwise. Absent where nothing can be lost. */
  readonly lost?: Promise<string>;
  /**
   * Whether its pictures may go to a WebGPU canvas. False for a software adapter: its pixels are in the processor's memory anyway, and
   * Chromium's GPU process dies of a WebGPU canvas when SwiftShader draws it and the compositor is not on Vulkan (Chromium 156, Linux).
   */
  readonly canPresent: boolean;
  /** Compiles all that the synchronous work would need, without doing it. Absent where nothing is compiled. */
  compile?(work: () => void): Promise<void>;
  /** Bytes that the backend holds on the GPU, free pools included; null where there is no GPU. */
  gpuBytes(): number | null;
  /** Gives back what TF.js does not give back itself. Called once, after TF.js disposed of the backend. */
  close(): void;
}
