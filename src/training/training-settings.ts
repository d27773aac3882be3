/** What a training can be asked for, as plain data: the public types are made of it, so no tensor may come in here. */
import type { MovingPart } from './moving-parts.ts';

/**
 * What generator and discriminator minimise, of the discriminator's logits. `minimax` and `non-saturating` differ in the generator's only
 * (Goodfellow et al., 2014); `hinge`: Lim and Ye, 2017.
 */
export const ADVERSARIAL_LOSSES = ['non-saturating', 'minimax', 'hinge'] as const;
export type AdversarialLoss = (typeof ADVERSARIAL_LOSSES)[number];

/**
 * How a model is changed. `adversarial`: generator and discriminator go on learning, against each other, from the pictures; for 10 pictures and
 * more. `reconstruction`: the generator learns to draw these very pictures (pivotal tuning), for 1 to 10.
 */
export const TRAINING_METHODS = ['adversarial', 'reconstruction'] as const;
export type TrainingMethod = (typeof TRAINING_METHODS)[number];

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
}
