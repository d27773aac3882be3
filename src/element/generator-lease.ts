import type { TrainableGenerator } from '../engine/generator.ts';
import { createAbortError } from '../support/errors.ts';

export interface GeneratorLeaseOptions {
  readonly open: (signal: AbortSignal) => Promise<TrainableGenerator>;
  /** Prepares the generator before anyone uses it. */
  readonly onOpen: (generator: TrainableGenerator) => Promise<void>;
}

/**
 * One generator from opening to disposal. Those who use it hold it; once `end()` was called and nobody holds it any
 * more, what is still opening is aborted and what is open is disposed of.
 */
export class GeneratorLease {
  /** The generator once it is open; undefined before, after a failure and after the end. */
  generator: TrainableGenerator | undefined;
  /** True when it could not be opened. */
  failed = false;
  readonly #opened: Promise<TrainableGenerator>;
  readonly #abort = new AbortController();
  #holds = 0;
  #ended = false;

  constructor(options: GeneratorLeaseOptions) {
    this.#opened = this.#open(options);
    this.#opened.catch(() => undefined); // whoever waits in use() hears of it; nobody may be waiting any more
  }

  /** Resolves when opening is over, well or badly. */
  get settled(): Promise<void> {
    return this.#opened.then(
      () => undefined,
      () => undefined,
    );
  }

  get isHeld(): boolean {
    return this.#holds > 0;
  }

  /** Works with the generator once it is open; with a signal the wait for it can be given up. */
  async use<T>(work: (generator: TrainableGenerator) => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#holds += 1;
    try {
      return await work(await abortable(this.#opened, signal));
    } finally {
      this.#holds -= 1;
      this.#settle();
    }
  }

  /** Gives it back, when the last of those who hold it lets go; idempotent. */
  end(): void {
    this.#ended = true;
    this.#settle();
  }

  async #open({ open, onOpen }: GeneratorLeaseOptions): Promise<TrainableGenerator> {
    try {
      const generator = await open(this.#abort.signal);
      this.generator = generator;
      if (this.#abort.signal.aborted) throw createAbortError(this.#abort.signal);
      await onOpen(generator);
      return generator;
    } catch (error) {
      this.failed = true;
      this.generator?.dispose();
      this.generator = undefined;
      throw error;
    }
  }

  #settle(): void {
    if (!this.#ended || this.#holds > 0) return;
    this.#abort.abort(createAbortError());
    this.generator?.dispose();
    this.generator = undefined;
  }
}

/** The promise, or the rejection of an aborted signal, whichever comes first. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const handleAbort = () => reject(createAbortError(signal));
    if (signal.aborted) return handleAbort();
    signal.addEventListener('abort', handleAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', handleAbort));
  });
}
