import type { FineTuneOptions, FineTuneRun } from '../../engine/fine-tune/fine-tune.ts';
import type { KeptRunSummary } from '../../engine/fine-tune/kept-run.ts';
import type { ExportOptions } from '../../engine/generator.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import type { PictureInputs } from '../gather-pictures.ts';

/** What the panel needs of the element that it is shown in; it uses nothing else of it. */
export interface TrainingHost extends HTMLElement {
  readonly model: string | null;
  readonly src: string | null;
  readonly ready: boolean;
  readonly modelInfo: ModelInfo | null;
  fineTune(images: PictureInputs, options?: FineTuneOptions): FineTuneRun;
  resumeFineTune(): FineTuneRun;
  findKeptTraining(): Promise<KeptRunSummary | null>;
  eraseKeptTraining(): Promise<void>;
  exportWeights(options?: ExportOptions): Promise<Blob>;
  importWeights(blob: Blob): Promise<void>;
  resetWeights(): Promise<void>;
}
