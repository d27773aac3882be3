import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { CreateGeneratorOptions, ImportOptions, LoadProgress, TrainableGenerator } from '../engine/generator.ts';
import type { BackendName, BackendReport } from '../runtime/backend.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import { GeneratorLease } from './generator-lease.ts';
import type { Source } from './read-settings.ts';

export type OpenGenerator = (options: CreateGeneratorOptions) => Promise<TrainableGenerator>;

export interface GeneratorControllerOptions {
  readonly open: OpenGenerator;
  /** The source that the host's attributes name; may throw. */
  readonly source: () => Source;
  readonly onProgress: (progress: LoadProgress) => void;
  /** A generator was opened. */
  readonly onOpen: () => void;
  readonly onBackendChange: (backend: BackendName, previous: BackendName, report: BackendReport) => void;
}

type Host = ReactiveControllerHost & { readonly isConnected: boolean };

/** How long an element outside the document keeps a generator after a method used it, so that a loop of calls opens one. */
const DETACHED_IDLE_MS = 1000;

/**
 * A generator's life: opened when first used, opened anew when the source changes, given back when the host has left
 * the document. A host that is moved within a task keeps its generator. Weights that were imported outlive the
 * generator, until the source changes or they are reset.
 */
export class GeneratorController implements ReactiveController {
  info: ModelInfo | null = null;
  backend: BackendName | null = null;
  backendReport: BackendReport = [];
  readonly #host: Host;
  readonly #options: GeneratorControllerOptions;
  /** The source and backend that the attributes named when last looked at, as text; undefined: not looked at yet. */
  #named: string | undefined;
  /** The weights in it, as they were when the attributes last made sense. */
  #namedWeights: string | undefined;
  #lease: GeneratorLease | undefined;
  #previous: GeneratorLease | undefined;
  #importedWeights: Uint8Array | undefined;

  constructor(host: Host, options: GeneratorControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** True when the last attempt to open a generator failed. */
  get failed(): boolean {
    return this.#lease?.failed ?? false;
  }

  hostDisconnected(): void {
    // Moving in the DOM disconnects and connects again within one task.
    queueMicrotask(() => {
      if (!this.#host.isConnected) this.#release();
    });
  }

  /**
   * Looks at the attributes again. When they name another source, or another backend, the next use opens a generator for it.
   * @returns true when they do
   */
  refresh(): boolean {
    const before = this.#named;
    const weightsBefore = this.#namedWeights;
    this.#named = this.#describeSource();
    if (before === undefined || before === this.#named) return false;
    this.#previous?.end();
    // Ended only when the next one is open, so that worker and device need not start again.
    this.#previous = this.#lease;
    this.#lease = undefined;
    if (weightsBefore !== this.#namedWeights) {
      this.#importedWeights = undefined;
      this.info = null;
    }
    return true;
  }

  /** Works with the generator, opening it first if need be. */
  async use<T>(work: (generator: TrainableGenerator) => Promise<T>, signal?: AbortSignal): Promise<T> {
    if (!this.#lease || this.#lease.failed) this.#lease = this.#openLease();
    try {
      return await this.#lease.use(work, signal);
    } finally {
      if (!this.#host.isConnected) setTimeout(() => this.#releaseDetached(), DETACHED_IDLE_MS);
    }
  }

  /** Puts these weights in place of the live ones, and does so again when the generator is opened anew. */
  async importWeights(bytes: Uint8Array, options: ImportOptions): Promise<void> {
    await this.use(async (generator) => {
      await generator.importWeights(bytes, options);
      // A second import may be a delta on top of the first: what both moved is what must be kept.
      this.#importedWeights = this.#importedWeights ? await generator.exportWeights({ delta: true }) : bytes;
      this.info = generator.info;
    });
  }

  /** The generator's weights were changed by itself: they are what must be kept. */
  async keepWeights(generator: TrainableGenerator): Promise<void> {
    this.#importedWeights = await generator.exportWeights({ delta: true });
    this.info = generator.info;
  }

  /** Back to the weights of the source. */
  async resetWeights(): Promise<void> {
    await this.use(async (generator) => {
      await generator.resetWeights();
      this.info = generator.info;
    });
    this.#importedWeights = undefined;
  }

  #openLease(): GeneratorLease {
    const previous = this.#previous;
    this.#previous = undefined;
    const isCurrent = () => this.#lease === lease;
    const lease: GeneratorLease = new GeneratorLease({
      open: async (signal) =>
        this.#options.open({
          ...this.#options.source(),
          signal,
          onProgress: (progress) => {
            if (isCurrent()) this.#options.onProgress(progress);
          },
        }),
      onOpen: (generator) => this.#handleOpen(generator, isCurrent),
    });
    void lease.settled.then(() => previous?.end());
    return lease;
  }

  async #handleOpen(generator: TrainableGenerator, isCurrent: () => boolean): Promise<void> {
    if (this.#importedWeights && isCurrent()) await generator.importWeights(this.#importedWeights, { replaces: true });
    if (!isCurrent()) return;
    this.info = generator.info;
    this.#setBackend(generator.activeBackend, generator.backendReport);
    generator.onBackendChange((backend, report) => {
      if (isCurrent()) this.#setBackend(backend, report);
    });
    this.#options.onOpen();
  }

  #setBackend(backend: BackendName, report: BackendReport): void {
    const previous = this.backend;
    this.backend = backend;
    this.backendReport = report;
    if (previous !== null && previous !== backend) this.#options.onBackendChange(backend, previous, report);
  }

  #describeSource(): string {
    try {
      const { backend, ...weights } = this.#options.source();
      this.#namedWeights = JSON.stringify(weights);
      return `${backend} ${this.#namedWeights}`;
    } catch (error) {
      return String(error);
    }
  }

  #releaseDetached(): void {
    if (!this.#host.isConnected && !this.#lease?.isHeld) this.#release();
  }

  #release(): void {
    this.#lease?.end();
    this.#previous?.end();
    this.#lease = undefined;
    this.#previous = undefined;
  }
}
