import type { BackendName, BackendReport } from '../runtime/backend.ts';
import type { DirectionInfo, ModelInfo } from '../weights/model-info.ts';
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
} from './generator.ts';
import type { OpenedGenerator } from './protocol.ts';
import type { BackendListener, WorkerLink } from './worker-link.ts';

/** Opens a generator in the worker at the other end of `link`. */
export async function openWorkerGenerator(link: WorkerLink, options: CreateGeneratorOptions): Promise<Generator> {
  const { id, opened } = await link.open(options);
  return new WorkerGenerator(link, id, opened);
}

/** A generator in a worker: sends each command over the link. Rejects with `WorkerCrashError` when the worker ends. */
class WorkerGenerator implements Generator {
  readonly loadedInfo: ModelInfo;
  readonly #link: WorkerLink;
  readonly #id: number;
  readonly #listeners = new Set<BackendListener>();
  #info: ModelInfo;
  #activeBackend: BackendName;
  #backendReport: BackendReport;

  constructor(link: WorkerLink, id: number, { info, activeBackend, backendReport }: OpenedGenerator) {
    this.loadedInfo = info;
    this.#info = info;
    this.#link = link;
    this.#id = id;
    this.#activeBackend = activeBackend;
    this.#backendReport = backendReport;
    link.listen(id, (backend, report) => {
      this.#activeBackend = backend;
      this.#backendReport = report;
      for (const listener of [...this.#listeners]) listener(backend, report);
    });
  }

  get info(): ModelInfo {
    return this.#info;
  }

  get activeBackend(): BackendName {
    return this.#activeBackend;
  }

  get backendReport(): BackendReport {
    return this.#backendReport;
  }

  generate({ signal, ...options }: GenerateOptions = {}): Promise<Picture> {
    return this.#link.command<'generate'>(this.#id, { name: 'generate', args: [options] }, signal);
  }

  renderPicture({ signal, ...options }: RenderOptions = {}): Promise<Picture> {
    return this.#link.command<'renderPicture'>(this.#id, { name: 'renderPicture', args: [options] }, signal);
  }

  renderBitmap({ signal, ...options }: RenderOptions = {}): Promise<RenderedBitmap> {
    return this.#link.command<'renderBitmap'>(this.#id, { name: 'renderBitmap', args: [options] }, signal);
  }

  interpolate(fromSeed: string, toSeed: string, steps: number, { signal, ...options }: RenderOptions = {}): Promise<Picture[]> {
    return this.#link.command<'interpolate'>(this.#id, { name: 'interpolate', args: [fromSeed, toSeed, steps, options] }, signal);
  }

  renderBetween(fromSeed: string, toSeed: string, t: number, { signal, ...options }: RenderOptions = {}): Promise<RenderedBitmap> {
    return this.#link.command<'renderBetween'>(this.#id, { name: 'renderBetween', args: [fromSeed, toSeed, t, options] }, signal);
  }

  listDirections(): Promise<readonly DirectionInfo[]> {
    return this.#link.command<'listDirections'>(this.#id, { name: 'listDirections', args: [] }, undefined);
  }

  discoverDirections({ signal, ...options }: DiscoverOptions): Promise<readonly DiscoveredDirection[]> {
    return this.#link.command<'discoverDirections'>(this.#id, { name: 'discoverDirections', args: [options] }, signal);
  }

  learnDirection(
    positives: readonly MarkedPicture[],
    negatives: readonly MarkedPicture[],
    name: string,
    { signal, ...options }: LearnOptions = {},
  ): Promise<DiscoveredDirection> {
    const args = [positives, negatives, name, options] as const;
    return this.#link.command<'learnDirection'>(this.#id, { name: 'learnDirection', args: [...args] }, signal);
  }

  exportWeights(options: ExportOptions = {}): Promise<Uint8Array> {
    return this.#link.command<'exportWeights'>(this.#id, { name: 'exportWeights', args: [options] }, undefined);
  }

  async importWeights(file: Uint8Array | Blob, options: ImportOptions = {}): Promise<void> {
    const replaced = await this.#link.command<'importWeights'>(this.#id, { name: 'importWeights', args: [file, options] }, undefined);
    this.#info = replaced ?? this.loadedInfo;
  }

  async resetWeights(): Promise<void> {
    await this.#link.command<'resetWeights'>(this.#id, { name: 'resetWeights', args: [] }, undefined);
    this.#info = this.loadedInfo;
  }

  onBackendChange(listener: BackendListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    this.#listeners.clear();
    this.#link.dispose(this.#id);
  }
}
