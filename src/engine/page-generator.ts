import type { BackendAttempt, BackendName, BackendReport } from '../runtime/backend.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { DirectionInfo, ModelInfo } from '../weights/model-info.ts';
import { abortable } from './abortable.ts';
import type {
  CreateGeneratorOptions,
  DiscoverOptions,
  DiscoveredDirection,
  ExportOptions,
  GenerateOptions,
  Generator,
  ImportOptions,
  LearnOptions,
  MarkedPicture,
  Picture,
  RenderedBitmap,
  RenderOptions,
  TrainableGenerator,
} from './generator.ts';
import { findDiscriminatorUrl } from './fine-tune/discriminator-url.ts';
import type { FineTuneOptions, FineTuneRun, NamedPicture } from './fine-tune/fine-tune.ts';
import { startFineTune, type StartTraining } from './fine-tune/start-fine-tune.ts';
import { WorkerCrashError, type BackendListener } from './worker-link.ts';

/** Where generators are opened at the moment: a worker, or this realm. */
export interface EngineConnection {
  /** How the worker was started, or why there is none. */
  readonly attempt: BackendAttempt;
  open(options: CreateGeneratorOptions): Promise<Generator>;
}

/** What a page's generator needs of the client that opened it. */
export interface EngineConnector {
  /** The connection in use; a new one after the last has crashed. */
  connect(): Promise<EngineConnection>;
  /** Told once, when the generator is disposed. */
  release(): void;
  /** Begins a training. */
  readonly startTraining: StartTraining;
}

interface Opened {
  readonly connection: EngineConnection;
  readonly generator: Generator;
}

/** Opens a generator that outlives the worker it runs in. */
export async function openPageGenerator(connector: EngineConnector, options: CreateGeneratorOptions): Promise<TrainableGenerator> {
  const { signal, onProgress, ...source } = options;
  // Bytes are borrowed for this call only; a worker that crashes later has to be given them again.
  const kept = source.bytes === undefined ? source : { ...source, bytes: source.bytes.slice() };
  const opened = await open(connector, { ...kept, signal, onProgress });
  return new PageGenerator(connector, kept, opened);
}

async function open(connector: EngineConnector, options: CreateGeneratorOptions): Promise<Opened> {
  for (;;) {
    const connection = await abortable(connector.connect(), options.signal);
    try {
      return { connection, generator: await connection.open(options) };
    } catch (error) {
      if (!(error instanceof WorkerCrashError)) throw error;
    }
  }
}

/**
 * A generator as the page has it. When its worker crashes it opens itself again where the client says, with the weights that
 * were imported, and asks again for what was under way.
 */
class PageGenerator implements TrainableGenerator {
  readonly #connector: EngineConnector;
  readonly #source: CreateGeneratorOptions;
  readonly #listeners = new Set<BackendListener>();
  /** The file that makes a fresh generator's weights the live ones. */
  #imported: Uint8Array | Blob | null = null;
  #opened: Opened;
  #reopening: Promise<void> | null = null;
  readonly #disposal = new AbortController();

  constructor(connector: EngineConnector, source: CreateGeneratorOptions, opened: Opened) {
    this.#connector = connector;
    this.#source = source;
    this.#opened = opened;
    this.#forwardBackendChanges();
  }

  get info(): ModelInfo {
    return this.#opened.generator.info;
  }

  get loadedInfo(): ModelInfo {
    return this.#opened.generator.loadedInfo;
  }

  get activeBackend(): BackendName {
    return this.#opened.generator.activeBackend;
  }

  get backendReport(): BackendReport {
    return [this.#opened.connection.attempt, ...this.#opened.generator.backendReport];
  }

  generate(options: GenerateOptions = {}): Promise<Picture> {
    return this.#run((generator) => generator.generate(options), options.signal);
  }

  renderPicture(options: RenderOptions = {}): Promise<Picture> {
    return this.#run((generator) => generator.renderPicture(options), options.signal);
  }

  renderBitmap(options: RenderOptions = {}): Promise<RenderedBitmap> {
    return this.#run((generator) => generator.renderBitmap(options), options.signal);
  }

  interpolate(fromSeed: string, toSeed: string, steps: number, options: RenderOptions = {}): Promise<Picture[]> {
    return this.#run((generator) => generator.interpolate(fromSeed, toSeed, steps, options), options.signal);
  }

  renderBetween(fromSeed: string, toSeed: string, t: number, options: RenderOptions = {}): Promise<RenderedBitmap> {
    return this.#run((generator) => generator.renderBetween(fromSeed, toSeed, t, options), options.signal);
  }

  listDirections(): Promise<readonly DirectionInfo[]> {
    return this.#run((generator) => generator.listDirections());
  }

  discoverDirections(options: DiscoverOptions): Promise<readonly DiscoveredDirection[]> {
    return this.#run((generator) => generator.discoverDirections(options), options.signal);
  }

  async learnDirection(
    positives: readonly MarkedPicture[],
    negatives: readonly MarkedPicture[],
    name: string,
    options: LearnOptions = {},
  ): Promise<DiscoveredDirection> {
    const learned = await this.#run((generator) => generator.learnDirection(positives, negatives, name, options), options.signal);
    // So that a new worker knows it too.
    this.#imported = await this.#run((generator) => generator.exportWeights({ delta: true }));
    return learned;
  }

  exportWeights(options: ExportOptions = {}): Promise<Uint8Array> {
    return this.#run((generator) => generator.exportWeights(options));
  }

  async importWeights(file: Uint8Array | Blob, options: ImportOptions = {}): Promise<void> {
    const kept = file instanceof Blob ? file : file.slice();
    await this.#run((generator) => generator.importWeights(kept, options));
    this.#imported = kept;
  }

  async resetWeights(): Promise<void> {
    await this.#run((generator) => generator.resetWeights());
    this.#imported = null;
  }

  fineTune(pictures: readonly NamedPicture[], options: FineTuneOptions = {}): FineTuneRun {
    return this.#startFineTune(pictures, options);
  }

  resumeFineTune(options: Pick<FineTuneOptions, 'signal'> = {}): FineTuneRun {
    return this.#startFineTune(null, options);
  }

  #startFineTune(pictures: readonly NamedPicture[] | null, options: FineTuneOptions): FineTuneRun {
    this.#assertLive();
    const signal = options.signal ? AbortSignal.any([options.signal, this.#disposal.signal]) : this.#disposal.signal;
    const discriminatorUrl = findDiscriminatorUrl(this.#source, this.info);
    return startFineTune(this, pictures, { ...options, signal }, { start: this.#connector.startTraining, discriminatorUrl });
  }

  onBackendChange(listener: BackendListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    if (this.#disposal.signal.aborted) return;
    this.#disposal.abort();
    this.#listeners.clear();
    this.#opened.generator.dispose();
    this.#connector.release();
  }

  /** The command's outcome, asked again of a new worker for as long as workers crash under it. */
  async #run<T>(command: (generator: Generator) => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (;;) {
      this.#assertLive();
      const opened = this.#opened;
      try {
        return await command(opened.generator);
      } catch (error) {
        if (!(error instanceof WorkerCrashError)) throw error;
        await abortable(this.#reopen(opened), signal);
      }
    }
  }

  #assertLive(): void {
    if (this.#disposal.signal.aborted) throw new GanCanvasError('disposed', 'The generator was disposed; open a new one.');
  }

  #reopen(crashed: Opened): Promise<void> {
    if (crashed !== this.#opened) return this.#reopening ?? Promise.resolve();
    this.#reopening ??= this.#openAgain().finally(() => {
      this.#reopening = null;
    });
    return this.#reopening;
  }

  async #openAgain(): Promise<void> {
    const opened = await open(this.#connector, this.#source);
    try {
      if (this.#imported) await opened.generator.importWeights(this.#imported, { replaces: true });
    } catch (error) {
      opened.generator.dispose();
      if (error instanceof WorkerCrashError) return this.#openAgain();
      throw error;
    }
    if (this.#disposal.signal.aborted) {
      opened.generator.dispose();
      return;
    }
    this.#opened = opened;
    this.#forwardBackendChanges();
    this.#tellListeners();
  }

  #forwardBackendChanges(): void {
    this.#opened.generator.onBackendChange(() => {
      this.#tellListeners();
    });
  }

  #tellListeners(): void {
    for (const listener of [...this.#listeners]) listener(this.activeBackend, this.backendReport);
  }
}
