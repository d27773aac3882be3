/**
 * One adversarial training step of a StyleGAN2, as fine-tuning takes it (weights/training/train.py): the discriminator on real pictures and fakes,
 * the generator, R1 lazily, Adam, and the moving average. Nothing but the model's networks and TensorFlow.js's operations, so that every peer
 * runs the same code and only the kernels under it differ.
 */
import * as tf from '@tensorflow/tfjs-core';
import { createNormalStream } from '../../../src/latent/seeded-random.ts';
import { createDiscriminatorNetwork, type DiscriminatorNetwork } from '../../../src/model/discriminator-network.ts';
import { createGeneratorNetwork, type GeneratorNetwork, type Noise } from '../../../src/model/generator-network.ts';
import type { Prepared } from '../../../src/model/network.ts';
import type { StyleGan2Architecture } from '../../../src/weights/architecture.ts';
import type { WeightsTensor } from '../../../src/weights/weights-file.ts';

const LEARNING_RATE = 0.0025;
/** Adam's second-moment decay; the recipe has no first moment. */
const DECAY = 0.99;
const EPSILON = 1e-8;
/** R1's weight γ/2, times the steps that it is applied for at once. */
const PENALTY_WEIGHT = 0.05 * 16;
const KEEP = 0.999;

/** The networks' tensors by their names in the weights files. */
export interface StepWeights {
  readonly architecture: StyleGan2Architecture;
  readonly generator: ReadonlyMap<string, WeightsTensor>;
  readonly discriminator: ReadonlyMap<string, WeightsTensor>;
}

/** The parts of a step that give gradients; each has a loss of its own. */
export const STEP_PARTS = ['discriminator', 'generator', 'penalty'] as const;
export type StepPart = (typeof STEP_PARTS)[number];

/** A network's parameters in training. */
interface Trained {
  readonly names: readonly string[];
  /** All tensors, buffers included; those of `names` are replaced by every step. */
  readonly tensors: Map<string, tf.Tensor>;
  /** Running means of the squared gradients. */
  readonly squares: Map<string, tf.Tensor>;
}

function createTrained(tensors: ReadonlyMap<string, WeightsTensor>, names: readonly string[]): Trained {
  const all = new Map([...tensors].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]));
  const moved = names.filter((name) => all.has(name));
  return { names: moved, tensors: all, squares: new Map(moved.map((name) => [name, tf.zerosLike(all.get(name) as tf.Tensor)])) };
}

/** Replaces tensors of the map by what `update` gives for each. */
function replaceEach(tensors: Map<string, tf.Tensor>, names: readonly string[], update: (name: string, old: tf.Tensor) => tf.Tensor): void {
  for (const name of names) {
    const old = tensors.get(name) as tf.Tensor;
    tensors.set(
      name,
      tf.tidy(() => update(name, old)),
    );
    old.dispose();
  }
}

const meanSoftplus = (logits: tf.Tensor): tf.Scalar => tf.mean(tf.softplus(logits));

/** A pair of networks in training on a fixed batch. Its methods are to be called while the backend is current. */
export class AdversarialStep {
  readonly #generator: GeneratorNetwork;
  readonly #discriminator: DiscriminatorNetwork;
  readonly #g: Trained;
  readonly #d: Trained;
  readonly #average: Map<string, tf.Tensor>;
  readonly #z: tf.Tensor2D;
  readonly #classes: tf.Tensor2D | null;
  readonly #real: tf.Tensor4D;
  readonly #noise: Noise;

  constructor({ architecture, generator, discriminator }: StepWeights, batch: number) {
    this.#generator = createGeneratorNetwork(architecture);
    this.#discriminator = createDiscriminatorNetwork(architecture);
    this.#g = createTrained(generator, this.#generator.parameterNames);
    this.#d = createTrained(discriminator, this.#discriminator.parameterNames);
    this.#average = new Map(this.#g.names.map((name) => [name, tf.clone(this.#g.tensors.get(name) as tf.Tensor)]));
    const { resolution, z_dim, classes } = architecture;
    const draw = createNormalStream('fine-tune', 'bench');
    this.#z = tf.tensor2d(draw(batch * z_dim), [batch, z_dim]);
    const labels = Array.from({ length: batch }, (_, index) => index % classes);
    this.#classes = classes ? (tf.oneHot(tf.tensor1d(labels, 'int32'), classes, 1, 0, 'float32') as tf.Tensor2D) : null;
    this.#real = tf.tensor4d(draw(batch * resolution ** 2 * 3), [batch, resolution, resolution, 3]);
    const fields = this.#generator.noiseSizes.map((size) => tf.tensor4d(draw(batch * size * size), [batch, size, size, 1]));
    this.#noise = { mode: 'random', fields: (layer) => fields[layer] as tf.Tensor4D };
  }

  /** Everything: two or three gradients, two or three moves, and the average. */
  run(withPenalty: boolean): void {
    for (const part of STEP_PARTS) {
      if (part === 'penalty' && !withPenalty) continue;
      const gradients = this.gradients(part);
      this.#move(part === 'generator' ? this.#g : this.#d, gradients);
      tf.dispose([...gradients.values()]);
    }
    replaceEach(this.#average, this.#g.names, (name, old) =>
      tf.add(tf.mul(old, KEEP), tf.mul(this.#g.tensors.get(name) as tf.Tensor, 1 - KEEP)),
    );
  }

  /** The gradients of a part's loss by its network's parameters, as they are now. */
  gradients(part: StepPart): Map<string, tf.Tensor> {
    switch (part) {
      case 'discriminator':
        return this.#discriminatorGradients();
      case 'generator':
        return this.#generatorGradients();
      case 'penalty':
        return this.#penaltyGradients();
    }
  }

  /** Some number of the step's result, read so that whatever was only submitted is done. */
  async finish(): Promise<void> {
    const last = this.#average.get(this.#g.names[0] as string) as tf.Tensor;
    await last.data();
  }

  #fakes(prepared: Prepared): tf.Tensor4D {
    const ws = this.#generator.toWs(prepared, this.#generator.map(prepared, this.#z, this.#classes), 1, null);
    return this.#generator.synthesize(prepared, ws, this.#noise);
  }

  #discriminatorGradients(): Map<string, tf.Tensor> {
    const fakes = tf.tidy(() => this.#fakes(this.#generator.prepare(this.#g.tensors)));
    const gradients = gradientsBy(this.#d, (tensors) => {
      const prepared = this.#discriminator.prepare(tensors);
      const onReal = this.#discriminator.discriminate(prepared, this.#real, this.#classes);
      const onFakes = this.#discriminator.discriminate(prepared, fakes, this.#classes);
      return tf.add(meanSoftplus(tf.neg(onReal)), meanSoftplus(onFakes));
    });
    fakes.dispose();
    return gradients;
  }

  #generatorGradients(): Map<string, tf.Tensor> {
    return gradientsBy(this.#g, (tensors) => {
      const judge = this.#discriminator.prepare(this.#d.tensors);
      const fakes = this.#fakes(this.#generator.prepare(tensors));
      return meanSoftplus(tf.neg(this.#discriminator.discriminate(judge, fakes, this.#classes)));
    });
  }

  #penaltyGradients(): Map<string, tf.Tensor> {
    return gradientsBy(this.#d, (tensors) => {
      const prepared = this.#discriminator.prepare(tensors);
      const judge = (x: tf.Tensor): tf.Tensor => tf.sum(this.#discriminator.discriminate(prepared, x as tf.Tensor4D, this.#classes));
      const { value, grad } = tf.valueAndGrad(judge)(this.#real);
      const penalty = tf.mul(tf.sum(tf.square(grad)), PENALTY_WEIGHT / this.#real.shape[0]);
      // As in the recipe: every parameter must have a gradient, and R1 has none by the biases.
      return tf.add(penalty, tf.mul(value, 0));
    });
  }

  /** A step of Adam without a first moment. */
  #move(trained: Trained, gradients: ReadonlyMap<string, tf.Tensor>): void {
    replaceEach(trained.squares, trained.names, (name, old) =>
      tf.add(tf.mul(old, DECAY), tf.mul(tf.square(gradients.get(name) as tf.Tensor), 1 - DECAY)),
    );
    replaceEach(trained.tensors, trained.names, (name, old) => {
      const length = tf.add(tf.sqrt(trained.squares.get(name) as tf.Tensor), EPSILON);
      return tf.sub(old, tf.mul(tf.div(gradients.get(name) as tf.Tensor, length), LEARNING_RATE));
    });
  }
}

/** Gradients of a loss by the moved parameters. */
function gradientsBy({ names, tensors }: Trained, loss: (tensors: Map<string, tf.Tensor>) => tf.Tensor): Map<string, tf.Tensor> {
  const differentiate = tf.valueAndGrads(
    (...moved: tf.Tensor[]) =>
      loss(new Map([...tensors, ...names.map((name, index) => [name, moved[index] as tf.Tensor] as const)])) as tf.Scalar,
  );
  const { value, grads } = tf.tidy(() => differentiate(names.map((name) => tensors.get(name) as tf.Tensor)));
  value.dispose();
  return new Map(names.map((name, index) => [name, grads[index] as tf.Tensor]));
}
