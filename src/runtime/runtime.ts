/**
 * Layer `runtime`: the only place that knows TF.js backends, navigator.gpu and .wasm files. It chooses a backend, counts who uses it, notices
 * a lost GPU device, and moves pixels out. It may assume a page, a worker or Node; it must not know networks, weights files or elements.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createAbortError, GanCanvasError } from '../support/errors.ts';
import { BACKEND_NAMES, type BackendAttempt, type BackendChoice, type BackendName, type BackendReport } from './backend.ts';
import { assertHardwareGpu } from './gpu-adapter.ts';
import type { OpenedBackend } from './opened-backend.ts';

export interface RuntimeMemory {
  /** Tensors alive in this realm, over all backends. */
  readonly tensors: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Bytes of GPU buffers that this backend holds, pools of free ones included; null where there is no GPU. */
  readonly gpuBytes: number | null;
}

/** One user's hold on a backend. The backend itself is shared by all users in the realm and closed after the last one. */
export interface Runtime {
  readonly backend: BackendName;
  /** What was tried before this backend, and why it was refused. */
  readonly report: BackendReport;
  /** Whether pictures may be drawn on a canvas by this backend's own GPU device. */
  readonly canPresent: boolean;
  /**
   * Makes this backend current and runs synchronous tensor code. What the work keeps is its own affair (use tf.tidy).
   * Throws `disposed` after dispose(), and `backend-unavailable` once the device is lost.
   */
  run<T>(work: () => T): T;
  /**
   * Compiles, in parallel, all that the synchronous work needs and that is not compiled yet; otherwise the first run compiles one thing after
   * another. The work runs without being done: its tensors hold nothing, and it must dispose of them. Where nothing is compiled, it does not run.
   */
  compile(work: () => void): Promise<void>;
  /** Called once when the GPU device is gone: all tensors of this runtime are dead (dispose of them all the same). Returns what removes it. */
  onLost(listener: (reason: string) => void): () => void;
  memory(): RuntimeMemory;
  /** Idempotent. Tensors must be disposed of before. */
  dispose(): void;
}

/** A backend that is open in this realm, with its users. */
interface SharedBackend {
  readonly name: BackendName;
  readonly opened: OpenedBackend;
  readonly listeners: Set<(reason: string) => void>;
  /** False for a backend that the page's own TF.js had started: it is used, but never closed. */
  readonly owned: boolean;
  users: number;
  lostReason: string | null;
}

const shared = new Map<BackendName, Promise<SharedBackend>>();

/** Each backend's code is a chunk of its own, loaded when it is tried. */
async function openBackend(name: BackendName): Promise<OpenedBackend> {
  switch (name) {
    case 'webgpu':
      // The package needs WebGPU's globals when it is evaluated, so ask before loading it.
      if (!(globalThis.navigator as Navigator | undefined)?.gpu) throw new Error('this browser or context has no navigator.gpu');
      return (await import('./backends/webgpu.ts')).openBackend();
    case 'wasm':
      return (await import('./backends/wasm.ts')).openBackend();
    case 'cpu':
      return (await import('./backends/cpu.ts')).openBackend();
  }
}

/** Puts a started backend into TF.js's registry, in place of the factory that its package registered. */
function registerInstance(name: BackendName, backend: tf.KernelBackend): void {
  if (tf.engine().registryFactory[name]) tf.removeBackend(name);
  tf.registerBackend(name, () => backend);
}

function closeShared(backend: SharedBackend): void {
  shared.delete(backend.name);
  if (!backend.owned) return;
  tf.removeBackend(backend.name);
  backend.opened.close();
}

function handleLost(backend: SharedBackend, reason: string): void {
  backend.lostReason = reason;
  closeShared(backend);
  for (const listener of [...backend.listeners]) listener(reason);
  backend.listeners.clear();
}

async function startShared(name: BackendName): Promise<SharedBackend> {
  // TF.js's engine is one per realm, whatever copies of TF.js there are: never replace a backend that somebody else is using.
  const foreign = tf.engine().registry[name];
  // TF.js greets Node and warns of slow reads on the console; nobody who uses a picture element wants that.
  tf.env().set('PROD', true);
  const opened: OpenedBackend = foreign
    ? { kernelBackend: foreign, detail: 'started by this page', canPresent: false, gpuBytes: () => null, close: () => undefined }
    : await openBackend(name);
  if (!foreign) registerInstance(name, opened.kernelBackend);
  const backend: SharedBackend = { name, opened, listeners: new Set(), owned: !foreign, users: 0, lostReason: null };
  void opened.lost?.then((reason) => handleLost(backend, reason));
  return backend;
}

/** Opens a backend, or joins those who use it, and counts one user more. */
async function joinBackend(name: BackendName): Promise<SharedBackend> {
  let pending = shared.get(name);
  if (!pending) {
    pending = startShared(name);
    shared.set(name, pending);
    pending.catch(() => shared.delete(name));
  }
  const backend = await pending;
  // Lost, or left by its last user, between its opening and now.
  if (shared.get(name) !== pending) return joinBackend(name);
  backend.users += 1;
  return backend;
}

function leaveBackend(backend: SharedBackend): void {
  backend.users -= 1;
  if (backend.users === 0 && backend.lostReason === null) closeShared(backend);
}

class SharedRuntime implements Runtime {
  readonly report: BackendReport;
  readonly #shared: SharedBackend;
  readonly #listeners = new Set<(reason: string) => void>();
  #disposed = false;

  constructor(backend: SharedBackend, report: BackendReport) {
    this.#shared = backend;
    this.report = report;
  }

  get backend(): BackendName {
    return this.#shared.name;
  }

  get canPresent(): boolean {
    return this.#shared.opened.canPresent;
  }

  run<T>(work: () => T): T {
    const { name, lostReason } = this.#shared;
    if (this.#disposed) throw new GanCanvasError('disposed', `This ${name} runtime was disposed of; acquire a new one.`);
    if (lostReason !== null)
      throw new GanCanvasError('backend-unavailable', `The ${name} backend is gone: ${lostReason}; acquire a new one.`);
    // With an open backend TF.js switches before it returns the promise, which is then nothing to wait for.
    if (tf.getBackend() !== name) void tf.setBackend(name);
    return work();
  }

  async compile(work: () => void): Promise<void> {
    const { opened } = this.#shared;
    if (opened.compile) await this.run(() => opened.compile?.(work));
  }

  onLost(listener: (reason: string) => void): () => void {
    // A function of its own, so that one listener given twice is two listeners.
    const call = (reason: string): void => listener(reason);
    this.#listeners.add(call);
    this.#shared.listeners.add(call);
    return () => {
      this.#listeners.delete(call);
      this.#shared.listeners.delete(call);
    };
  }

  memory(): RuntimeMemory {
    const { numTensors, numBytes } = this.#shared.lostReason === null ? this.run(() => tf.memory()) : { numTensors: 0, numBytes: 0 };
    return { tensors: numTensors, bytes: numBytes, gpuBytes: this.#shared.opened.gpuBytes() };
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    for (const listener of this.#listeners) this.#shared.listeners.delete(listener);
    leaveBackend(this.#shared);
  }
}

function describeRefusal(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Takes hold of a backend: the one named, or for `auto` the first of webgpu (on a real GPU), wasm, cpu that starts here. Every refusal is kept in the report.
 * Throws `backend-unavailable` with the reasons when none starts, and AbortError when `signal` is aborted.
 */
export async function acquireRuntime(choice: BackendChoice, options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Runtime> {
  const { signal } = options;
  const report: BackendAttempt[] = [];
  for (const name of choice === 'auto' ? BACKEND_NAMES : [choice]) {
    if (signal?.aborted) throw createAbortError(signal);
    try {
      if (name === 'webgpu' && choice === 'auto') await assertHardwareGpu();
      const backend = await joinBackend(name);
      if (signal?.aborted) {
        leaveBackend(backend);
        throw createAbortError(signal);
      }
      report.push({ name, ok: true, detail: backend.opened.detail });
      return new SharedRuntime(backend, report);
    } catch (error) {
      if (signal?.aborted) throw error;
      report.push({ name, ok: false, detail: describeRefusal(error) });
    }
  }
  const reasons = report.map(({ name, detail }) => `${name}: ${detail}`).join('; ');
  throw new GanCanvasError('backend-unavailable', `No backend could start. ${reasons}.`);
}
