/** What a training can be asked for, as plain data: the public types are made of it, so no tensor may come in here. */
import type { DcganActivation } from '../weights/architecture.ts';
import type { MovingPart } from './moving-parts.ts';

/**
 * What generator and discriminator minimise, of the discriminator's logits. `minimax` and `non-saturating` differ in the generator's only
 * (Goodfellow et al., 2014); `hinge`: Lim and Ye, 2017.
 */
export const ADVERSARIAL_LOSSES = ['non-saturating', 'minimax', 'hinge'] as const;
export type AdversarialLoss = (typeof ADVERSARIAL_LOSSES)[number];

/**
 * How a model comes about. `adversarial`: generator and discriminator go on learning, against each other, from the pictures; for 10 pictures and
 * more. `reconstruction`: the generator learns to draw these very pictures (pivotal tuning), for 1 to 10. From nothing, for teaching, a small new
 * network takes the model's place: `textbook-gan`, a DCGAN in the textbook's two phases; `vae`, a variational autoencoder with the same generator.
 */
export const TRAINING_METHODS = ['adversarial', 'reconstruction', 'textbook-gan', 'vae'] as const;
export type TrainingMethod = (typeof TRAINING_METHODS)[number];
/** Those that begin with a new network. */
export type FromNothingMethod = Extract<TrainingMethod, 'textbook-gan' | 'vae'>;

export function startsFromNothing(method: TrainingMethod): method is FromNothingMethod {
  return method === 'textbook-gan' || method === 'vae';
}

/** After which layers' convolutions batch normalisation follows: all but the outermost, or none. */
export const DCGAN_NORMALIZATIONS = ['batch', 'none'] as const;
export type DcganNormalization = (typeof DCGAN_NORMALIZATIONS)[number];

/** What is chosen of a network that begins from nothing: a generator, and a discriminator or an encoder that is its mirror image. */
export interface NetworkSettings {
  /** Length of z, 1…2048. */
  readonly latentDim: number;
  /** Pixels along a side, 4…256; stride^depth must divide it. */
  readonly resolution: number;
  /** Channels of the largest map, 1…1024; each smaller one has twice as many, up to eight times. */
  readonly width: number;
  /** Side of the filters that enlarge and shrink, 2…64, no less than the stride. */
  readonly filterSize: number;
  /** How many times as large a layer makes its map along a side, 2…16. */
  readonly stride: number;
  /** Layers that enlarge, and as many that shrink, 1…10; null: as many as leave the first map a side of 4 or more. */
  readonly depth: number | null;
  /** After all layers but the last ones; null: ReLU in the generator and leaky ReLU in its mirror image, as in the textbook. */
  readonly activation: DcganActivation | null;
  readonly normalization: DcganNormalization;
}

/** Options with their defaults, checked; plain data, kept with the state of a training and in its weights. */
export interface TrainingSettings {
  readonly method: TrainingMethod;
  readonly steps: number;
  readonly batch: number;
  readonly seed: string;
  readonly mirror: boolean;
  readonly classIndex: number | null;
  readonly addsToModel: boolean;
  readonly moving: MovingPart;
  readonly frozenBlocks: number;
  readonly learningRate: number;
  readonly loss: AdversarialLoss;
  readonly gradientLimit: { readonly kind: 'clip' | 'normalize'; readonly norm: number } | null;
  readonly showEvery: number;
  readonly background: readonly [number, number, number];
  readonly keeps: boolean;
  /** What begins from nothing; null where a model is taught. */
  readonly network: NetworkSettings | null;
}
