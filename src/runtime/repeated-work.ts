import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { Scratch } from './recorded-buffers.webgpu.ts';
import { canRecord, Recording, submitLast, upload, type Work } from './recording.webgpu.ts';

/** Bytes of GPU buffers that recordings hold, by the backends where work can be recorded. */
const recordedBytes = new WeakMap<object, number>();

/** Lets work on this backend be recorded. */
export function enableRecording(backend: WebGPUBackend): void {
  recordedBytes.set(backend, 0);
}

/** Bytes of GPU buffers that recordings of this backend hold. */
export function countRecordedBytes(backend: WebGPUBackend): number {
  return recordedBytes.get(backend) ?? 0;
}

/** The current backend, if work can be recorded there. */
function findRecorder(): WebGPUBackend | null {
  const backend = tf.engine().backend as object | null;
  return backend && recordedBytes.has(backend) && tf.engine().state.gradientDepth === 0 ? (backend as WebGPUBackend) : null;
}

export interface RepeatedWorkOptions {
  /** Kinds that are remembered at once. */
  readonly most: number;
  /** When a kind is recorded: as it first comes, or, for work that may never come again, as it comes for the second time. */
  readonly recorded: 'at-once' | 'second-time';
}

/** Recordings on one backend. */
interface Recordings {
  readonly backend: WebGPUBackend;
  readonly scratch: Scratch;
  /** By key, those of longest ago first; null: it was done once. */
  readonly kinds: Map<string, Recording | null>;
}

/**
 * Work of a few kinds that is done again and again with other values in its inputs. Where that is faster, on WebGPU, a kind that comes again is
 * recorded ({@link Recording}, which says what the work must keep to) and repeated from then on. Owns the recordings.
 */
export class RepeatedWork {
  readonly #options: RepeatedWorkOptions;
  #recordings: Recordings | null = null;
  #sizeBytes = 0;

  constructor(options: RepeatedWorkOptions) {
    this.#options = options;
  }

  /**
   * The results of work on these inputs; inputs are borrowed, results are the caller's. `kind` names what the work depends on beside its inputs;
   * their names and shapes tell kinds apart as well.
   */
  run<Inputs extends tf.NamedTensorMap, Results extends tf.NamedTensorMap>(
    kind: string,
    inputs: Inputs,
    work: (inputs: Inputs) => Results,
  ): Results {
    const backend = findRecorder();
    if (!backend) return tf.tidy(() => work(inputs));
    if (canRecord(backend)) {
      const shapes = Object.entries(inputs).map(([name, { shape }]) => `${name} ${shape.join('×')}`);
      const recording = this.#recall(backend, `${kind}: ${shapes.join()}`, inputs, work as unknown as Work);
      if (recording) return recording.repeat(inputs) as Results;
    }
    // As the recording has them, so that it computes the same, by the same pipelines.
    upload(backend, Object.values(inputs));
    return tf.tidy(() => work(inputs));
  }

  /** What was recorded, or is now; null for a kind that is to be done directly this time. */
  #recall(backend: WebGPUBackend, key: string, inputs: tf.NamedTensorMap, work: Work): Recording | null {
    if (this.#recordings?.backend !== backend) this.dispose();
    this.#recordings ??= { backend, scratch: new Scratch(backend.device), kinds: new Map() };
    const { kinds, scratch } = this.#recordings;
    const isDue = kinds.has(key) || this.#options.recorded === 'at-once';
    const recording = kinds.get(key) ?? (isDue ? new Recording(backend, scratch, inputs, work) : null);
    kinds.delete(key);
    kinds.set(key, recording);
    this.#forget(this.#options.most);
    return recording;
  }

  /** Keeps the latest `most` kinds, and counts what is left. */
  #forget(most: number): void {
    if (!this.#recordings) return;
    const { backend, scratch, kinds } = this.#recordings;
    for (const [oldest, forgotten] of kinds) {
      if (kinds.size <= most) break;
      kinds.delete(oldest);
      if (!forgotten) continue;
      submitLast(backend, scratch);
      forgotten.dispose();
    }
    let sizeBytes = scratch.sizeBytes;
    for (const recording of kinds.values()) sizeBytes += recording?.sizeBytes ?? 0;
    this.#count(sizeBytes);
  }

  #count(sizeBytes: number): void {
    const backend = this.#recordings?.backend;
    if (backend) recordedBytes.set(backend, countRecordedBytes(backend) + sizeBytes - this.#sizeBytes);
    this.#sizeBytes = sizeBytes;
  }

  dispose(): void {
    if (!this.#recordings) return;
    this.#forget(0);
    submitLast(this.#recordings.backend, this.#recordings.scratch);
    this.#recordings.scratch.destroy();
    this.#count(0);
    this.#recordings = null;
  }
}
