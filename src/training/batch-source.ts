import * as tf from '@tensorflow/tfjs-core';
import { createNormalStream, createUniformStream } from '../latent/seeded-random.ts';
import type { UniformSource } from './diff-augment.ts';

/** Where the pictures and the random numbers of a training come from. Every step has streams of its own, so that a training can go on anywhere. */
export interface BatchSourceOptions {
  /** side · side · 3 bytes each, RGB; at least one. Borrowed. */
  readonly pictures: readonly Uint8Array[];
  readonly side: number;
  readonly batch: number;
  readonly seed: string;
  /** Show every other picture mirrored, by chance. */
  readonly mirror: boolean;
}

/** The random numbers of one step. */
export interface StepStreams {
  /** Standard normal deviates. */
  readonly normal: (count: number) => Float32Array;
  readonly uniform: UniformSource;
}

/** Share of the latents that are shortened where a model serves every latent size; that of the recipe in weights/training. */
const NESTED_SHARE = 0.3;

/** Gives the pictures, in an order shuffled anew each time round, and the random numbers of each step. Equal seeds give equal steps. */
export class BatchSource {
  readonly #options: BatchSourceOptions;

  constructor(options: BatchSourceOptions) {
    this.#options = options;
  }

  get batch(): number {
    return this.#options.batch;
  }

  streams(step: number): StepStreams {
    const seed = `${this.#options.seed}/${step}`;
    const uniform = createUniformStream(seed, 'training-uniform');
    return {
      normal: createNormalStream(seed, 'training-normal'),
      uniform: (count) => Float32Array.from({ length: count }, uniform),
    };
  }

  /** [batch, side, side, 3] in −1…1, owned by the caller. */
  pictures(step: number, { uniform }: StepStreams): tf.Tensor4D {
    const { pictures, side, batch, mirror } = this.#options;
    const size = side * side * 3;
    const values = new Float32Array(batch * size);
    const coins = uniform(batch);
    for (let n = 0; n < batch; n++) {
      const picture = pictures[this.#indexAt(step * batch + n)] as Uint8Array;
      writePicture(values.subarray(n * size, (n + 1) * size), picture, side, mirror && (coins[n] ?? 0) < 0.5);
    }
    return tf.tensor4d(values, [batch, side, side, 3]);
  }

  /** The picture at that place of all that are ever shown. */
  #indexAt(place: number): number {
    const count = this.#options.pictures.length;
    const order = this.#orderOf(Math.floor(place / count));
    return order[place % count] ?? 0;
  }

  /** A shuffled order (Fisher and Yates) for that time round. */
  #orderOf(round: number): Uint16Array {
    if (this.#round.number === round) return this.#round.order;
    const order = Uint16Array.from(this.#options.pictures, (_, index) => index);
    const uniform = createUniformStream(`${this.#options.seed}/${round}`, 'training-order');
    for (let last = order.length - 1; last > 0; last--) {
      const other = Math.floor(uniform() * (last + 1));
      [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
    }
    this.#round = { number: round, order };
    return order;
  }

  #round: { readonly number: number; readonly order: Uint16Array } = { number: -1, order: new Uint16Array() };

  /**
   * z [batch, z_dim]. `nested`: for a share of them only the first k components are kept, k log-uniform in 1…z_dim, so that every latent size goes
   * on giving good pictures. Owned by the caller.
   */
  latents(zDim: number, nested: boolean, { normal, uniform }: StepStreams): tf.Tensor2D {
    const { batch } = this.#options;
    const z = normal(batch * zDim);
    const [coins, sizes] = [uniform(batch), uniform(batch)];
    for (let n = 0; n < batch && nested; n++) {
      if ((coins[n] ?? 1) >= NESTED_SHARE) continue;
      const kept = Math.min(zDim, Math.floor(zDim ** (sizes[n] ?? 0)));
      z.fill(0, n * zDim + kept, (n + 1) * zDim);
    }
    return tf.tensor2d(z, [batch, zDim]);
  }
}

function writePicture(to: Float32Array, picture: Uint8Array, side: number, isMirrored: boolean): void {
  for (let pixel = 0; pixel < side * side; pixel++) {
    const x = pixel % side;
    const from = 3 * (isMirrored ? pixel - x + side - 1 - x : pixel);
    for (let channel = 0; channel < 3; channel++) to[3 * pixel + channel] = (picture[from + channel] ?? 0) / 127.5 - 1;
  }
}
