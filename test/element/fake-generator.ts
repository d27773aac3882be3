import { GanCanvas } from '../../src/element.ts';
import type {
  CreateGeneratorOptions,
  DiscoverOptions,
  DiscoveredDirection,
  MarkedPicture,
  TrainableGenerator,
  Picture,
  RenderedBitmap,
  RenderOptions,
} from '../../src/engine/generator.ts';
import type { FineTuneOptions, FineTuneRun, NamedPicture } from '../../src/engine/fine-tune/fine-tune.ts';
import type { BackendName } from '../../src/runtime/backend.ts';
import { throwIfAborted } from '../../src/support/errors.ts';
import type { ModelInfo } from '../../src/weights/model-info.ts';

export function fakeInfo(changes: Partial<ModelInfo> = {}): ModelInfo {
  return {
    name: 'fake',
    architecture: { kind: 'dcgan', resolution: 4, z_dim: 8, classes: 0, generator: [], discriminator: [] },
    resolution: 4,
    zDim: 8,
    directionDim: 8,
    numWs: 1,
    labels: [],
    nested: false,
    truncation: 1,
    noise: 'const',
    directions: [],
    licence: '',
    attribution: '',
    trainingData: '',
    imagesSeen: 0,
    metrics: {},
    tuning: null,
    discriminator: null,
    ...changes,
  };
}

/** A promise that a test settles. */
export interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

export function createGate(): Gate {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open: () => open() };
}

/** Draws nothing but records what it was asked for. With `gates` every picture waits at one. */
export class FakeGenerator implements TrainableGenerator {
  readonly info = fakeInfo();
  activeBackend: BackendName = 'cpu';
  backendReport = [{ name: 'cpu', ok: true, detail: 'a fake' }] as const;
  readonly rendered: RenderOptions[] = [];
  readonly walked: (readonly [from: string, to: string, t: number])[] = [];
  readonly imported: Uint8Array[] = [];
  readonly discovered: DiscoverOptions[] = [];
  readonly learnt: (readonly [positives: readonly MarkedPicture[], negatives: readonly MarkedPicture[], name: string])[] = [];
  disposals = 0;
  gate: Gate | null = null;
  concurrent = 0;
  mostConcurrent = 0;
  /** What trainings do; tests give others. */
  train: (pictures: readonly NamedPicture[] | null, options: FineTuneOptions) => FineTuneRun = () => {
    throw new Error('The test gives no training.');
  };
  listener: ((backend: BackendName, report: TrainableGenerator['backendReport']) => void) | null = null;

  generate(options: RenderOptions = {}): Promise<Picture> {
    this.rendered.push(options);
    return Promise.resolve({ data: new Uint8ClampedArray(64), width: 4, height: 4 });
  }

  renderPicture(options: RenderOptions = {}): Promise<Picture> {
    return this.generate(options);
  }

  async renderBitmap(options: RenderOptions = {}): Promise<RenderedBitmap> {
    this.rendered.push(options);
    this.concurrent += 1;
    this.mostConcurrent = Math.max(this.mostConcurrent, this.concurrent);
    const bitmap = await createImageBitmap(new ImageData(4, 4));
    await this.gate?.passed;
    this.concurrent -= 1;
    throwIfAborted(options.signal);
    return { bitmap, latent: new Float32Array(8), classIndex: null, durationMs: 1, backend: this.activeBackend };
  }

  interpolate(_from: string, _to: string, steps: number, options: RenderOptions = {}): Promise<Picture[]> {
    return Promise.all(Array.from({ length: steps }, () => this.generate(options)));
  }

  renderBetween(from: string, to: string, t: number, options: RenderOptions = {}): Promise<RenderedBitmap> {
    this.walked.push([from, to, t]);
    return this.renderBitmap(options);
  }

  listDirections(): Promise<[]> {
    return Promise.resolve([]);
  }

  discoverDirections(options: DiscoverOptions): Promise<readonly DiscoveredDirection[]> {
    this.discovered.push(options);
    return Promise.resolve([
      { name: 'pca-1', kind: 'pca', layers: null, range: [-3, 3], validation: {}, vector: new Float32Array(8).fill(0.5) },
    ]);
  }

  learnDirection(positives: readonly MarkedPicture[], negatives: readonly MarkedPicture[], name: string): Promise<DiscoveredDirection> {
    this.learnt.push([positives, negatives, name]);
    return Promise.resolve({ name, kind: 'learned', layers: null, range: [-3, 3], validation: {}, vector: new Float32Array(8).fill(0.5) });
  }

  exportWeights(): Promise<Uint8Array> {
    return Promise.resolve(Uint8Array.of(9));
  }

  importWeights(bytes: Uint8Array): Promise<void> {
    this.imported.push(bytes);
    return Promise.resolve();
  }

  resetWeights(): Promise<void> {
    return Promise.resolve();
  }

  onBackendChange(listener: NonNullable<typeof this.listener>): () => void {
    this.listener = listener;
    return () => (this.listener = null);
  }

  fineTune(pictures: readonly NamedPicture[], options: FineTuneOptions = {}): FineTuneRun {
    return this.train(pictures, options);
  }

  resumeFineTune(options: FineTuneOptions = {}): FineTuneRun {
    return this.train(null, options);
  }

  dispose(): void {
    this.disposals += 1;
  }
}

/** The element over fakes: `opened` are the generators in the order of their opening. */
export class FakeCanvas extends GanCanvas {
  readonly opened: FakeGenerator[] = [];
  readonly asked: CreateGeneratorOptions[] = [];
  openGate: Gate | null = null;
  /** Shapes each generator before the element gets it. */
  prepare: (generator: FakeGenerator, options: CreateGeneratorOptions) => void = () => undefined;

  protected override async openGenerator(options: CreateGeneratorOptions): Promise<TrainableGenerator> {
    this.asked.push(options);
    await this.openGate?.passed;
    throwIfAborted(options.signal);
    const generator = new FakeGenerator();
    this.prepare(generator, options);
    this.opened.push(generator);
    return generator;
  }
}

customElements.define('fake-canvas', FakeCanvas);

/** A fake element outside the document. */
export function createFakeCanvas(properties: Partial<FakeCanvas> = {}): FakeCanvas {
  return Object.assign(document.createElement('fake-canvas'), properties) as FakeCanvas;
}

/** The next event of a name. */
export function nextEvent<K extends 'load' | 'error' | 'progress' | 'render' | 'backend-change'>(element: GanCanvas, name: K) {
  return new Promise<Parameters<Parameters<typeof element.addEventListener<K>>[1]>[0]>((resolve) =>
    element.addEventListener(name, resolve, { once: true }),
  );
}

/** Lets everything that is ready run: microtasks, updates, one frame. */
export function settle(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
