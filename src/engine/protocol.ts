/**
 * What the page and the worker say to each other. The page numbers its requests; the worker answers each with one `result` or
 * `failure`, in any order, and sends `ready` by itself as soon as it listens. Everything is structured-cloneable.
 */
import type { FineTuneControl, FineTuneEvent, FineTuneJob } from './fine-tune/fine-tune-job.ts';
import type { BackendName, BackendReport } from '../runtime/backend.ts';
import type { ErrorData } from '../support/errors.ts';
import type { DirectionInfo, ModelInfo } from '../weights/model-info.ts';
import type {
  CreateGeneratorOptions,
  DiscoverOptions,
  DiscoveredDirection,
  ExportOptions,
  GenerateOptions,
  ImportOptions,
  LearnOptions,
  LoadProgress,
  MarkedPicture,
  Picture,
  RenderedBitmap,
  RenderOptions,
} from './generator.ts';

/** Options as they are posted: signals travel as `abort` messages, progress as `progress` messages. */
export type Posted<T> = Omit<T, 'signal' | 'onProgress'>;

/** The commands of a generator, by name, with what they take and give. */
export interface CommandSignatures {
  generate(options: Posted<GenerateOptions>): Picture;
  renderPicture(options: Posted<RenderOptions>): Picture;
  renderBitmap(options: Posted<RenderOptions>): RenderedBitmap;
  interpolate(fromSeed: string, toSeed: string, steps: number, options: Posted<RenderOptions>): Picture[];
  renderBetween(fromSeed: string, toSeed: string, t: number, options: Posted<RenderOptions>): RenderedBitmap;
  listDirections(): readonly DirectionInfo[];
  discoverDirections(options: Posted<DiscoverOptions>): readonly DiscoveredDirection[];
  learnDirection(
    positives: readonly MarkedPicture[],
    negatives: readonly MarkedPicture[],
    name: string,
    options: Posted<LearnOptions>,
  ): DiscoveredDirection;
  exportWeights(options: ExportOptions): Uint8Array;
  /** Gives what the network says that took the loaded one's place; null: the loaded one draws. */
  importWeights(file: Uint8Array | Blob, options: ImportOptions): ModelInfo | null;
  resetWeights(): undefined;
}

export type CommandName = keyof CommandSignatures;
export type CommandResult<N extends CommandName> = ReturnType<CommandSignatures[N]>;
export type Command = { [N in CommandName]: { readonly name: N; readonly args: Parameters<CommandSignatures[N]> } }[CommandName];

/** What an engine holds, in all its generators: for leak tests and diagnostics. */
export interface EngineMemory {
  readonly tensors: number;
  readonly bytes: number;
  /** Bytes of GPU buffers; null where no GPU is in use. */
  readonly gpuBytes: number | null;
  readonly generators: number;
  /** Weights files held, however many generators share them. */
  readonly weights: number;
}

/** What a generator says of itself when it is opened and when its backend changes. */
export interface BackendState {
  readonly activeBackend: BackendName;
  readonly backendReport: BackendReport;
}

export interface OpenedGenerator extends BackendState {
  readonly info: ModelInfo;
}

/** From the page. `generator` is the `id` of the request that opened it. */
export type PageMessage =
  | { readonly type: 'open'; readonly id: number; readonly options: Posted<CreateGeneratorOptions> }
  | { readonly type: 'command'; readonly id: number; readonly generator: number; readonly command: Command }
  | { readonly type: 'memory'; readonly id: number }
  | { readonly type: 'abort'; readonly id: number }
  /** A training: its events come as they happen, a `FineTuneOutcome` is the result. */
  | { readonly type: 'train'; readonly id: number; readonly job: FineTuneJob }
  | { readonly type: 'control'; readonly id: number; readonly control: FineTuneControl }
  | { readonly type: 'dispose'; readonly generator: number };

/** From the worker. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'failure'; readonly id: number; readonly error: ErrorData }
  | { readonly type: 'training'; readonly id: number; readonly event: FineTuneEvent }
  | { readonly type: 'progress'; readonly id: number; readonly progress: LoadProgress }
  | ({ readonly type: 'backend-change'; readonly generator: number } & BackendState);

/** The objects in a result that are moved instead of copied. */
export function transferables(value: unknown): Transferable[] {
  if (Array.isArray(value)) return value.flatMap(transferables);
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (typeof value !== 'object' || value === null) return [];
  if ('bitmap' in value) return [(value as RenderedBitmap).bitmap];
  if ('data' in value) return [(value as Picture).data.buffer as ArrayBuffer];
  return [];
}

/** Gives back what a result owns, when nobody is there to take it. */
export function discardResult(value: unknown): void {
  if (typeof value === 'object' && value !== null && 'bitmap' in value) (value as RenderedBitmap).bitmap.close();
}
