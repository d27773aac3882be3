import * as tf from '@tensorflow/tfjs-core';
import type { DiscriminatorNetwork } from '../model/discriminator-network.ts';
import type { GeneratorNetwork, Noise } from '../model/generator-network.ts';
import { RepeatedWork } from '../runtime/repeated-work.ts';
import type { AdamSettings } from './adam.ts';
import { observeSigns, type AdaptiveShare, type AdaptiveShareSettings } from './adaptive-share.ts';
import { applyAugmentation, planAugmentation, planTensors, type AugmentTensors, type UniformSource } from './diff-augment.ts';
import type { NamedTensors } from './flat-parameters.ts';
import { differentiateWith, learnStep, type Lesson } from './learn-step.ts';
import type { GradientLimit } from './limit-gradient.ts';
import { discriminatorLoss, generatorLoss, gradientPenalty } from './losses.ts';
import type { AdversarialLoss } from './training-settings.ts';
import { updateAverage } from './moving-average.ts';
import { group, ungroup } from './tensor-groups.ts';
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
  /** Half-life of the moving average, in images; at first a fifth of the images seen, so that short trainings show what they learnt. */
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

/** Of the images seen: how long the average's half-life may be. */
const AVERAGE_RAMP_UP = 0.2;

/** Of work: three parts of a step, with shifts and without. */
const KINDS = 6;

/** The batch that stands among named tensors, with noise of that mode. */
function takeBatch(given: tf.NamedTensorMap, { mode }: Noise): AdversarialBatch {
  return {
    real: given['real'] as tf.Tensor4D,
    z: given['z'] as tf.Tensor2D,
    oneHot: (given['oneHot'] as tf.Tensor2D | undefined) ?? null,
    noise: mode === 'random' ? { mode, fields: (layer) => given[`noise${layer}`] as tf.Tensor4D } : { mode },
  };
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
  readonly #work = new RepeatedWork({ most: KINDS, recorded: 'at-once' });
  /** What both learning rates are multiplied by, greater than 0; for training that has become unstable. */
  learningRateFactor = 1;
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
    const { r1Every } = this.#settings;
    const judged = this.#judge(batch);
    const penalised = r1Every > 0 && this.#steps % r1Every === 0 ? this.#penalise(batch) : null;
    const drawn = this.#draw(batch);
    this.#average.dispose();
    this.#average = drawn.average;
    this.#steps += 1;
    return [judged.loss, drawn.loss, judged.sign, penalised?.loss ?? null];
  }

  /** A plan's tensors under that name; a tidy's. */
  #plan(name: string, { real }: AdversarialBatch): tf.NamedTensorMap {
    const { share } = this.#augmentation;
    return group(name, planTensors(planAugmentation(real.shape[0], real.shape[1], share, this.#parts.uniform), share > 0));
  }

  #generate(parameters: NamedTensors, { z, oneHot, noise }: Omit<AdversarialBatch, 'real'>): tf.Tensor4D {
    const { generator } = this.#parts;
    const prepared = generator.prepare(parameters);
    return generator.synthesize(prepared, generator.toWs(prepared, generator.map(prepared, z, oneHot), 1, null), noise);
  }

  /** {@link learnStep} of either network, at its own pace. */
  #learn<Figures extends tf.NamedTensorMap>(
    kind: string,
    network: TrainedNetwork,
    inputs: () => tf.NamedTensorMap,
    differentiate: (given: tf.NamedTensorMap, vector: tf.Tensor1D) => Lesson<Figures>,
  ): Figures {
    const { generatorAdam, discriminatorAdam, limit } = this.#settings;
    const pace = { adam: network === this.#g ? generatorAdam : discriminatorAdam, limit, rate: this.learningRateFactor };
    return learnStep(this.#work, kind, network, pace, inputs, differentiate);
  }

  /** The discriminator moves by its loss on this batch; that, and the mean sign of its logits on real pictures. */
  #judge(batch: AdversarialBatch): { loss: tf.Scalar; sign: tf.Scalar } {
    const { discriminator } = this.#parts;
    // As for all of them: in the order in which they are drawn.
    const inputs = (): tf.NamedTensorMap => ({
      ...this.#plan('reals', batch),
      ...this.#plan('fakes', batch),
      ...this.#batchTensors(batch),
      generator: this.#g.vector,
    });
    return this.#learn(`judge, noise ${batch.noise.mode}`, this.#d, inputs, (given, vector) => {
      const taken = takeBatch(given, batch.noise);
      const generator = this.#g.parameters(given['generator'] as tf.Tensor1D);
      const fakes = applyAugmentation(this.#generate(generator, taken), ungroup<AugmentTensors>(given, 'fakes'));
      const reals = applyAugmentation(taken.real, ungroup<AugmentTensors>(given, 'reals'));
      return differentiateWith(this.#d, vector, (parameters) => {
        const prepared = discriminator.prepare(parameters);
        const onReal = discriminator.discriminate(prepared, reals, taken.oneHot);
        const sign = tf.mean<tf.Scalar>(tf.sign(onReal));
        const loss = discriminatorLoss(this.#settings.loss, onReal, discriminator.discriminate(prepared, fakes, taken.oneHot));
        return { loss, figures: { loss, sign } };
      });
    });
  }

  /** The discriminator moves by R1 on the augmented real pictures, with the weight of the steps that it is left out of. */
  #penalise(batch: AdversarialBatch): { loss: tf.Scalar } {
    const { discriminator } = this.#parts;
    const { r1Gamma, r1Every } = this.#settings;
    const weight = (r1Gamma / 2) * r1Every;
    const inputs = (): tf.NamedTensorMap => ({
      ...this.#plan('reals', batch),
      ...this.#batchTensors({ ...batch, noise: { mode: 'none' } }),
    });
    return this.#learn('penalise', this.#d, inputs, (given, vector) => {
      const { real, oneHot } = takeBatch(given, { mode: 'none' });
      const plan = ungroup<AugmentTensors>(given, 'reals');
      const { loss, gradient } = this.#d.differentiate((parameters) => {
        const prepared = discriminator.prepare(parameters);
        const judge = (x: tf.Tensor4D): tf.Tensor => discriminator.discriminate(prepared, applyAugmentation(x, plan), oneHot);
        return tf.mul(gradientPenalty(judge, real), weight);
      }, vector);
      return { gradient, figures: { loss: tf.div<tf.Scalar>(loss, weight) } };
    });
  }

  /** The generator moves by its loss, and the average follows it. */
  #draw(batch: AdversarialBatch): { loss: tf.Scalar; average: tf.Tensor1D } {
    const { discriminator } = this.#parts;
    const { loss: kind, averageImages } = this.#settings;
    const inputs = (): tf.NamedTensorMap => ({
      ...this.#plan('fakes', batch),
      ...this.#batchTensors(batch),
      discriminator: this.#d.vector,
    });
    const { loss } = this.#learn(`draw, noise ${batch.noise.mode}`, this.#g, inputs, (given, vector) => {
      const taken = takeBatch(given, batch.noise);
      const prepared = discriminator.prepare(this.#d.parameters(given['discriminator'] as tf.Tensor1D));
      const { loss: value, gradient } = this.#g.differentiate((parameters) => {
        const fakes = applyAugmentation(this.#generate(parameters, taken), ungroup<AugmentTensors>(given, 'fakes'));
        return generatorLoss(kind, discriminator.discriminate(prepared, fakes, taken.oneHot));
      }, vector);
      return { gradient, figures: { loss: value } };
    });
    const [count] = batch.real.shape;
    const halfLife = Math.min(averageImages, AVERAGE_RAMP_UP * count * (this.#steps + 1));
    return { loss, average: updateAverage(this.#average, this.#g.vector, count, halfLife) };
  }

  /** The batch by names; {@link takeBatch} is its inverse. */
  #batchTensors({ real, z, oneHot, noise }: AdversarialBatch): tf.NamedTensorMap {
    const fields =
      noise.mode === 'random' ? this.#parts.generator.noiseSizes.map((_, layer) => [`noise${layer}`, noise.fields(layer)] as const) : [];
    return { real, z, ...(oneHot && { oneHot }), ...Object.fromEntries(fields) };
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
    this.#work.dispose();
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
