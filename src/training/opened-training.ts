import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '../runtime/runtime.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';
import type { Trainer } from './trainer.ts';

/** A trainer at work on a backend, with what watches it. Its methods make the backend current themselves. */
export interface OpenTraining {
  readonly trainer: Trainer<object> & { learningRateFactor: number };
  /** How much generated pictures differ, and how much the given ones do; null where that is not to be watched. */
  readonly diversity: { now(): Promise<number>; ofPictures(): Promise<number> } | null;
  /** A loss beyond it, either way, is that of no training any more. */
  readonly mostLoss: number;
  /** The values of what moved in the generator, as it is to be shown, by name. */
  readShown(): Promise<ReadonlyMap<string, Float32Array>>;
  /** Of a reconstruction: where each picture lies, w_dim numbers from the mean w. */
  readPivots(): Promise<readonly Float32Array[]>;
  /** Gives everything back; on a lost device too. */
  close(): void;
}

/** No loss of a network that is taught comes near it. */
export const USUAL_MOST_LOSS = 100;

/** What moved in the generator, as values. */
export async function readShown(runtime: Runtime, trainer: Trainer<object>): Promise<ReadonlyMap<string, Float32Array>> {
  const { tensors, moved } = runtime.run(() => trainer.shownTensors());
  const shown = moved.map((name) => [name, tensors.get(name) as tf.Tensor] as const);
  try {
    return new Map(await Promise.all(shown.map(async ([name, tensor]) => [name, await tensor.data<'float32'>()] as const)));
  } finally {
    tf.dispose(shown.map(([, tensor]) => tensor));
  }
}

/** The tensors of a file on the backend, by name; owned by the caller. */
export function toTensors(tensors: ReadonlyMap<string, WeightsTensor>): Map<string, tf.Tensor> {
  return new Map([...tensors].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]));
}
