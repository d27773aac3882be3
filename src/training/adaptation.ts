import * as tf from '@tensorflow/tfjs-core';
import type { DiscriminatorNetwork } from '../model/discriminator-network.ts';
import type { GeneratorNetwork, Noise } from '../model/generator-network.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import {
  AdversarialTrainer,
  disposeAdversarialSnapshot,
  type AdversarialBatch,
  type AdversarialSettings,
  type AdversarialSnapshot,
} from './adversarial-trainer.ts';
import type { AdaptiveShare } from './adaptive-share.ts';
import { BatchSource, type BatchSourceOptions, type StepStreams } from './batch-source.ts';
import type { NamedTensors } from './flat-parameters.ts';
import { chooseDiscriminatorParameters, chooseGeneratorParameters, type MovingPart } from './moving-parts.ts';
import type { ShownTensors, StepFigures, Trainer } from './trainer.ts';

export interface AdaptationOptions extends Omit<BatchSourceOptions, 'side'> {
  readonly settings: AdversarialSettings;
  readonly augmentation: AdaptiveShare;
  readonly moving: MovingPart;
  /** Blocks of the discriminator, those nearest to the picture, that do not move (FreezeD). */
  readonly frozenBlocks: number;
  /** The class that becomes like the pictures; null: all of them, or a model without classes. */
  readonly classIndex: number | null;
  /** Keep what the model draws beside the pictures: half of what the discriminator takes for real is the untouched generator's. */
  readonly addsToModel: boolean;
  /** Whether the model serves every latent size, and is to go on doing so. */
  readonly nested: boolean;
  /** Whether the model was trained with noise, and so is trained with it. */
  readonly hasNoise: boolean;
}

export interface AdaptationNetworks {
  readonly architecture: StyleGan2Architecture;
  readonly generator: GeneratorNetwork;
  readonly discriminator: DiscriminatorNetwork;
  /** All tensors of either network by name; borrowed while the trainer lives. */
  readonly generatorTensors: NamedTensors;
  readonly discriminatorTensors: NamedTensors;
}

/** Adversarial adaptation of a StyleGAN2 to a set of pictures: an {@link AdversarialTrainer} with the batches that it learns from. */
export class Adaptation implements Trainer<AdversarialSnapshot> {
  readonly #networks: AdaptationNetworks;
  readonly #options: AdaptationOptions;
  readonly #source: BatchSource;
  readonly #trainer: AdversarialTrainer;
  #streams: StepStreams;

  constructor(networks: AdaptationNetworks, options: AdaptationOptions) {
    const { architecture, generator, discriminator, generatorTensors, discriminatorTensors } = networks;
    this.#networks = networks;
    this.#options = options;
    this.#source = new BatchSource({ ...options, side: architecture.resolution });
    this.#streams = this.#source.streams(0);
    const own = (names: readonly string[], tensors: NamedTensors): string[] => names.filter((name) => tensors.has(name));
    const parts = {
      ...{ generator, discriminator, generatorTensors, discriminatorTensors },
      movingInGenerator: chooseGeneratorParameters(own(generator.parameterNames, generatorTensors), options.moving, architecture),
      movingInDiscriminator: chooseDiscriminatorParameters(
        own(discriminator.parameterNames, discriminatorTensors),
        options.frozenBlocks,
        architecture,
      ),
      uniform: (count: number) => this.#streams.uniform(count),
    };
    this.#trainer = new AdversarialTrainer(parts, options.settings, options.augmentation);
  }

  get steps(): number {
    return this.#trainer.steps;
  }

  /** What both learning rates are multiplied by. */
  get learningRateFactor(): number {
    return this.#trainer.learningRateFactor;
  }

  set learningRateFactor(factor: number) {
    this.#trainer.learningRateFactor = factor;
  }

  async step(): Promise<StepFigures> {
    this.#streams = this.#source.streams(this.steps);
    const batch = this.#draw();
    const running = this.#trainer.step(batch.given);
    // What the step needs of the batch is under way when it first waits.
    tf.dispose(batch.owned);
    const { generatorLoss, discriminatorLoss, gradientPenalty, augmentation } = await running;
    return {
      generator: generatorLoss,
      discriminator: discriminatorLoss,
      ...(gradientPenalty !== null && { penalty: gradientPenalty }),
      augmentation: augmentation.share,
      overfitting: augmentation.overfitting,
    };
  }

  #draw(): { readonly given: AdversarialBatch; readonly owned: tf.Tensor[] } {
    const { architecture, generator } = this.#networks;
    const { nested, hasNoise, addsToModel } = this.#options;
    const streams = this.#streams;
    const { batch } = this.#source;
    const shown = this.#source.pictures(this.steps, streams);
    const z = this.#source.latents(architecture.z_dim, nested, streams);
    const oneHot = this.#drawClasses(streams);
    const fields = hasNoise
      ? generator.noiseSizes.map((size) => tf.tensor4d(streams.normal(batch * size * size), [batch, size, size, 1]))
      : [];
    const noise: Noise = hasNoise ? { mode: 'random', fields: (layer) => fields[layer] as tf.Tensor4D } : { mode: 'none' };
    const real = addsToModel ? this.#mixWithModel(shown, { oneHot, noise }, streams) : shown;
    return { given: { real, z, oneHot, noise }, owned: [...new Set([shown, real, z, ...(oneHot ? [oneHot] : []), ...fields])] };
  }

  /** [batch, classes]; null where there are none. */
  #drawClasses({ uniform }: StepStreams): tf.Tensor2D | null {
    const { classes } = this.#networks.architecture;
    if (classes === 0) return null;
    const { batch } = this.#source;
    const values = new Float32Array(batch * classes);
    for (const [n, coin] of uniform(batch).entries()) {
      values[n * classes + (this.#options.classIndex ?? Math.min(classes - 1, Math.floor(coin * classes)))] = 1;
    }
    return tf.tensor2d(values, [batch, classes]);
  }

  /** The second half of the pictures is what the untouched generator draws. */
  #mixWithModel(shown: tf.Tensor4D, { oneHot, noise }: Pick<AdversarialBatch, 'oneHot' | 'noise'>, streams: StepStreams): tf.Tensor4D {
    const { generator, generatorTensors, architecture } = this.#networks;
    const z = this.#source.latents(architecture.z_dim, false, streams);
    return tf.tidy(() => {
      const prepared = generator.prepare(generatorTensors);
      const drawn = generator.synthesize(prepared, generator.toWs(prepared, generator.map(prepared, z, oneHot), 1, null), noise);
      z.dispose();
      const half = Math.ceil(shown.shape[0] / 2);
      const [count, ...size] = shown.shape;
      const kept = tf.slice(shown, [0, 0, 0, 0], [half, ...size]);
      return tf.concat([kept, tf.slice(tf.clipByValue(drawn, -1, 1), [half, 0, 0, 0], [count - half, ...size])]);
    });
  }

  shownTensors(): ShownTensors {
    return this.#trainer.averagedTensors();
  }

  snapshot(): AdversarialSnapshot {
    return this.#trainer.snapshot();
  }

  restore(snapshot: AdversarialSnapshot): void {
    this.#trainer.restore(snapshot);
  }

  disposeSnapshot(snapshot: AdversarialSnapshot): void {
    disposeAdversarialSnapshot(snapshot);
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}
