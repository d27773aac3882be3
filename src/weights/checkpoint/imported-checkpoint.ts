import type { Architecture, StyleGan2Architecture } from '../architecture.ts';
import type { Dtype } from '../safetensors.ts';
import type { WeightsTensor } from '../weights-file.ts';

/** What was found in a checkpoint. */
export interface ImportSummary {
  /** The kind of checkpoint, such as `DCGAN`. */
  readonly family: string;
  /** Of the generator, if there is one. */
  readonly architecture: Architecture;
  /** The keys that led to each network, joined by dots (`G_ema`), empty for the whole file; null where there is none. */
  readonly generatorPath: string | null;
  readonly discriminatorPath: string | null;
  /** Numbers in all tensors that were taken. */
  readonly parameters: number;
  /** What was taken for granted or measured, in sentences; often empty. */
  readonly notes: readonly string[];
}

/** A checkpoint in our format. */
export interface ImportedCheckpoint {
  /** A weights file for `createGenerator({ bytes })`; null when the checkpoint is a discriminator's alone. */
  readonly generator: Uint8Array | null;
  /** The file `NAME.discriminator.safetensors`, which the generator's metadata names; null where there is none. */
  readonly discriminator: Uint8Array | null;
  readonly summary: ImportSummary;
}

/** How far an import is, in tensors. */
export interface ImportProgress {
  readonly loaded: number;
  readonly total: number;
}

/** What the import needs to know, everything said. */
export interface ImportSettings {
  /** The model's name, 1 to 200 characters; also that of the discriminator's file. */
  readonly name: string;
  readonly dtype: Dtype;
  readonly generatorOnly: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: ImportProgress) => void) | undefined;
  /** Runs long work; lets others work at its stops, and rejects with `AbortError` when `signal` says so. */
  readonly runInSlices: <T>(steps: Generator<void, T>) => Promise<T>;
  /** The mean of w of a generator whose checkpoint has none. */
  readonly measureMeanLatent: (
    architecture: StyleGan2Architecture,
    tensors: ReadonlyMap<string, WeightsTensor>,
  ) => Generator<void, Float32Array>;
}
