import type { MovingPart } from '../../training/moving-parts.ts';
import type { AdversarialLoss, NetworkSettings, TrainingMethod } from '../../training/training-settings.ts';
import type { BackendName } from '../../runtime/backend.ts';
import type { RefusedPicture } from '../pictures/read-training-pictures.ts';

export type { TrainingMethod as FineTuneMethod, NetworkSettings as FineTuneNetwork } from '../../training/training-settings.ts';
export { startsFromNothing } from '../../training/training-settings.ts';
export type { NamedPicture, RefusedPicture } from '../pictures/read-training-pictures.ts';
export type { PictureCrop } from '../pictures/read-training-picture.ts';

/** What a training is to be like; what is left out is the default, found by `npm run bench -- fine-tune`. */
export interface FineTuneOptions {
  /**
   * Default `adversarial`; below 10 pictures `reconstruction`. `textbook-gan` and `vae` begin with a new small network, which takes the model's place:
   * `classLabel`, `addsToModel`, `moving`, `frozenBlocks` and `gradientLimit` say nothing to them.
   */
  readonly method?: TrainingMethod | undefined;
  /** What begins from nothing; what is left out is 32 pixels along a side, z of 32 numbers, filters of 4, 16 channels at the largest map. */
  readonly network?: { readonly [Name in keyof NetworkSettings]?: NetworkSettings[Name] | undefined } | undefined;
  /** Steps in all, 1…100,000; default 300, from nothing 2000. */
  readonly steps?: number | undefined;
  /** Pictures in a step, 1…64; default 8, from nothing 16. */
  readonly batch?: number | undefined;
  /** Any string; equal seeds give equal trainings on equal backends. Default "0". */
  readonly seed?: string | undefined;
  /** Show pictures mirrored as well; default true. */
  readonly mirror?: boolean | undefined;
  /** The class that becomes like the pictures, by name or index; default: every class. */
  readonly classLabel?: string | number | undefined;
  /** Keep what the model draws beside the pictures; default false. */
  readonly addsToModel?: boolean | undefined;
  /** What of the generator moves; default `all`. */
  readonly moving?: MovingPart | undefined;
  /** Blocks of the discriminator, those nearest to the picture, that do not move; default 0. */
  readonly frozenBlocks?: number | undefined;
  /** Greater than 0. */
  readonly learningRate?: number | undefined;
  /** Of a GAN; default `non-saturating`. */
  readonly loss?: AdversarialLoss | undefined;
  /** Longest gradient, or the length that all are given; default: no limit. */
  readonly gradientLimit?: { readonly kind: 'clip' | 'normalize'; readonly norm: number } | null | undefined;
  /** The new weights are shown after every so many steps; default 25. */
  readonly showEvery?: number | undefined;
  /** Behind transparent pictures, 0…255 each; default white. */
  readonly background?: readonly [red: number, green: number, blue: number] | undefined;
  /**
   * Keep the training's state, pictures included, in this browser's storage after its first step and about once in half a minute,
   * so that it can go on after a reload; default true. Where there is no storage it is not kept, and `notice` says so.
   */
  readonly keeps?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a step was like. */
export interface FineTuneStep {
  /** From 1. */
  readonly step: number;
  readonly steps: number;
  readonly imagesSeen: number;
  /**
   * By name: `generator`, `discriminator`, `penalty` (R1), or `reconstruction`, `locality`; of a textbook's GAN also `onReal` and `onFake`, how real the
   * discriminator finds both, 0…1; of a VAE `reconstruction` and `divergence`, in nats a picture.
   */
  readonly losses: Readonly<Record<string, number>>;
  /** How much generated pictures differ, over how much they did at the start; null where it is not measured. */
  readonly diversity: number | null;
  readonly imagesPerSecond: number;
  readonly secondsLeft: number;
  /** True when the generator's weights are those of this step from now on. */
  readonly isShown: boolean;
  /** What happened that the visitor should know: going back to a good state, storage that is full. */
  readonly notice: string | null;
  readonly backend: BackendName;
}

/** Why a training ended. */
export type FineTuneEndReason = 'finished' | 'stopped' | 'collapsed' | 'diverged';

export interface FineTuneResult {
  readonly reason: FineTuneEndReason;
  /** Steps that the generator's weights have seen. */
  readonly steps: number;
  readonly imagesSeen: number;
  readonly seconds: number;
  /**
   * Of a reconstruction: where each picture lies, w_dim numbers from the mean w. `truncation` 0 and `directions = { mine: { vector, size: 1 } }`
   * draw it.
   */
  readonly pivots: readonly { readonly name: string; readonly vector: Float32Array }[];
  readonly refused: readonly RefusedPicture[];
}

export type FineTuneState = 'queued' | 'preparing' | 'running' | 'paused' | 'ended';

/**
 * A training under way. Iterating gives its steps from now on; who is slow gets the latest and none twice. It goes on whether or not anybody looks.
 */
export interface FineTuneRun extends AsyncIterable<FineTuneStep> {
  readonly state: FineTuneState;
  /** Holds it after the step under way. */
  pause(): void;
  resume(): void;
  /** Ends it after the step under way; what was learned stays. */
  stop(): void;
  /** Rejects with `GanCanvasError` when it cannot go on, with `AbortError` when aborted; the weights are those that were shown last then. */
  readonly done: Promise<FineTuneResult>;
}
