import * as tf from '@tensorflow/tfjs-core';
import type { NamedTensors } from './flat-parameters.ts';

/** A network's running statistics in training. Owns its tensors, which are copies. */
export class RunningStatistics {
  #tensors: tf.NamedTensorMap;

  /** The named ones of `tensors`, which are borrowed. */
  constructor(tensors: NamedTensors, names: readonly string[]) {
    this.#tensors = Object.fromEntries(names.map((name) => [name, tf.clone(tensors.get(name) as tf.Tensor)]));
  }

  /** By their names in the weights file; borrowed until the next {@link take}. */
  get tensors(): tf.NamedTensorMap {
    return this.#tensors;
  }

  /** Goes on from what a step gave, and owns it. */
  take(tensors: tf.NamedTensorMap): void {
    tf.dispose(this.#tensors);
    this.#tensors = tensors;
  }

  /** Copies, owned by the caller. */
  copy(): tf.NamedTensorMap {
    return Object.fromEntries(Object.entries(this.#tensors).map(([name, tensor]) => [name, tf.clone(tensor)]));
  }

  /** Goes back to copies, which stay the caller's. */
  restore(copies: tf.NamedTensorMap): void {
    this.take(Object.fromEntries(Object.entries(copies).map(([name, tensor]) => [name, tf.clone(tensor)])));
  }

  dispose(): void {
    tf.dispose(this.#tensors);
  }
}
