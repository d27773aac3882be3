import type * as tf from '@tensorflow/tfjs-core';

/** Numbers of one step by name (`generator`, `discriminator`, `reconstruction`, …). They may be NaN: whoever runs a trainer looks at them. */
export type StepFigures = Readonly<Record<string, number>>;

/** The tensors of a network as they are to be shown: all of them, those that moved being the caller's to dispose of, by the names in `moved`. */
export interface ShownTensors {
  readonly tensors: ReadonlyMap<string, tf.Tensor>;
  readonly moved: readonly string[];
}

/**
 * One way of training, a step at a time, on pictures that it was given. Owns its tensors. All methods are to be called while the backend is
 * current; results that cross an await are read outside of it.
 */
export interface Trainer<Snapshot> {
  /** Steps so far. */
  readonly steps: number;
  step(): Promise<StepFigures>;
  /** The generator as it is to be shown: averaged, where an average is kept. */
  shownTensors(): ShownTensors;
  /** A point to return to, owned by the caller: {@link disposeSnapshot}. */
  snapshot(): Snapshot;
  /** Goes back to a snapshot, which stays the caller's. */
  restore(snapshot: Snapshot): void;
  disposeSnapshot(snapshot: Snapshot): void;
  dispose(): void;
}
