import type { BackendAttempt, BackendName, BackendReport } from '../runtime/backend.ts';
import { createAbortError, decodeError, GanCanvasError } from '../support/errors.ts';
import type { FineTuneControl, FineTuneEvent, FineTuneJob, FineTuneOutcome } from './fine-tune/fine-tune-job.ts';
import type { CreateGeneratorOptions, LoadProgress } from './generator.ts';
import {
  discardResult,
  type Command,
  type CommandName,
  type CommandResult,
  type EngineMemory,
  type OpenedGenerator,
  type PageMessage,
  type Posted,
  type WorkerMessage,
} from './protocol.ts';
import type { StartedWorker } from './worker-start.ts';

/** The worker died while it held this request; whoever asked may ask another worker. */
export class WorkerCrashError extends Error {
  override readonly name = 'WorkerCrashError';
}

export type BackendListener = (backend: BackendName, report: BackendReport) => void;

interface Request {
  readonly settle: (outcome: { value: unknown } | { error: Error }) => void;
  readonly onProgress: ((progress: LoadProgress) => void) | undefined;
  readonly onTraining: ((event: FineTuneEvent) => void) | undefined;
}

interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly onTraining?: ((event: FineTuneEvent) => void) | undefined;
  /** What is moved to the worker instead of copied. */
  readonly transfer?: Transferable[];
  /** Takes what arrives after the request was aborted. */
  readonly discard?: (value: unknown) => void;
}

/** The page's end of the wire to one worker: matches answers to requests, forwards aborts, notices crashes. */
export class WorkerLink {
  readonly attempt: BackendAttempt;
  readonly #worker: Worker;
  readonly #handleCrash: (reason: string) => void;
  readonly #requests = new Map<number, Request>();
  readonly #backendListeners = new Map<number, BackendListener>();
  readonly #listening = new AbortController();
  #lastId = 0;
  #closed = false;

  /** Owns the worker from here on. `handleCrash` is called at most once, after all requests were rejected. */
  constructor({ worker, detail }: StartedWorker, handleCrash: (reason: string) => void) {
    this.attempt = { name: 'worker', ok: true, detail };
    this.#worker = worker;
    this.#handleCrash = handleCrash;
    const { signal } = this.#listening;
    worker.addEventListener('message', ({ data }: MessageEvent<WorkerMessage>) => this.#receive(data), { signal });
    worker.addEventListener('messageerror', () => this.#crash('a message of the worker could not be read'), { signal });
    worker.addEventListener(
      'error',
      (event) => {
        event.preventDefault();
        this.#crash(event.message || 'the worker failed');
      },
      { signal },
    );
  }

  /** Opens a generator; gives the id that later requests name it by. */
  async open(options: CreateGeneratorOptions): Promise<{ id: number; opened: OpenedGenerator }> {
    const { signal, onProgress, ...posted } = options;
    const id = this.#nextId();
    const message: PageMessage = { type: 'open', id, options: posted satisfies Posted<CreateGeneratorOptions> };
    const discard = () => {
      this.dispose(id);
    };
    return { id, opened: (await this.#request(message, { signal, onProgress, discard })) as OpenedGenerator };
  }

  async command<N extends CommandName>(
    generator: number,
    command: Extract<Command, { name: N }>,
    signal: AbortSignal | undefined,
  ): Promise<CommandResult<N>> {
    const message: PageMessage = { type: 'command', id: this.#nextId(), generator, command };
    return (await this.#request(message, { signal })) as CommandResult<N>;
  }

  async memory(): Promise<EngineMemory> {
    return (await this.#request({ type: 'memory', id: this.#nextId() }, {})) as EngineMemory;
  }

  /** Begins a training; what is said to `control` reaches it while it goes on. The job's weights are the worker's from then on. */
  train(
    job: FineTuneJob,
    { signal, onTraining }: { readonly signal: AbortSignal; readonly onTraining: (event: FineTuneEvent) => void },
  ): { readonly outcome: Promise<FineTuneOutcome>; control(control: FineTuneControl): void } {
    const id = this.#nextId();
    const transfer = job.weights === null ? [] : [job.weights.buffer as ArrayBuffer];
    return {
      outcome: this.#request({ type: 'train', id, job }, { signal, onTraining, transfer }) as Promise<FineTuneOutcome>,
      control: (control) => {
        if (!this.#closed) this.#worker.postMessage({ type: 'control', id, control } satisfies PageMessage);
      },
    };
  }

  /** Tells `listener` when the generator moves to another backend, until it is disposed. */
  listen(generator: number, listener: BackendListener): void {
    this.#backendListeners.set(generator, listener);
  }

  dispose(generator: number): void {
    this.#backendListeners.delete(generator);
    if (!this.#closed) this.#worker.postMessage({ type: 'dispose', generator } satisfies PageMessage);
  }

  /** Ends the worker. */
  close(): void {
    this.#end(new GanCanvasError('disposed', 'The engine was closed; open a new generator.'));
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  #request(
    message: PageMessage & { id: number },
    { signal, onProgress, onTraining, transfer = [], discard = discardResult }: RequestOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(createAbortError(signal));
        return;
      }
      if (this.#closed) {
        reject(new WorkerCrashError('the worker has ended'));
        return;
      }
      const handleAbort = () => {
        this.#worker.postMessage({ type: 'abort', id: message.id } satisfies PageMessage);
        reject(createAbortError(signal));
      };
      try {
        this.#worker.postMessage(message, transfer);
      } catch (cause) {
        reject(new GanCanvasError('invalid-argument', 'An option holds something that cannot be sent to the worker.', { cause }));
        return;
      }
      signal?.addEventListener('abort', handleAbort, { once: true });
      this.#requests.set(message.id, {
        onProgress,
        onTraining,
        settle: (outcome) => {
          signal?.removeEventListener('abort', handleAbort);
          if ('error' in outcome) reject(outcome.error);
          else if (signal?.aborted) discard(outcome.value);
          else resolve(outcome.value);
        },
      });
    });
  }

  #receive(message: WorkerMessage): void {
    switch (message.type) {
      case 'ready':
        return;
      case 'result':
        this.#take(message.id)?.settle({ value: message.value });
        return;
      case 'failure':
        this.#take(message.id)?.settle({ error: decodeError(message.error) });
        return;
      case 'progress':
        this.#requests.get(message.id)?.onProgress?.(message.progress);
        return;
      case 'training':
        this.#requests.get(message.id)?.onTraining?.(message.event);
        return;
      case 'backend-change':
        this.#backendListeners.get(message.generator)?.(message.activeBackend, message.backendReport);
        return;
    }
  }

  #take(id: number): Request | undefined {
    const request = this.#requests.get(id);
    this.#requests.delete(id);
    return request;
  }

  #crash(reason: string): void {
    this.#end(new WorkerCrashError(reason));
    this.#handleCrash(reason);
  }

  #end(error: Error): void {
    this.#closed = true;
    this.#listening.abort();
    this.#worker.terminate();
    this.#backendListeners.clear();
    for (const request of this.#requests.values()) request.settle({ error });
    this.#requests.clear();
  }
}
