import type { DirectionSetting, DirectionsInput } from '../latent/directions-input.ts';
import type { StyleMix } from '../latent/style-mix.ts';
import type { FineTuneOptions, FineTuneRun, NamedPicture } from './fine-tune/fine-tune.ts';
import type { BackendChoice, BackendName, BackendReport } from '../runtime/backend.ts';
import type { DirectionInfo, ModelInfo, NoiseMode } from '../weights/model-info.ts';

/** Where a generator's weights come from: `bytes` wins over `src`, `src` over `model`; none of them: the model `pomona`. */
export interface GeneratorSource {
  /** A bundled model's name. */
  readonly model?: string | undefined;
  /** URL of a weights file. */
  readonly src?: string | undefined;
  /** SRI hash (`sha256-…`, `sha384-…`, `sha512-…`) that the bytes must have. */
  readonly integrity?: string | undefined;
  readonly crossOrigin?: 'anonymous' | 'use-credentials' | undefined;
  /** A weights file; borrowed. */
  readonly bytes?: Uint8Array | undefined;
}

/** How far loading is. `loaded` and `total` are bytes in phase `download` (total 0: unknown), else steps. */
export interface LoadProgress {
  readonly phase: 'download' | 'decode' | 'prepare';
  readonly loaded: number;
  readonly total: number;
}

export interface CreateGeneratorOptions extends GeneratorSource {
  /** Default `auto`: webgpu on a real GPU, then wasm, then cpu. A named one that cannot run is `backend-unavailable`. */
  readonly backend?: BackendChoice | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** What picture to draw. All values are already valid here: clamping what a page wrote is the element's work. */
export interface GenerateOptions {
  /** Any string; default "0". */
  readonly seed?: string | undefined;
  /** z itself, zDim finite numbers; wins over `seed` (class and noise are still drawn from the seed). */
  readonly latent?: Float32Array | undefined;
  /** k, 1…zDim: components k and up of z are 0; default zDim. */
  readonly latentDim?: number | undefined;
  /** psi, 0…2; default the model's. */
  readonly truncation?: number | undefined;
  /** Name or index of a class; default: drawn uniformly from the seed. */
  readonly classLabel?: string | number | undefined;
  /** Default the model's. */
  readonly noise?: NoiseMode | undefined;
  /** Sizes or settings by name, or text: `redness:1.5 roundness:-1`, or JSON. */
  readonly directions?: DirectionsInput | string | undefined;
  /**
   * A second seed whose w these layers take, `7@4-7` or `{seed: '7', layers: '4-7'}`: same class, latentDim and truncation, before directions.
   * Each cell of a grid mixes with that seed, and so does each step between seeds. Not for a DCGAN, which has no styles.
   */
  readonly mix?: StyleMix | string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RenderOptions extends GenerateOptions {
  /** A grid of 1…64 pictures: seed, seed/1, seed/2, …; default 1. With `latent` the first cell shows it. */
  readonly samples?: number | undefined;
  /** Columns of the grid; default the squarest. Empty cells are transparent. */
  readonly columns?: number | undefined;
}

/** A picture as bytes: 4 · width · height, RGBA, row by row, alpha 255 (0 in empty cells of a grid). */
export interface Picture {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** A picture ready to be shown, and what was drawn. */
export interface RenderedBitmap {
  /** Owned by the caller, who closes it or hands it to a `bitmaprenderer` canvas. */
  readonly bitmap: ImageBitmap;
  /** The z that was used for the first cell (zDim numbers), before latent-dim and normalisation. */
  readonly latent: Float32Array;
  /** The class that was drawn for the first cell; null for an unconditional model. */
  readonly classIndex: number | null;
  /** Milliseconds from the start of drawing to the finished bitmap, without waiting in the queue. */
  readonly durationMs: number;
  /** The backend that really drew. */
  readonly backend: BackendName;
}

export interface ExportOptions {
  /** True: only the tensors that differ from the file that was loaded; of another network, that took its place, they are all. Default false. */
  readonly delta?: boolean | undefined;
}

export interface ImportOptions {
  /**
   * True: a full file of another network takes the place of the loaded one, with its own labels and directions, until `resetWeights()`. Default
   * false: it is refused with `weights-format`.
   */
  readonly replaces?: boolean | undefined;
}

/** How directions are found without labels: along what w varies most, or along what the styles answer to most. */
export const DISCOVERY_METHODS = ['pca', 'sefa'] as const;
export type DiscoveryMethod = (typeof DISCOVERY_METHODS)[number];

export interface DiscoverOptions {
  /**
   * `pca`: the principal components of w (GANSpace, Härkönen et al., 2020); not for a DCGAN, whose z varies alike in every direction.
   * `sefa`: the eigenvectors of AᵀA, A being the weights that make styles of w (SeFa, Shen and Zhou, 2021); for a DCGAN its first layer.
   */
  readonly method: DiscoveryMethod;
  /** How many, 1…directionDim; default 10. */
  readonly count?: number | undefined;
  /** Indices of ws that they are to move, inclusive: `"4-7"`, `"5"`, `[4, 7]`; default all. `sefa` looks at the weights of these. */
  readonly layers?: DirectionSetting['layers'] | undefined;
  /** The variety to be looked at is that within one class, by name or index; default: that of all classes, equally often. */
  readonly classLabel?: string | number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A direction that was found. As JSON or as it is, `{vector, layers, size}` of it is what `directions` takes. */
export interface DiscoveredDirection extends DirectionInfo {
  /** directionDim numbers, one standard deviation of w (a DCGAN: z) long; its entry of largest magnitude is positive. */
  readonly vector: Float32Array;
}

/** What a picture of this model was drawn from, as far as w goes; what is left out is as in {@link GenerateOptions}. */
export type DrawnPicture = Pick<GenerateOptions, 'seed' | 'latent' | 'latentDim' | 'classLabel'>;

/** A picture of this model: its seed, its z, or an object that tells more. */
export type MarkedPicture = string | Float32Array | DrawnPicture;

export interface LearnOptions {
  /** Indices of ws that it is to move, inclusive: `"4-7"`, `"5"`, `[4, 7]`; default all. */
  readonly layers?: DirectionSetting['layers'] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One generator: weights on a backend, ready to draw. The same interface is served in this realm (`createGenerator`) and
 * across a worker boundary (`openGenerator` of the engine client). Rejections are `GanCanvasError` or `AbortError`.
 * Arguments are borrowed, results owned by the caller.
 */
export interface Generator {
  /** Of the network that draws. */
  readonly info: ModelInfo;
  /** Of the file that was loaded: the same object, as long as no other network took its place. */
  readonly loadedInfo: ModelInfo;
  readonly activeBackend: BackendName;
  readonly backendReport: BackendReport;
  /** One picture as bytes. */
  generate(options?: GenerateOptions): Promise<Picture>;
  /** A grid as bytes. */
  renderPicture(options?: RenderOptions): Promise<Picture>;
  /** A grid as an ImageBitmap; on WebGPU without read-back. Browsers only. */
  renderBitmap(options?: RenderOptions): Promise<RenderedBitmap>;
  /**
   * The pictures from one seed to another, ends included: slerp in z, linear in w between the classes, random noise mixed at its
   * own variance. The ends are exactly the seeds' pictures; `seed` and `latent` do not count. steps 2…1000.
   */
  interpolate(fromSeed: string, toSeed: string, steps: number, options?: RenderOptions): Promise<Picture[]>;
  /** One bitmap on the way between two seeds, t in 0…1; what a walk shows. */
  renderBetween(fromSeed: string, toSeed: string, t: number, options?: RenderOptions): Promise<RenderedBitmap>;
  /** The directions that the weights file names, with the card's figures for them, and those that were learnt since. */
  listDirections(): Promise<readonly DirectionInfo[]>;
  /**
   * Directions of the live weights that nobody named, the strongest first: `pca-1`, `pca-2`, … Equal weights give equal vectors, bit for
   * bit, on every backend and machine. `invalid-argument` for what is out of range, `bad-vector` for malformed layers, `unknown-class`.
   */
  discoverDirections(options: DiscoverOptions): Promise<readonly DiscoveredDirection[]>;
  /**
   * Learns a direction from at least one picture each that shows more (`positives`) and less (`negatives`) of something. The live weights have it
   * from then on: `directions` takes its name, `exportWeights` saves it, `resetWeights` forgets it. One that was learnt before under that name is
   * replaced. Equal weights give equal vectors. `invalid-argument` for what cannot be learnt from, or the name of another direction.
   */
  learnDirection(
    positives: readonly MarkedPicture[],
    negatives: readonly MarkedPicture[],
    name: string,
    options?: LearnOptions,
  ): Promise<DiscoveredDirection>;
  /** The live weights as a file of our format; what is exported is what is shown (the live weights take the stored values). */
  exportWeights(options?: ExportOptions): Promise<Uint8Array>;
  /**
   * Takes the tensors of a full file or a delta; those that it leaves out are the loaded file's, whatever was imported before.
   * Of what the file says beside only directions that were learnt are taken, and added. `weights-format` when it does not fit, with the live
   * weights untouched; {@link ImportOptions} lets another network in. A blob is read where the generator runs: nothing of it is copied here.
   */
  importWeights(file: Uint8Array | Blob, options?: ImportOptions): Promise<void>;
  /** Back to the file that was loaded. */
  resetWeights(): Promise<void>;
  /** Called after the generator moved to another backend by itself (a lost device); returns what removes the listener. */
  onBackendChange(listener: (backend: BackendName, report: BackendReport) => void): () => void;
  /**
   * Gives back tensors and, with the last generator, the device; idempotent. Commands under way reject with `AbortError`, later
   * ones with `disposed`.
   */
  dispose(): void;
}

/** A generator that can learn from pictures. */
export interface TrainableGenerator extends Generator {
  /**
   * Begins to learn from pictures, 1 to 2,000 of them; in a page in a worker of its own. The live weights follow every so many steps and at the end;
   * what begins from nothing takes the place of the loaded network as soon as it is first shown.
   * One training at a time: others queue. The run rejects with `invalid-argument` (options, a model without a discriminator, no picture that can be
   * used), `unknown-class`, `weights-…`, `backend-unavailable`.
   */
  fineTune(pictures: readonly NamedPicture[], options?: FineTuneOptions): FineTuneRun;
  /** Goes on with the training that this browser keeps for the model; see {@link findKeptRun}. */
  resumeFineTune(options?: Pick<FineTuneOptions, 'signal'>): FineTuneRun;
}
