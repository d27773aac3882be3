/**
 * Entry of layer `engine` for pages: generators that run in one dedicated worker that the whole page shares, or, where no
 * worker can start, in this realm. It may assume a document; it must not import the engine itself, which is heavy and loads
 * where it runs.
 */
import { GanCanvasError } from '../support/errors.ts';
import type { CreateGeneratorOptions, TrainableGenerator } from './generator.ts';
import type { StartTraining } from './fine-tune/start-fine-tune.ts';
import { trainInWorker } from './fine-tune/training-places.ts';
import { openPageGenerator, type EngineConnection } from './page-generator.ts';
import type { EngineMemory } from './protocol.ts';
import { asPublicError } from './public-error.ts';
import { openWorkerGenerator } from './worker-generator.ts';
import type { Engine } from './worker-host.ts';
import { WorkerLink } from './worker-link.ts';
import { startWorker, type StartedWorker } from './worker-start.ts';

export type { EngineMemory } from './protocol.ts';

/** The parts of a client that tests replace. */
export interface EngineClientOptions {
  /** Starts a worker that is ready; an `Error` says why there can be none. */
  readonly startWorker?: () => Promise<StartedWorker>;
  /** Loads the engine into this realm. */
  readonly loadEngine?: () => Promise<Engine>;
  /** Calls `end` after the grace in which an idle worker is kept; gives what calls it off. Default: {@link IDLE_GRACE_MS} by timer. */
  readonly scheduleEnd?: (end: () => void) => () => void;
  /** Begins trainings; default: in a worker of their own. */
  readonly startTraining?: StartTraining;
}

/** Opens generators and ends their worker after them. */
export interface EngineClient {
  /** Opens a generator. Rejects with `GanCanvasError` (`unknown-model`, `weights-…`, `backend-unavailable`) or `AbortError`. */
  openGenerator(options?: CreateGeneratorOptions): Promise<TrainableGenerator>;
  /** Diagnostics: what the engine holds, wherever it runs; nothing when it was not needed yet. */
  memory(): Promise<EngineMemory>;
  /** True while a worker exists or is being started. */
  readonly hasWorker: boolean;
}

/** How long a worker without generators is kept, so that elements that are replaced or moved do not restart it. */
export const IDLE_GRACE_MS = 2_000;

/** A worker that crashed is started again this often in a client's life; then the engine runs in the page. */
const MAX_RESTARTS = 1;

const NOTHING: EngineMemory = { tensors: 0, bytes: 0, gpuBytes: null, generators: 0, weights: 0 };

interface LiveConnection extends EngineConnection {
  memory(): Promise<EngineMemory>;
  close(): void;
}

export function createEngineClient(options: EngineClientOptions = {}): EngineClient {
  return new SharedEngine(options);
}

class SharedEngine implements EngineClient {
  readonly #startWorker: () => Promise<StartedWorker>;
  readonly #loadEngine: () => Promise<Engine>;
  readonly #scheduleEnd: (end: () => void) => () => void;
  readonly #startTraining: StartTraining;
  #connection: Promise<LiveConnection> | null = null;
  #cancelEnd: (() => void) | null = null;
  #users = 0;
  #crashes: string[] = [];

  constructor({ startWorker: start, loadEngine, scheduleEnd, startTraining }: EngineClientOptions) {
    this.#startWorker = start ?? startWorker;
    this.#loadEngine = loadEngine ?? (() => import('./create-generator.ts'));
    this.#scheduleEnd = scheduleEnd ?? scheduleByTimer;
    this.#startTraining = startTraining ?? trainInWorker;
  }

  get hasWorker(): boolean {
    return this.#connection !== null;
  }

  async openGenerator(options: CreateGeneratorOptions = {}): Promise<TrainableGenerator> {
    this.#enter();
    let left = false;
    const release = () => {
      if (!left) this.#leave();
      left = true;
    };
    try {
      return await openPageGenerator(
        { connect: () => this.#connect(), release, startTraining: this.#startTraining },
        withAbsoluteUrl(options),
      );
    } catch (error) {
      release();
      throw asPublicError(error);
    }
  }

  async memory(): Promise<EngineMemory> {
    return this.#connection === null ? NOTHING : (await this.#connection).memory();
  }

  #enter(): void {
    this.#users += 1;
    this.#cancelEnd?.();
    this.#cancelEnd = null;
  }

  #leave(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#cancelEnd = this.#scheduleEnd(() => {
      const connection = this.#connection;
      this.#connection = null;
      this.#cancelEnd = null;
      void connection?.then(
        (live) => live.close(),
        () => undefined,
      );
    });
  }

  #connect(): Promise<LiveConnection> {
    this.#connection ??= this.#start().catch((error: unknown) => {
      this.#connection = null;
      throw error;
    });
    return this.#connection;
  }

  async #start(): Promise<LiveConnection> {
    if (this.#crashes.length > MAX_RESTARTS) return this.#runHere(`the worker crashed twice: ${this.#crashes.join('; ')}`);
    try {
      const link: WorkerLink = new WorkerLink(await this.#startWorker(), (reason) => this.#handleCrash(reason));
      return {
        attempt: link.attempt,
        open: (options) => openWorkerGenerator(link, options),
        memory: () => link.memory(),
        close: () => link.close(),
      };
    } catch (error) {
      return this.#runHere(error instanceof Error ? error.message : String(error));
    }
  }

  async #runHere(detail: string): Promise<LiveConnection> {
    const engine = await this.#loadEngine();
    return {
      attempt: { name: 'worker', ok: false, detail },
      open: (options) => engine.createGenerator(options),
      memory: () => Promise.resolve(engine.engineMemory()),
      close: () => undefined,
    };
  }

  #handleCrash(reason: string): void {
    this.#crashes.push(reason);
    this.#connection = null;
  }
}

function scheduleByTimer(end: () => void): () => void {
  const timer = setTimeout(end, IDLE_GRACE_MS);
  return () => {
    clearTimeout(timer);
  };
}

/** URLs are the document's; a worker would resolve them against its own script. */
function withAbsoluteUrl(options: CreateGeneratorOptions): CreateGeneratorOptions {
  if (options.src === undefined || typeof document === 'undefined') return options;
  try {
    return { ...options, src: new URL(options.src, document.baseURI).href };
  } catch (cause) {
    throw new GanCanvasError('weights-fetch', `"${options.src}" is no URL of a weights file.`, { cause });
  }
}

const shared = createEngineClient();

/** Opens a generator in the page's shared engine. See {@link EngineClient.openGenerator}. */
export function openGenerator(options?: CreateGeneratorOptions): Promise<TrainableGenerator> {
  return shared.openGenerator(options);
}

/** What the page's shared engine holds. See {@link EngineClient.memory}. */
export function memory(): Promise<EngineMemory> {
  return shared.memory();
}
