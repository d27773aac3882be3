import type { FineTuneOptions, FineTuneResult, FineTuneStep, NamedPicture } from './fine-tune.ts';

/** All that a training needs; structured-cloneable, so that it can be sent to a worker. */
export interface FineTuneJob {
  /** A full weights file: what the training starts from. Null: from the state that was kept for `keptAs`. */
  readonly weights: Uint8Array | null;
  /** Where the discriminator's file is, absolute; null where the model has none. */
  readonly discriminator: { readonly url: string; readonly integrity: string | null } | null;
  readonly pictures: readonly NamedPicture[];
  readonly options: Omit<FineTuneOptions, 'signal'>;
  readonly backend: 'auto' | 'webgpu' | 'wasm' | 'cpu';
  /** The name under which the state is kept, one for each model. */
  readonly keptAs: string;
}

/** What a training says while it goes on. */
export type FineTuneEvent =
  | { readonly type: 'state'; readonly state: 'preparing' | 'running' | 'paused' }
  /** `weights`: a full file with the weights of this step, where they are to be shown; a blob, so that the page passes it on without a copy. */
  | { readonly type: 'step'; readonly step: FineTuneStep; readonly weights: Blob | null };

/** What a training is told. `hidden`: nobody is looking, so leave the machine to others. */
export type FineTuneControl = 'pause' | 'resume' | 'stop' | 'hidden' | 'visible';

/** What came of a training: a full file with its weights. */
export interface FineTuneOutcome {
  readonly result: FineTuneResult;
  readonly weights: Blob;
}
