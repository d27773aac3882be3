import * as tf from '@tensorflow/tfjs-core';
import { disposeAdam, initAdam, type AdamState, type AdamVectors } from './adam.ts';
import { createLayout, flatten, unflatten, type NamedTensors, type ParameterLayout } from './flat-parameters.ts';

/** A point that training can return to; owned by who took it: {@link disposeSnapshot}. */
export interface NetworkSnapshot {
  readonly vector: tf.Tensor1D;
  readonly adam: AdamState;
}

export function disposeSnapshot({ vector, adam }: NetworkSnapshot): void {
  vector.dispose();
  disposeAdam(adam);
}

/** The parameters of one network in training: those that move as one vector, the others as they are. Owns its tensors. */
export class TrainedNetwork {
  readonly layout: ParameterLayout;
  /** What does not move; borrowed for as long as this lives. */
  readonly #still: NamedTensors;
  #vector: tf.Tensor1D;
  #adam: AdamState;

  /** `tensors`: all of the network's, borrowed while this lives; `moving`: the names of those that are to move, at least one. */
  constructor(tensors: NamedTensors, moving: readonly string[]) {
    this.layout = createLayout(tensors, moving);
    this.#still = tensors;
    this.#vector = flatten(this.layout, tensors);
    this.#adam = initAdam(this.layout.length);
  }

  /** [length]; borrowed until the next {@link take}. */
  get vector(): tf.Tensor1D {
    return this.#vector;
  }

  /** The same with Adam's memory. */
  get vectors(): AdamVectors {
    const { mean, square } = this.#adam;
    return { vector: this.#vector, mean, square };
  }

  /** Updates so far. */
  get updates(): number {
    return this.#adam.step;
  }

  /** All parameters as they are now. Those that move are the caller's to dispose of, or a tidy's. */
  parameters(vector: tf.Tensor1D = this.#vector): Map<string, tf.Tensor> {
    return new Map([...this.#still, ...unflatten(this.layout, vector)]);
  }

  /**
   * The loss, a scalar, and its gradient by what moves, [length], where that is `vector`; owned by the caller. `loss` gets all parameters and is run
   * inside a tidy.
   */
  differentiate(
    loss: (parameters: NamedTensors) => tf.Scalar,
    vector: tf.Tensor1D = this.#vector,
  ): { readonly loss: tf.Scalar; readonly gradient: tf.Tensor1D } {
    return tf.tidy(() => {
      const moving = unflatten(this.layout, vector);
      const tensors = [...moving.values()];
      const compute = (): tf.Scalar => loss(new Map([...this.#still, ...moving]));
      // What the loss does not depend on (a bias in R1, the strength of noise that is off) has no gradient; tf.valueAndGrads would throw.
      const { value, grads } = tf.engine().gradients(compute, tensors, undefined, true);
      const flat = tensors.map(
        (tensor, index) => tf.reshape((grads[index] as tf.Tensor | undefined) ?? tf.zerosLike(tensor), [-1]) as tf.Tensor1D,
      );
      return { loss: value, gradient: tf.concat(flat) };
    });
  }

  /** Goes on from what an update gave, and owns it. */
  take({ vector, mean, square }: AdamVectors): void {
    this.#replace(vector, { step: this.#adam.step + 1, mean, square });
  }

  snapshot(): NetworkSnapshot {
    const { step, mean, square } = this.#adam;
    return { vector: tf.clone(this.#vector), adam: { step, mean: tf.clone(mean), square: tf.clone(square) } };
  }

  /** Goes back to a snapshot, which stays the caller's. */
  restore({ vector, adam }: NetworkSnapshot): void {
    this.#replace(tf.clone(vector), { step: adam.step, mean: tf.clone(adam.mean), square: tf.clone(adam.square) });
  }

  #replace(vector: tf.Tensor1D, adam: AdamState): void {
    this.#vector.dispose();
    disposeAdam(this.#adam);
    this.#vector = vector;
    this.#adam = adam;
  }

  dispose(): void {
    this.#vector.dispose();
    disposeAdam(this.#adam);
  }
}
