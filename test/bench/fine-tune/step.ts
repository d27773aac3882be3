/**
 * One adversarial training step of a StyleGAN2 by the project's own trainer: the discriminator on real pictures and fakes, R1 lazily, the generator,
 * augmentation, Adam, and the moving average. Every peer runs the same code, and only what is under it differs.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createNormalStream } from '../../../src/latent/seeded-random.ts';
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

/** R1 comes at every second step here, so that steps with and without it can be timed in turns; its weight is that of every 16th. */
const PENALTY_EVERY = 2;
const ADAM = { learningRate: 0.0025, beta1: 0, beta2: 0.99, epsilon: 1e-8 };
const SETTINGS: AdversarialSettings = {
  loss: 'non-saturating',
  generatorAdam: ADAM,
  discriminatorAdam: ADAM,
  limit: null,
  r1Gamma: (0.1 * 16) / PENALTY_EVERY,
  r1Every: PENALTY_EVERY,
  augmentation: { target: 0, images: 1, most: 1 },
  averageImages: 10_000,
};
const AUGMENTED_SHARE = 0.3;

/** The networks' tensors by their names in the weights files. */
export interface StepWeights {
  readonly architecture: StyleGan2Architecture;
  readonly generator: ReadonlyMap<string, WeightsTensor>;
  readonly discriminator: ReadonlyMap<string, WeightsTensor>;
}

/** The parts of a step that give gradients; each has a loss of its own. */
type StepPart = 'discriminator' | 'generator' | 'penalty';

function toTensors(weights: ReadonlyMap<string, WeightsTensor>): NamedTensors {
  return new Map([...weights].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]));
}

/** The golden ratio's sequence: evenly spread, always the same. */
function createUniform(): (count: number) => Float32Array {
  let state = 0;
  return (count) => Float32Array.from({ length: count }, () => (state = (state + 0.6180339887) % 1));
}

function drawBatch(network: GeneratorNetwork, { resolution, z_dim, classes }: StyleGan2Architecture, count: number): AdversarialBatch {
  const draw = createNormalStream('fine-tune', 'bench');
  const z = tf.tensor2d(draw(count * z_dim), [count, z_dim]);
  // Not tf.oneHot: that of TF.js 4.22 on WASM writes integers' bits where floats are asked for.
  const chosen = Float32Array.from({ length: count * classes }, (_, at) => (at % classes === Math.floor(at / classes) % classes ? 1 : 0));
  const oneHot = classes ? tf.tensor2d(chosen, [count, classes]) : null;
  const real = tf.tensor4d(draw(count * resolution ** 2 * 3), [count, resolution, resolution, 3]);
  const fields = network.noiseSizes.map((size) => tf.tensor4d(draw(count * size * size), [count, size, size, 1]));
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
    this.#batch = drawBatch(networks.generator, architecture, batch);
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
