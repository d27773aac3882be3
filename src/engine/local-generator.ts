import type { Grid } from '../model/loaded-network.ts';
import type { BackendName, BackendReport } from '../runtime/backend.ts';
import { readRgba, toImageBitmap } from '../runtime/pixels.ts';
import type { Runtime, RuntimeMemory } from '../runtime/runtime.ts';
import { GanCanvasError, throwIfAborted } from '../support/errors.ts';
import type { DirectionInfo, ModelInfo } from '../weights/model-info.ts';
import { abortable } from './abortable.ts';
import { acquireNext } from './acquire-next.ts';
import { drawImages } from './draw-images.ts';
import { planBetween, planPictures, type DrawPlan } from './draw-plan.ts';
import type { DrawingQueue } from './drawing-queue.ts';
import type {
  DiscoverOptions,
  DiscoveredDirection,
  ExportOptions,
  GenerateOptions,
  GeneratorSource,
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
import { startFineTune } from './fine-tune/start-fine-tune.ts';
import { trainHere } from './fine-tune/training-places.ts';
import { LiveWeights } from './live-weights.ts';
import { assertNotLost, isLost, wasLost } from './lost-device.ts';
import { createPrivateNetwork, type NetworkLease, type NetworkStore } from './network-store.ts';
import { asPublicError } from './public-error.ts';
import { runInSlices } from './run-in-slices.ts';
import type { WeightsLease } from './weights-store.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

/** What the generators of one realm share. */
export interface EngineRealm {
  readonly queue: DrawingQueue;
  readonly networks: NetworkStore;
  readonly generators: Set<LocalGenerator>;
}

type BackendListener = (backend: BackendName, report: BackendReport) => void;

/** Where a generator draws at the moment. */
interface Place {
  readonly runtime: Runtime;
  readonly report: BackendReport;
  network: NetworkLease;
}

/** A device that is lost more often than this is not trusted again; WASM draws from then on. */
const MAX_DEVICE_LOSSES = 3;

/** A generator in this realm. Commands take turns with those of all other generators. */
export class LocalGenerator implements TrainableGenerator {
  readonly #realm: EngineRealm;
  readonly #weights: WeightsLease;
  readonly #source: GeneratorSource;
  readonly #listeners = new Set<BackendListener>();
  readonly #disposal = new AbortController();
  #live: LiveWeights;
  #place: Place;
  #moving: Promise<void> | null = null;
  #losses = 0;

  /** Owns the runtime and the weights from here on, but not if this throws, as it does on a lost device. */
  constructor(realm: EngineRealm, runtime: Runtime, weights: WeightsLease, source: GeneratorSource) {
    this.#realm = realm;
    this.#weights = weights;
    this.#source = source;
    this.#live = new LiveWeights(weights.file);
    this.#place = { runtime, report: runtime.report, network: this.#createNetwork(runtime) };
    this.#watch(this.#place);
    realm.generators.add(this);
  }

  get info(): ModelInfo {
    return this.#live.shown.info;
  }

  get loadedInfo(): ModelInfo {
    return this.#weights.file.info;
  }

  get activeBackend(): BackendName {
    return this.#place.runtime.backend;
  }

  get backendReport(): BackendReport {
    return this.#place.report;
  }

  /** Diagnostics: what the backend in use holds. */
  memory(): RuntimeMemory {
    return this.#place.runtime.memory();
  }

  generate(options: GenerateOptions = {}): Promise<Picture> {
    return this.renderPicture({ ...options, samples: 1, columns: 1 });
  }

  async renderPicture(options: RenderOptions = {}): Promise<Picture> {
    return this.#drawPicture(() => this.#planPictures(options), options.signal);
  }

  async renderBitmap(options: RenderOptions = {}): Promise<RenderedBitmap> {
    return this.#drawBitmap(() => this.#planPictures(options), options.signal);
  }

  async interpolate(fromSeed: string, toSeed: string, steps: number, options: RenderOptions = {}): Promise<Picture[]> {
    if (!(Number.isInteger(steps) && steps >= 2 && steps <= 1000)) {
      throw new GanCanvasError('invalid-argument', `steps is ${String(steps)}; it must be a whole number from 2 to 1000.`);
    }
    const pictures: Picture[] = [];
    for (let step = 0; step < steps; step += 1) {
      const t = step / (steps - 1);
      pictures.push(await this.#drawPicture(() => this.#planBetween(fromSeed, toSeed, t, options), options.signal));
      await yieldToEventLoop();
    }
    return pictures;
  }

  async renderBetween(fromSeed: string, toSeed: string, t: number, options: RenderOptions = {}): Promise<RenderedBitmap> {
    return this.#drawBitmap(() => this.#planBetween(fromSeed, toSeed, t, options), options.signal);
  }

  async listDirections(): Promise<readonly DirectionInfo[]> {
    this.#assertLive();
    return this.#live.info.directions;
  }

  /** Takes no turn: in slices, on the weights of this moment, while others draw. */
  async discoverDirections(options: DiscoverOptions): Promise<readonly DiscoveredDirection[]> {
    this.#assertLive();
    const ended = this.#endedBy(options.signal);
    const source = { info: this.info, tensors: this.#live.tensors };
    try {
      const { discoverDirections } = await import('./discover-directions.ts');
      throwIfAborted(ended);
      return await runInSlices(discoverDirections(source, options), ended);
    } catch (error) {
      throw asPublicError(error);
    }
  }

  /** Takes no turn but at the end, when the live weights get it. */
  async learnDirection(
    positives: readonly MarkedPicture[],
    negatives: readonly MarkedPicture[],
    name: string,
    { layers, signal }: LearnOptions = {},
  ): Promise<DiscoveredDirection> {
    this.#assertLive();
    const ended = this.#endedBy(signal);
    const source = { info: this.info, tensors: this.#live.tensors };
    try {
      const { learnDirection } = await import('./learn-direction.ts');
      throwIfAborted(ended);
      const learned = await runInSlices(learnDirection(source, { positives, negatives, name, layers }), ended);
      await this.#takeTurn(() => this.#setLive(this.#live.withLearned(learned)), signal);
      return learned;
    } catch (error) {
      throw asPublicError(error);
    }
  }

  exportWeights({ delta = false }: ExportOptions = {}): Promise<Uint8Array> {
    return this.#takeTurn(async () => {
      await this.#setLive(this.#live.rounded());
      return this.#live.encode(delta);
    });
  }

  importWeights(file: Uint8Array | Blob, { replaces = false }: ImportOptions = {}): Promise<void> {
    return this.#takeTurn(async () => {
      const bytes = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file;
      await this.#setLive(this.#live.withImported(bytes, replaces));
    });
  }

  resetWeights(): Promise<void> {
    return this.#takeTurn(() => this.#setLive(new LiveWeights(this.#weights.file)));
  }

  onBackendChange(listener: BackendListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  fineTune(pictures: readonly NamedPicture[], options: FineTuneOptions = {}): FineTuneRun {
    return this.#startFineTune(pictures, options);
  }

  resumeFineTune(options: Pick<FineTuneOptions, 'signal'> = {}): FineTuneRun {
    return this.#startFineTune(null, options);
  }

  #startFineTune(pictures: readonly NamedPicture[] | null, options: FineTuneOptions): FineTuneRun {
    this.#assertLive();
    const discriminatorUrl = findDiscriminatorUrl(this.#source, this.info);
    const signal = this.#endedBy(options.signal);
    return startFineTune(this, pictures, { ...options, signal }, { start: trainHere, discriminatorUrl });
  }

  dispose(): void {
    if (this.#disposal.signal.aborted) return;
    this.#disposal.abort();
    this.#listeners.clear();
    this.#realm.generators.delete(this);
    this.#place.network.release();
    this.#place.runtime.dispose();
    this.#weights.release();
  }

  #planBetween(fromSeed: string, toSeed: string, t: number, options: RenderOptions): DrawPlan {
    return planBetween(this.#live.info, this.#live.directions, [fromSeed, toSeed], t, options);
  }

  #planPictures(options: RenderOptions): DrawPlan {
    return planPictures(this.#live.info, this.#live.directions, options);
  }

  #drawPicture(plan: () => DrawPlan, signal: AbortSignal | undefined): Promise<Picture> {
    return this.#draw(plan, signal, async (grid, { runtime }) => {
      const [height, width] = grid.shape;
      return { data: await readRgba(runtime, grid), width, height };
    });
  }

  async #drawBitmap(plan: () => DrawPlan, signal: AbortSignal | undefined): Promise<RenderedBitmap> {
    let planned: DrawPlan | null = null;
    let startedMs = 0;
    const start = (): DrawPlan => {
      startedMs = performance.now();
      planned = plan();
      return planned;
    };
    return this.#draw(start, signal, async (grid, place, ended) => {
      const bitmap = await toImageBitmap(place.runtime, grid);
      if (ended.aborted || isLost(place.runtime)) bitmap.close();
      throwIfAborted(ended);
      assertNotLost(place.runtime);
      const [first] = planned?.cells ?? [];
      return {
        bitmap,
        latent: first?.latent ?? new Float32Array(),
        classIndex: first?.classes.at(0)?.of ?? null,
        durationMs: performance.now() - startedMs,
        backend: place.runtime.backend,
      };
    });
  }

  /** Draws when it is this generator's turn; if the device is lost meanwhile, again on the next one. */
  async #draw<T>(
    plan: () => DrawPlan,
    signal: AbortSignal | undefined,
    take: (grid: Grid, place: Place, ended: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const ended = this.#endedBy(signal);
    return this.#takeTurn(async () => {
      const planned = plan();
      for (;;) {
        const place = await this.#settledPlace(ended);
        try {
          return await drawImages(place.runtime, place.network.network, planned, ended, (grid) => take(grid, place, ended));
        } catch (error) {
          if (ended.aborted || !(await wasLost(place.runtime))) throw error;
        }
      }
    }, signal);
  }

  async #takeTurn<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.#assertLive();
    const ended = this.#endedBy(signal);
    try {
      return await this.#realm.queue.run(task, ended);
    } catch (error) {
      throw asPublicError(error);
    }
  }

  #endedBy(signal: AbortSignal | undefined): AbortSignal {
    return signal ? AbortSignal.any([signal, this.#disposal.signal]) : this.#disposal.signal;
  }

  #assertLive(): void {
    if (this.#disposal.signal.aborted) throw new GanCanvasError('disposed', 'The generator was disposed; open a new one.');
  }

  /** The place to draw at, on a device that lives as far as is known. */
  async #settledPlace(ended: AbortSignal): Promise<Place> {
    throwIfAborted(ended);
    if (isLost(this.#place.runtime)) await abortable(this.#move('the device was lost'), ended);
    throwIfAborted(ended);
    return this.#place;
  }

  #createNetwork(runtime: Runtime): NetworkLease {
    return this.#live.isChanged
      ? createPrivateNetwork(runtime, this.info.architecture, this.#live.tensors)
      : this.#realm.networks.acquire(runtime, this.#weights.file);
  }

  /** Draws with other weights from now on; keeps the old ones when their tensors cannot be made. */
  async #setLive(next: LiveWeights): Promise<void> {
    const before = this.#live;
    if (!before.isChanged && !next.isChanged) {
      this.#live = next;
      return;
    }
    const place = await this.#settledPlace(this.#disposal.signal);
    this.#live = next;
    try {
      const network = this.#createNetwork(place.runtime);
      place.network.release();
      place.network = network;
    } catch (error) {
      // On a lost device nothing is wrong with the weights: the next place is made with them.
      if (await wasLost(place.runtime)) return;
      this.#live = before;
      throw error;
    }
  }

  #watch(place: Place): void {
    place.runtime.onLost((reason) => {
      // A failure shows in the next command, which tries again.
      this.#move(reason).catch(() => undefined);
    });
  }

  #move(reason: string): Promise<void> {
    this.#moving ??= this.#moveFrom(this.#place, reason).finally(() => {
      this.#moving = null;
    });
    return this.#moving;
  }

  async #moveFrom(lost: Place, reason: string): Promise<void> {
    lost.network.abandon();
    lost.runtime.dispose();
    this.#losses += 1;
    const runtime = await acquireNext(this.#losses > MAX_DEVICE_LOSSES ? 'wasm' : lost.runtime.backend, this.#disposal.signal);
    const attempt = { name: lost.runtime.backend, ok: false, detail: reason };
    try {
      throwIfAborted(this.#disposal.signal);
      this.#place = { runtime, report: [...lost.report, attempt, ...runtime.report], network: this.#createNetwork(runtime) };
    } catch (error) {
      runtime.dispose();
      throw error;
    }
    this.#watch(this.#place);
    for (const listener of [...this.#listeners]) listener(this.activeBackend, this.backendReport);
  }
}
