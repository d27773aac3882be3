/**
 * `gan-canvas/core`: the engine without the element, for pages, workers and Node. A generator made here draws in the realm that
 * made it.
 */
export { createGenerator } from './engine/create-generator.ts';
export type {
  FineTuneEndReason,
  FineTuneMethod,
  FineTuneOptions,
  FineTuneResult,
  FineTuneRun,
  FineTuneState,
  FineTuneStep,
  NamedPicture,
  PictureCrop,
  RefusedPicture,
} from './engine/fine-tune/fine-tune.ts';
export type {
  CreateGeneratorOptions,
  DiscoverOptions,
  DiscoveredDirection,
  DiscoveryMethod,
  DrawnPicture,
  ExportOptions,
  GenerateOptions,
  Generator,
  GeneratorSource,
  LearnOptions,
  LoadProgress,
  MarkedPicture,
  Picture,
  RenderedBitmap,
  RenderOptions,
  TrainableGenerator,
} from './engine/generator.ts';
export { importCheckpoint, type CheckpointSource, type ImportCheckpointOptions, type ImportDtype } from './engine/import-checkpoint.ts';
export type { DirectionSetting, DirectionsInput } from './latent/directions-input.ts';
export type { StyleMix } from './latent/style-mix.ts';
export type { BackendAttempt, BackendChoice, BackendName, BackendReport } from './runtime/backend.ts';
export { GanCanvasError, isAbortError, type GanCanvasErrorCode } from './support/errors.ts';
export type { Architecture, DcganArchitecture, DcganLayer, StyleGan2Architecture } from './weights/architecture.ts';
export type { ImportedCheckpoint, ImportProgress, ImportSummary } from './weights/checkpoint/imported-checkpoint.ts';
export type { DirectionInfo, ModelInfo, NoiseMode } from './weights/model-info.ts';
