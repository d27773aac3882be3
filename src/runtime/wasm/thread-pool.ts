import { GanCanvasError } from '../../support/errors.ts';
import type { Arena } from './arena.ts';
import { UNIT_KERNELS, type UnitKernel, type WasmKernels } from './wasm-kernels.ts';

/** Words of the block through which the threads talk, in shared memory. */
const WORD = { generation: 0, kernel: 1, layer: 2, scratch: 3, scratchBytes: 4, units: 5, next: 6, open: 7, inside: 8 } as const;
const WORDS = 16;

/** Longer than any work of ours takes; a thread that is silent for longer is gone. */
const PATIENCE_MS = 30_000;
const START_TIMEOUT_MS = 5_000;

/**
 * A thread: waits for a new generation (spinning for about a millisecond, since the layers of a picture follow one another closely, then asleep),
 * enters, takes units until there are none left, and leaves. One that comes too late, because the machine was busy, finds the layer closed and is
 * not waited for. Text, because TF.js's threaded build needs blob workers anyway.
 */
const SCRIPT = `
onmessage = async ({ data: { module, memory, control, thread, names } }) => {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const words = new Int32Array(memory.buffer, control, ${WORDS});
  const kernels = names.map((name) => exports[name]);
  let seen = Atomics.load(words, ${WORD.generation});
  postMessage('ready');
  for (;;) {
    const until = performance.now() + 1;
    for (let turn = 1; Atomics.load(words, ${WORD.generation}) === seen; turn++) {
      if (turn % 256 === 0 && performance.now() > until) Atomics.wait(words, ${WORD.generation}, seen);
    }
    seen = Atomics.load(words, ${WORD.generation});
    // Whoever is inside is waited for, so what an open layer says of itself stands until this thread leaves.
    Atomics.add(words, ${WORD.inside}, 1);
    if (Atomics.load(words, ${WORD.open}) === 1) {
      const kernel = kernels[words[${WORD.kernel}]];
      const layer = words[${WORD.layer}];
      const scratch = words[${WORD.scratch}] + thread * words[${WORD.scratchBytes}];
      const units = words[${WORD.units}];
      for (let unit; (unit = Atomics.add(words, ${WORD.next}, 1)) < units; ) kernel(layer, scratch, unit, unit + 1);
    }
    Atomics.sub(words, ${WORD.inside}, 1);
  }
};`;

interface PoolParts {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly kernels: WasmKernels;
  readonly arena: Arena;
}

/** Threads that share the units of a kernel; the caller's thread is one of them. */
export class ThreadPool {
  readonly #kernels: WasmKernels;
  readonly #workers: readonly Worker[];
  readonly #words: Int32Array | null;

  /** Use {@link ThreadPool.start}. */
  constructor(kernels: WasmKernels, workers: readonly Worker[], words: Int32Array | null) {
    this.#kernels = kernels;
    this.#workers = workers;
    this.#words = words;
  }

  /** Starts threads − 1 workers. Without shared memory `threads` must be 1. */
  static async start({ module, memory, kernels, arena }: PoolParts, threads: number): Promise<ThreadPool> {
    if (threads <= 1) return new ThreadPool(kernels, [], null);
    const control = arena.allocate(WORDS * Int32Array.BYTES_PER_ELEMENT);
    const words = new Int32Array(memory.buffer, control, WORDS).fill(0);
    const url = URL.createObjectURL(new Blob([SCRIPT], { type: 'text/javascript' }));
    const workers = Array.from({ length: threads - 1 }, () => new Worker(url));
    try {
      await Promise.all(
        workers.map((worker, index) => untilReady(worker, { module, memory, control, thread: index + 1, names: UNIT_KERNELS })),
      );
    } catch (error) {
      for (const worker of workers) worker.terminate();
      throw error;
    } finally {
      URL.revokeObjectURL(url);
    }
    return new ThreadPool(kernels, workers, words);
  }

  /** This one included. */
  get threads(): number {
    return this.#workers.length + 1;
  }

  /** Does all units of a layer. `scratch` has `scratchBytes` for each thread. */
  run(name: UnitKernel, layer: number, units: number, scratch: number, scratchBytes: number): void {
    const kernel = this.#kernels[name];
    const words = this.#words;
    if (!words || units < 2) {
      kernel(layer, scratch, 0, units);
      return;
    }
    words.set([UNIT_KERNELS.indexOf(name), layer, scratch, scratchBytes, units, 0], WORD.kernel);
    Atomics.store(words, WORD.open, 1);
    Atomics.add(words, WORD.generation, 1);
    Atomics.notify(words, WORD.generation);
    for (let unit: number; (unit = Atomics.add(words, WORD.next, 1)) < units;) kernel(layer, scratch, unit, unit + 1);
    this.#join(words);
  }

  /** Waits for those who are at their last unit; a page's own thread may not sleep. */
  #join(words: Int32Array): void {
    Atomics.store(words, WORD.open, 0);
    const until = performance.now() + PATIENCE_MS;
    for (let turn = 1; Atomics.load(words, WORD.inside) > 0; turn++) {
      if (turn % 4096 === 0 && performance.now() > until) {
        throw new GanCanvasError('backend-unavailable', 'A thread of the WASM engine does not answer; reload the page.');
      }
    }
  }

  close(): void {
    for (const worker of this.#workers) worker.terminate();
  }
}

function untilReady(worker: Worker, message: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a thread did not start in time')), START_TIMEOUT_MS);
    worker.onmessage = () => {
      clearTimeout(timer);
      resolve();
    };
    worker.onerror = (event) => {
      event.preventDefault();
      clearTimeout(timer);
      reject(new Error(event.message || 'a thread did not start'));
    };
    worker.postMessage(message);
  });
}
