import * as tf from '@tensorflow/tfjs-core';
import type { DiscriminatorNetwork } from '../model/discriminator-network.ts';
import type { GeneratorNetwork, Noise } from '../model/generator-network.ts';
import type { AdamSettings } from './adam.ts';
import { observeSigns, type AdaptiveShare, type AdaptiveShareSettings } from './adaptive-share.ts';
import { augmentImages, planAugmentation, type AugmentPlan, type UniformSource } from './diff-augment.ts';
import type { NamedTensors } from './flat-parameters.ts';
import type { GradientLimit } from './limit-gradient.ts';
import { discriminatorLoss, generatorLoss, gradientPenalty, type AdversarialLoss } from './losses.ts';
import { updateAverage } from './moving-average.ts';
import { disposeSnapshot, TrainedNetwork, type NetworkSnapshot } from './trained-network.ts';

export interface AdversarialSettings {
  readonly loss: AdversarialLoss;
  /** Of the generator, and of the discriminator, whose rate is lowered by R1's extra steps itself. */
  readonly generatorAdam: AdamSettings;
  readonly discriminatorAdam: AdamSettings;
  readonly limit: GradientLimit | null;
  /** Weight of R1 and in how many steps it comes once; 0: never. */
  readonly r1Gamma: number;
  readonly r1Every: number;
  readonly augmentation: AdaptiveShareSettings;
  /** Half-life of the moving average, in images. */
  readonly averageImages: number;
}

/** What a step learns from; tensors are borrowed. */
export interface AdversarialBatch {
  /** [n, side, side, 3], −1…1. */
  readonly real: tf.Tensor4D;
  /** [n, z_dim]. */
  readonly z: tf.Tensor2D;
  /** [n, classes] of real and of generated pictures; null without classes. */
  readonly oneHot: tf.Tensor2D | null;
  readonly noise: Noise;
}

/** A step's numbers. Losses may be NaN: look at them. */
export interface AdversarialFigures {
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  /** The last that was computed; null before the first. */
  readonly gradientPenalty: number | null;
  readonly augmentation: AdaptiveShare;
}

/** A point to return to. */
export interface AdversarialSnapshot {
  readonly generator: NetworkSnapshot;
  readonly discriminator: NetworkSnapshot;
  readonly average: tf.Tensor1D;
  readonly augmentation: AdaptiveShare;
  readonly steps: number;
}

export interface AdversarialParts {
  readonly generator: GeneratorNetwork;
  readonly discriminator: DiscriminatorNetwork;
  /** All tensors of either network by name; borrowed while the trainer lives. */
  readonly generatorTensors: NamedTensors;
  readonly discriminatorTensors: NamedTensors;
  readonly movingInGenerator: readonly string[];
  readonly movingInDiscriminator: readonly string[];
  /** For augmentation. */
  readonly uniform: UniformSource;
}

/**
 * Adversarial adaptation of a generator and its discriminator (Goodfellow et al., 2014; as StyleGAN2-ADA trains), one step at a time. The methods
 * are to be called while the backend is current; results that cross an await are read outside of it.
 */
export class AdversarialTrainer {
  readonly #parts: AdversarialParts;
  readonly #settings: AdversarialSettings;
  readonly #g: TrainedNetwork;
  readonly #d: TrainedNetwork;
  #average: tf.Tensor1D;
  #augmentation: AdaptiveShare;
  #steps = 0;
  #penalty: number | null = null;

  constructor(parts: AdversarialParts, settings: AdversarialSettings, augmentation: AdaptiveShare) {
    this.#parts = parts;
    this.#settings = settings;
    this.#augmentation = augmentation;
    this.#g = new TrainedNetwork(parts.generatorTensors, parts.movingInGenerator);
    this.#d = new TrainedNetwork(parts.discriminatorTensors, parts.movingInDiscriminator);
    this.#average = tf.clone(this.#g.vector);
  }

  /** Steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /** One step: the discriminator on real and generated pictures, every so often R1, then the generator, then the average. */
  async step(batch: AdversarialBatch): Promise<AdversarialFigures> {
    const scalars = this.#submit(batch);
    const values = await Promise.all(scalars.map(async (scalar) => (scalar ? ((await scalar.data())[0] ?? NaN) : null)));
    tf.dispose(scalars.filter((scalar) => scalar !== null));
    const [onDiscriminator, onGenerator, sign, penalty = null] = values;
    this.#penalty = penalty ?? this.#penalty;
    this.#augmentation = observeSigns(this.#augmentation, sign ?? 0, batch.real.shape[0], this.#settings.augmentation);
    return {
      generatorLoss: onGenerator ?? NaN,
      discriminatorLoss: onDiscriminator ?? NaN,
      gradientPenalty: this.#penalty,
      augmentation: this.#augmentation,
    };
  }

  /** Everything of a step that the backend does; scalars to be read: both losses, the mean sign on real pictures, and R1 or null. */
  #submit(batch: AdversarialBatch): readonly (tf.Scalar | null)[] {
    const { discriminatorAdam, generatorAdam, limit, r1Every, averageImages } = this.#settings;
    const count = batch.real.shape[0];
    const judged = this.#judge(batch);
    this.#d.update(judged.gradient, discriminatorAdam, limit);
    const penalised = r1Every > 0 && this.#steps % r1Every === 0 ? this.#penalise(batch) : null;
    if (penalised) this.#d.update(penalised.gradient, discriminatorAdam, limit);
    const drawn = this.#draw(batch);
    this.#g.update(drawn.gradient, generatorAdam, limit);
    const average = updateAverage(this.#average, this.#g.vector, count, averageImages);
    this.#average.dispose();
    this.#average = average;
    this.#steps += 1;
    tf.dispose([judged.gradient, drawn.gradient, ...(penalised ? [penalised.gradient] : [])]);
    return [judged.loss, drawn.loss, judged.sign, penalised?.loss ?? null];
  }

  #plan({ real }: AdversarialBatch): AugmentPlan {
    return planAugmentation(real.shape[0], real.shape[1], this.#augmentation.share, this.#parts.uniform);
  }

  #generate(parameters: NamedTensors, { z, oneHot, noise }: AdversarialBatch): tf.Tensor4D {
    const { generator } = this.#parts;
    const prepared = generator.prepare(parameters);
    return generator.synthesize(prepared, generator.toWs(prepared, generator.map(prepared, z, oneHot), 1, null), noise);
  }

  /** The discriminator's loss on this batch and its gradient, and the mean sign of its logits on real pictures. */
  #judge(batch: AdversarialBatch): { loss: tf.Scalar; gradient: tf.Tensor1D; sign: tf.Scalar } {
    const { discriminator } = this.#parts;
    const plans = [this.#plan(batch), this.#plan(batch)] as const;
    return tf.tidy(() => {
      const fakes = augmentImages(this.#generate(this.#g.parameters(), batch), plans[1]);
      const reals = augmentImages(batch.real, plans[0]);
      let sign: tf.Scalar | null = null;
      const { loss, gradient } = this.#d.differentiate((parameters) => {
        const prepared = discriminator.prepare(parameters);
        const onReal = discriminator.discriminate(prepared, reals, batch.oneHot);
        sign ??= tf.keep(tf.mean(tf.sign(onReal)));
        return discriminatorLoss(this.#settings.loss, onReal, discriminator.discriminate(prepared, fakes, batch.oneHot));
      });
      return { loss, gradient, sign: sign as unknown as tf.Scalar };
    });
  }

  /** R1 on the augmented real pictures, with the weight of the steps that it is left out of. */
  #penalise(batch: AdversarialBatch): { loss: tf.Scalar; gradient: tf.Tensor1D } {
    const { discriminator } = this.#parts;
    const { r1Gamma, r1Every } = this.#settings;
    const weight = (r1Gamma / 2) * r1Every;
    const plan = this.#plan(batch);
    return tf.tidy(() => {
      const { loss, gradient } = this.#d.differentiate((parameters) => {
        const prepared = discriminator.prepare(parameters);
        const judge = (x: tf.Tensor4D): tf.Tensor => discriminator.discriminate(prepared, augmentImages(x, plan), batch.oneHot);
        return tf.mul(gradientPenalty(judge, batch.real), weight);
      });
      return { loss: tf.div(loss, weight), gradient };
    });
  }

  /** The generator's loss and its gradient. */
  #draw(batch: AdversarialBatch): { loss: tf.Scalar; gradient: tf.Tensor1D } {
    const { discriminator } = this.#parts;
    const plan = this.#plan(batch);
    return tf.tidy(() => {
      const prepared = discriminator.prepare(this.#d.parameters());
      return this.#g.differentiate((parameters) => {
        const fakes = augmentImages(this.#generate(parameters, batch), plan);
        return generatorLoss(this.#settings.loss, discriminator.discriminate(prepared, fakes, batch.oneHot));
      });
    });
  }

  /** The averaged generator's tensors, all of them; those that moved are the caller's to dispose of, by the names in `moved`. */
  averagedTensors(): { readonly tensors: Map<string, tf.Tensor>; readonly moved: readonly string[] } {
    return { tensors: this.#g.parameters(this.#average), moved: this.#g.layout.names };
  }

  snapshot(): AdversarialSnapshot {
    return {
      generator: this.#g.snapshot(),
      discriminator: this.#d.snapshot(),
      average: tf.clone(this.#average),
      augmentation: this.#augmentation,
      steps: this.#steps,
    };
  }

  /** Goes back to a snapshot, which stays the caller's. */
  restore({ generator, discriminator, average, augmentation, steps }: AdversarialSnapshot): void {
    this.#g.restore(generator);
    this.#d.restore(discriminator);
    this.#average.dispose();
    this.#average = tf.clone(average);
    this.#augmentation = augmentation;
    this.#steps = steps;
  }

  dispose(): void {
    this.#g.dispose();
    this.#d.dispose();
    this.#average.dispose();
  }
}

export function disposeAdversarialSnapshot({ generator, discriminator, average }: AdversarialSnapshot): void {
  disposeSnapshot(generator);
  disposeSnapshot(discriminator);
  average.dispose();
}
