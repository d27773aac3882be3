import { fork, type ChildProcess } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { createFeatureMatrix, type FeatureMatrix } from './feature-matrix.ts';
import type { SampleRequest } from './samples.ts';

/** What a process of the pool is told. */
export interface SampleJob {
  readonly id: number;
  readonly request: SampleRequest;
  readonly positions: readonly number[];
}

/** What it answers: the features of the positions, in their order, or why there are none. */
export type SampleAnswer = { readonly id: number; readonly features: Float32Array } | { readonly id: number; readonly error: string };

/** Processes that draw pictures and compute their features; which of them draws what changes nothing. */
export interface SamplePool {
  /** Features of the pictures at these positions, a row each. */
  draw(request: SampleRequest, positions: readonly number[]): Promise<FeatureMatrix>;
  close(): void;
}

/** Pictures in one message: some seconds of work. */
const CHUNK = 64;
const MAX_PROCESSES = 4;
const SCRIPT = fileURLToPath(new URL('./sample-process.ts', import.meta.url));

interface PendingJob {
  readonly job: SampleJob;
  readonly resolve: (features: Float32Array) => void;
  readonly reject: (error: Error) => void;
}

/** Starts the processes; `classifierPath` is the classifier that all of them use. The caller closes the pool. */
export function openSamplePool(classifierPath: string, processes = Math.min(MAX_PROCESSES, availableParallelism())): SamplePool {
  const waiting: PendingJob[] = [];
  const working = new Map<ChildProcess, PendingJob>();
  const idle: ChildProcess[] = [];
  let nextId = 0;

  const dispatch = (): void => {
    while (idle.length > 0 && waiting.length > 0) {
      const [child, pending] = [idle.pop(), waiting.shift()];
      if (!child || !pending) return;
      working.set(child, pending);
      child.send(pending.job);
    }
  };
  const handleAnswer = (child: ChildProcess, answer: SampleAnswer): void => {
    const pending = working.get(child);
    working.delete(child);
    idle.push(child);
    if ('error' in answer) pending?.reject(new Error(answer.error));
    else pending?.resolve(answer.features);
    dispatch();
  };
  const children = Array.from({ length: processes }, () => {
    const child = fork(SCRIPT, [classifierPath], { serialization: 'advanced' });
    child.on('message', (answer: SampleAnswer) => handleAnswer(child, answer));
    child.on('exit', (code) => {
      // Its job, and with it the benchmark, fails; without it those who wait would wait for ever.
      for (const pending of [working.get(child), ...waiting.splice(0)])
        pending?.reject(new Error(`A process that draws samples ended with code ${String(code)}.`));
    });
    idle.push(child);
    return child;
  });

  return {
    async draw(request, positions) {
      const chunks = Array.from({ length: Math.ceil(positions.length / CHUNK) }, (_, index) =>
        positions.slice(index * CHUNK, (index + 1) * CHUNK),
      );
      const jobs = chunks.map(
        (chunk) =>
          new Promise<Float32Array>((resolve, reject) => {
            waiting.push({ job: { id: nextId++, request, positions: chunk }, resolve, reject });
          }),
      );
      dispatch();
      const parts = await Promise.all(jobs);
      const values = parts.flatMap((part) => [...part]);
      return createFeatureMatrix(values, values.length / positions.length);
    },
    close() {
      for (const child of children) {
        child.removeAllListeners('exit');
        child.kill();
      }
    },
  };
}
