/** The elements' classes and what belongs to them, without registering `<gan-canvas>` and `<gan-direction>`. */
export { GanCanvas } from './element/gan-canvas.ts';
export { GanDirection } from './element/gan-direction.ts';
export {
  GanCanvasBackendChangeEvent,
  GanCanvasErrorEvent,
  GanCanvasFineTuneEndEvent,
  GanCanvasFineTuneStepEvent,
  GanCanvasLoadEvent,
  GanCanvasProgressEvent,
  GanCanvasRenderEvent,
} from './element/events.ts';
export { GanCanvasError } from './support/errors.ts';
export type { KeyframeOptions, RecordAnimationOptions } from './element/animation/animation-options.ts';
export type { PictureInput, PictureInputs } from './element/gather-pictures.ts';
export type { ToBlobOptions } from './element/check-arguments.ts';
export type { GanCanvasEventMap } from './element/events.ts';
export type {
  FineTuneEndReason,
  FineTuneMethod,
  FineTuneOptions,
  FineTuneResult,
  FineTuneRun,
  FineTuneState,
  FineTuneStep,
  RefusedPicture,
} from './engine/fine-tune/fine-tune.ts';
export type { KeptRunSummary } from './engine/fine-tune/kept-run.ts';
export type {
  DiscoverOptions,
  DiscoveredDirection,
  DiscoveryMethod,
  DrawnPicture,
  ExportOptions,
  GenerateOptions,
  LearnOptions,
  LoadProgress,
  MarkedPicture,
} from './engine/generator.ts';
export type { DirectionSetting, DirectionsInput } from './latent/directions-input.ts';
export type { StyleMix } from './latent/style-mix.ts';
export type { BackendAttempt, BackendChoice, BackendName, BackendReport } from './runtime/backend.ts';
export type { GanCanvasErrorCode } from './support/errors.ts';
export type { DirectionInfo, ModelInfo, NoiseMode } from './weights/model-info.ts';
