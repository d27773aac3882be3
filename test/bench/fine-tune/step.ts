/**
 * One adversarial training step of a StyleGAN2 by the project's own trainer: the discriminator on real pictures and fakes, R1 lazily, the generator,
 * augmentation, Adam, and the moving average. Every peer runs the same code, and only what is under it differs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createDiscriminatorNetwork } from '../../../src/model/discriminator-network.ts';
import { createGeneratorNetwork, type GeneratorNetwork } from '../../../src/model/generator-network.ts';
import {
  AdversarialTrainer,
  disposeAdversarialSnapshot,
  type AdversarialBatch,
  type AdversarialParts,
  type AdversarialSettings,
} from '../../../src/training/adversarial-trainer.ts';
import { createLayout, unflatten, type NamedTensors } from '../../../src/training/flat-parameters.ts';
import type { StyleGan2Architecture } from '../../../src/weights/architecture.ts';
import type { WeightsTensor } from '../../../src/weights/weights-file.ts';
import {
  ADAM,
  AUGMENTED_SHARE,
  AVERAGE_IMAGES,
  createUniform,
  drawStepNumbers,
  PENALTY_EVERY,
  R1_GAMMA,
  type StepPart,
  type StepWeights,
} from './step-recipe.ts';

const SETTINGS: AdversarialSettings = {
  loss: 'non-saturating',
  generatorAdam: ADAM,
  discriminatorAdam: ADAM,
  limit: null,
  r1Gamma: R1_GAMMA,
  r1Every: PENALTY_EVERY,
  augmentation: { target: 0, images: 1, most: 1 },
  averageImages: AVERAGE_IMAGES,
};

function toTensors(weights: ReadonlyMap<string, WeightsTensor>): NamedTensors {
  return new Map([...weights].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]));
}

function createBatch(network: GeneratorNetwork, architecture: StyleGan2Architecture, count: number): AdversarialBatch {
  const { resolution, z_dim, classes } = architecture;
  const numbers = drawStepNumbers(architecture, count);
  const z = tf.tensor2d(numbers.z, [count, z_dim]);
  // Not tf.oneHot: that of TF.js 4.22 on WASM writes integers' bits where floats are asked for.
  const oneHot = classes ? tf.tensor2d(numbers.oneHot, [count, classes]) : null;
  const real = tf.tensor4d(numbers.real, [count, resolution, resolution, 3]);
  const fields = network.noiseSizes.map((size, layer) => tf.tensor4d(numbers.noise[layer] ?? [], [count, size, size, 1]));
  return { real, z, oneHot, noise: { mode: 'random', fields: (layer) => fields[layer] as tf.Tensor4D } };
}

/** A pair of networks in training on a fixed batch. Its methods are to be called while the backend is current. */
export class AdversarialStep {
  readonly #parts: Omit<AdversarialParts, 'uniform'>;
  readonly #batch: AdversarialBatch;
  readonly #trainer: AdversarialTrainer;

  constructor({ architecture, generator, discriminator }: StepWeights, batch: number) {
    const networks = { generator: createGeneratorNetwork(architecture), discriminator: createDiscriminatorNetwork(architecture) };
    this.#parts = {
      ...networks,
      generatorTensors: toTensors(generator),
      discriminatorTensors: toTensors(discriminator),
      movingInGenerator: networks.generator.parameterNames.filter((name) => generator.has(name)),
      movingInDiscriminator: networks.discriminator.parameterNames.filter((name) => discriminator.has(name)),
    };
    this.#batch = createBatch(networks.generator, architecture, batch);
    this.#trainer = this.#createTrainer(SETTINGS);
  }

  /** Makes the next step one with R1, or one without. */
  async prepare(withPenalty: boolean): Promise<void> {
    if ((this.#trainer.steps % PENALTY_EVERY === 0) !== withPenalty) await this.run();
  }

  /** A whole step. What is synchronous of it is the work of the processor alone where a GPU does the rest. */
  async run(): Promise<void> {
    await this.#trainer.step(this.#batch);
  }

  /** The gradients of every part by its network's parameters, before any step, by part and parameter; owned by the caller. */
  async gradients(): Promise<Map<string, tf.Tensor>> {
    const still = { ...ADAM, learningRate: 0 };
    const all = new Map<string, tf.Tensor>();
    for (const r1Every of [0, 1]) {
      // Adam without a running mean remembers the last gradient; without a rate it moves nothing.
      const trainer = this.#createTrainer({ ...SETTINGS, generatorAdam: still, discriminatorAdam: still, r1Every });
      // On WebGPU the second step is what was recorded in the first.
      for (let step = 0; step < (tf.getBackend() === 'webgpu' ? 2 : 1); step++) await trainer.step(this.#batch);
      const snapshot = trainer.snapshot();
      if (r1Every === 0) this.#addGradients(all, 'generator', snapshot.generator.adam.mean);
      this.#addGradients(all, r1Every === 0 ? 'discriminator' : 'penalty', snapshot.discriminator.adam.mean);
      disposeAdversarialSnapshot(snapshot);
      trainer.dispose();
    }
    return all;
  }

  #addGradients(all: Map<string, tf.Tensor>, part: StepPart, vector: tf.Tensor1D): void {
    const { generatorTensors, discriminatorTensors, movingInGenerator, movingInDiscriminator } = this.#parts;
    const layout =
      part === 'generator' ? createLayout(generatorTensors, movingInGenerator) : createLayout(discriminatorTensors, movingInDiscriminator);
    for (const [name, gradient] of unflatten(layout, vector)) all.set(`${part} ${name}`, gradient);
  }

  #createTrainer(settings: AdversarialSettings): AdversarialTrainer {
    const augmentation = { share: AUGMENTED_SHARE, overfitting: 0 };
    return new AdversarialTrainer({ ...this.#parts, uniform: createUniform() }, settings, augmentation);
  }
}
