import * as tf from '@tensorflow/tfjs-core';
import type { BatchStatistics } from '../model/batch-statistics.ts';
import { DcganDiscriminator, DcganGenerator } from '../model/dcgan-networks.ts';
import { RepeatedWork } from '../runtime/repeated-work.ts';
import type { DcganArchitecture } from '../weights/architecture.ts';
import type { AdamSettings } from './adam.ts';
import { BatchSource, type BatchSourceOptions } from './batch-source.ts';
import { chooseDcganParameters, moveStatistics, statisticsTensors } from './dcgan-training.ts';
import { divergenceLoss, reconstructionLoss, sampleLatents, type Posterior } from './elbo.ts';
import type { NamedTensors } from './flat-parameters.ts';
import { differentiateWith, learnStep, readFigures } from './learn-step.ts';
import { RunningStatistics } from './running-statistics.ts';
import { group, ungroup } from './tensor-groups.ts';
import { disposeSnapshot, TrainedNetwork, type NetworkSnapshot } from './trained-network.ts';
import type { ShownTensors, StepFigures, Trainer } from './trainer.ts';

export interface VaeOptions extends Omit<BatchSourceOptions, 'side'> {
  readonly adam: AdamSettings;
  /** Of the divergence beside the reconstruction, 0 or more; 1: the evidence lower bound (Kingma and Welling), others: Higgins et al., 2017. */
  readonly beta: number;
}

export interface VaeNetworks {
  /** A DCGAN with both networks: the generator is the decoder, of the discriminator {@link createEncoderArchitecture} makes the encoder. */
  readonly architecture: DcganArchitecture;
  /** All tensors of the generator, and of the encoder as the encoder's architecture's discriminator; borrowed while the trainer lives. */
  readonly generatorTensors: NamedTensors;
  readonly encoderTensors: NamedTensors;
}

/** A point to return to. */
export interface VaeSnapshot {
  readonly networks: NetworkSnapshot;
  readonly statistics: tf.NamedTensorMap;
  readonly steps: number;
}

/** The DCGAN with, as its discriminator, an encoder: the same layers, but the last gives the mean and the log variance of z. No weights file's. */
export function createEncoderArchitecture(architecture: DcganArchitecture): DcganArchitecture {
  const layers = architecture.discriminator;
  const encoder = layers.map((layer, index) =>
    index < layers.length - 1 ? layer : { ...layer, filters: 2 * architecture.z_dim, activation: 'none' as const },
  );
  return { ...architecture, discriminator: encoder };
}

/**
 * A variational autoencoder (Kingma and Welling, 2014): an encoder makes of each picture a distribution of z, of which the DCGAN's generator is to
 * draw the picture again. Equal networks and options give equal steps. The methods are to be called while the backend is current; results that cross
 * an await are read outside of it.
 */
export class VaeTrainer implements Trainer<VaeSnapshot> {
  /** What the learning rate is multiplied by, greater than 0; for training that has become unstable. */
  learningRateFactor = 1;
  readonly #options: VaeOptions;
  readonly #generator: DcganGenerator;
  readonly #encoder: DcganDiscriminator;
  /** Both, whose names differ. */
  readonly #networks: TrainedNetwork;
  readonly #statistics: RunningStatistics;
  readonly #source: BatchSource;
  readonly #work = new RepeatedWork({ most: 1, recorded: 'at-once' });
  #steps = 0;

  constructor({ architecture, generatorTensors, encoderTensors }: VaeNetworks, options: VaeOptions) {
    const withEncoder = createEncoderArchitecture(architecture);
    this.#options = options;
    this.#generator = new DcganGenerator(architecture);
    this.#encoder = new DcganDiscriminator(withEncoder);
    const all = new Map([...generatorTensors, ...encoderTensors]);
    const moving = [
      ...chooseDcganParameters(this.#generator.parameterNames, architecture, 'generator'),
      ...chooseDcganParameters(this.#encoder.parameterNames, withEncoder, 'discriminator'),
    ];
    this.#networks = new TrainedNetwork(all, moving);
    this.#statistics = new RunningStatistics(all, [...this.#generator.bufferNames, ...this.#encoder.bufferNames]);
    this.#source = new BatchSource({ ...options, side: architecture.resolution });
  }

  /** Steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /** `reconstruction` and `divergence`, whose sum, the latter times beta, is minimised. */
  async step(): Promise<StepFigures> {
    const figures = this.#learn();
    this.#steps += 1;
    return readFigures(figures);
  }

  #learn(): Record<'reconstruction' | 'divergence', tf.Scalar> {
    const { adam, beta } = this.#options;
    const streams = this.#source.streams(this.#steps);
    const inputs = (): tf.NamedTensorMap => ({
      ...{ pictures: this.#source.pictures(this.#steps, streams), deviates: this.#source.latents(this.#generator.wDim, false, streams) },
      ...group('running', this.#statistics.tensors),
    });
    const pace = { adam, limit: null, rate: this.learningRateFactor };
    const results = learnStep(this.#work, 'learn', this.#networks, pace, inputs, (given, vector) => {
      const pictures = given['pictures'] as tf.Tensor4D;
      let passes: Record<string, BatchStatistics> = {};
      const { gradient, figures } = differentiateWith(this.#networks, vector, (parameters) => {
        const encoded = this.#encoder.discriminateTraining(this.#encoder.prepareTraining(parameters), pictures);
        const posterior = splitPosterior(encoded.output);
        const z = sampleLatents(posterior, given['deviates'] as tf.Tensor2D);
        const drawn = this.#generator.synthesizeTraining(this.#generator.prepareTraining(parameters), z);
        passes = { both: { ...encoded.statistics, ...drawn.statistics } };
        const [reconstruction, divergence] = [reconstructionLoss(drawn.output, pictures), divergenceLoss(posterior)];
        const loss = tf.add<tf.Scalar>(reconstruction, tf.mul(divergence, beta));
        return { loss, figures: { reconstruction, divergence, ...statisticsTensors('both', passes['both'] ?? {}) } };
      });
      const { reconstruction, divergence } = figures;
      const running = moveStatistics(ungroup(given, 'running'), figures, passes);
      return { gradient, figures: { reconstruction, divergence, ...group('running', running) } };
    });
    this.#statistics.take(ungroup(results, 'running'));
    const { reconstruction, divergence } = results;
    return { reconstruction, divergence };
  }

  /** Pictures [n, side, side, 3] drawn again from the means of their distributions, by the running statistics; owned by the caller. */
  reconstruct(pictures: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      const parameters = new Map([...this.#networks.parameters(), ...Object.entries(this.#statistics.tensors)]);
      const { mean } = splitPosterior(this.#encoder.discriminate(this.#encoder.prepare(parameters), pictures));
      const prepared = this.#generator.prepare(parameters);
      return this.#generator.synthesize(prepared, this.#generator.toWs(prepared, mean, 1, null));
    });
  }

  /** The generator as it is, with its running statistics. */
  shownTensors(): ShownTensors {
    const { parameterNames, bufferNames } = this.#generator;
    const own = new Set([...parameterNames, ...bufferNames]);
    const all = new Map<string, tf.Tensor>([...this.#networks.parameters(), ...Object.entries(this.#statistics.copy())]);
    const changing = [...this.#networks.layout.names, ...Object.keys(this.#statistics.tensors)];
    tf.dispose(changing.filter((name) => !own.has(name)).map((name) => all.get(name) as tf.Tensor));
    return { tensors: new Map([...all].filter(([name]) => own.has(name))), moved: changing.filter((name) => own.has(name)) };
  }

  snapshot(): VaeSnapshot {
    return { networks: this.#networks.snapshot(), statistics: this.#statistics.copy(), steps: this.#steps };
  }

  restore({ networks, statistics, steps }: VaeSnapshot): void {
    this.#networks.restore(networks);
    this.#statistics.restore(statistics);
    this.#steps = steps;
  }

  disposeSnapshot({ networks, statistics }: VaeSnapshot): void {
    disposeSnapshot(networks);
    tf.dispose(statistics);
  }

  dispose(): void {
    this.#work.dispose();
    this.#networks.dispose();
    this.#statistics.dispose();
  }
}

/** [n, 2 z_dim] as means and log variances. */
function splitPosterior(encoded: tf.Tensor2D): Posterior {
  const [mean, logVariance] = tf.split(encoded, 2, 1) as [tf.Tensor2D, tf.Tensor2D];
  return { mean, logVariance };
}
