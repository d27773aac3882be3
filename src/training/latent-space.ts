import * as tf from '@tensorflow/tfjs-core';
import { createNormalStream, createUniformStream } from '../latent/seeded-random.ts';
import type { GeneratorNetwork } from '../model/generator-network.ts';
import type { Prepared } from '../model/network.ts';
import type { NamedTensors } from './flat-parameters.ts';

export interface LatentSpaceParts {
  readonly generator: GeneratorNetwork;
  /** All of the generator's by name; borrowed while the space lives. */
  readonly generatorTensors: NamedTensors;
  readonly zDim: number;
  /** 0: none. */
  readonly classes: number;
  readonly seed: string;
  /** Which noise the generator draws with. */
  readonly noise: 'none' | 'const';
}

/** Random z [n, z_dim] with one-hot classes [n, classes], which are missing without classes. */
export type RandomLatents = tf.NamedTensorMap & { readonly z: tf.Tensor2D; readonly oneHot?: tf.Tensor2D };

/** w that the mean and the deviations are measured by. */
const SAMPLES = 512;
/** Of the mean variance: the least that a component of w is taken to have, so that none is divided by 0. */
const LEAST_VARIANCE = 1e-4;

/**
 * The w of a generator that stays as it is, in units of its own: each component from the mean of w, in its standard deviations over random z. So how
 * far a w is from what the generator knows, and how far a step leads, are the same numbers for every model. Owns its tensors.
 */
export class LatentSpace {
  readonly #parts: LatentSpaceParts;
  readonly #prepared: Prepared;
  /** [1, w_dim]. */
  readonly #mean: tf.Tensor2D;
  readonly #deviation: tf.Tensor2D;

  constructor(parts: LatentSpaceParts) {
    this.#parts = parts;
    this.#prepared = this.prepare();
    [this.#mean, this.#deviation] = tf.tidy(() => {
      const { z, oneHot } = this.drawLatents(SAMPLES, 'deviations');
      const w = parts.generator.map(this.#prepared, z, oneHot ?? null);
      const mean = tf.mean<tf.Tensor2D>(w, 0, true);
      const variance = tf.mean(tf.square(tf.sub(w, mean)), 0, true);
      const least = tf.add(tf.mul(tf.mean(variance), LEAST_VARIANCE), Number.EPSILON);
      return [mean, tf.sqrt(tf.maximum(variance, least))] as [tf.Tensor2D, tf.Tensor2D];
    });
  }

  /** The generator as it was, for drawing where gradients are recorded: what is prepared elsewhere may have none. Owned by the caller. */
  prepare(): Prepared {
    return this.#parts.generator.prepare(this.#parts.generatorTensors);
  }

  /** Those of that name; owned by the caller. */
  drawLatents(count: number, name: string): RandomLatents {
    const { zDim, classes, seed } = this.#parts;
    const z = tf.tensor2d(createNormalStream(`${seed}/${name}`, 'training-normal')(count * zDim), [count, zDim]);
    if (classes === 0) return { z };
    const uniform = createUniformStream(`${seed}/${name}`, 'training-class');
    const values = new Float32Array(count * classes);
    for (let n = 0; n < count; n++) values[n * classes + Math.floor(uniform() * classes)] = 1;
    return { z, oneHot: tf.tensor2d(values, [count, classes]) };
  }

  /** Random latents as rows in the space's units [n, w_dim]. */
  map({ z, oneHot }: RandomLatents): tf.Tensor2D {
    return tf.tidy(() => tf.div(tf.sub(this.#parts.generator.map(this.#prepared, z, oneHot ?? null), this.#mean), this.#deviation));
  }

  /** w of the space's units, [n, …, w_dim] both. Differentiable. */
  toW<T extends tf.Tensor>(units: T): T {
    return tf.tidy(() => {
      const shape = [...units.shape.slice(1).fill(1), -1];
      return tf.add<T>(tf.mul(units, tf.reshape(this.#deviation, shape)), tf.reshape(this.#mean, shape));
    });
  }

  /** What the generator draws of units [n, 1 or numWs, w_dim], as it was, or with what else was prepared of it: differentiable where that was prepared. */
  draw(units: tf.Tensor3D, prepared: Prepared = this.#prepared): tf.Tensor4D {
    const { generator, noise } = this.#parts;
    return tf.tidy(() => {
      const w = this.toW(units);
      const ws = w.shape[1] === generator.numWs ? w : tf.tile(w, [1, generator.numWs, 1]);
      return generator.synthesize(prepared, ws, { mode: noise });
    });
  }

  dispose(): void {
    tf.dispose([this.#prepared, this.#mean, this.#deviation]);
  }
}
