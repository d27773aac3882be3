import * as tf from '@tensorflow/tfjs-core';
import type { BatchStatistics } from '../model/batch-statistics.ts';
import { DcganDiscriminator, DcganGenerator } from '../model/dcgan-networks.ts';
import { RepeatedWork } from '../runtime/repeated-work.ts';
import type { DcganArchitecture } from '../weights/architecture.ts';
import type { AdamSettings } from './adam.ts';
import { BatchSource, type BatchSourceOptions, type StepStreams } from './batch-source.ts';
import { chooseDcganParameters, moveStatistics, statisticsTensors } from './dcgan-training.ts';
import type { NamedTensors } from './flat-parameters.ts';
import { differentiateWith, learnStep, readFigures, type Pace } from './learn-step.ts';
import { discriminatorLoss, generatorLoss } from './losses.ts';
import type { AdversarialLoss } from './training-settings.ts';
import { RunningStatistics } from './running-statistics.ts';
import { group, ungroup } from './tensor-groups.ts';
import { disposeSnapshot, TrainedNetwork, type NetworkSnapshot } from './trained-network.ts';
import type { ShownTensors, StepFigures, Trainer } from './trainer.ts';

/** As Radford et al. train a DCGAN. */
export const TEXTBOOK_ADAM: AdamSettings = { learningRate: 2e-4, beta1: 0.5, beta2: 0.999, epsilon: 1e-8 };

export interface TextbookGanOptions extends Omit<BatchSourceOptions, 'side'> {
  readonly loss: AdversarialLoss;
  readonly generatorAdam: AdamSettings;
  readonly discriminatorAdam: AdamSettings;
}

export interface TextbookGanNetworks {
  /** With both networks. */
  readonly architecture: DcganArchitecture;
  /** All tensors of either network by name; borrowed while the trainer lives. */
  readonly generatorTensors: NamedTensors;
  readonly discriminatorTensors: NamedTensors;
}

/** A point to return to. */
export interface TextbookGanSnapshot {
  readonly generator: NetworkSnapshot;
  readonly discriminator: NetworkSnapshot;
  readonly generatorStatistics: tf.NamedTensorMap;
  readonly discriminatorStatistics: tf.NamedTensorMap;
  readonly steps: number;
}

/** Of work: the two phases of a step. */
const KINDS = 2;

/**
 * A DCGAN's training as the textbook has it (Goodfellow et al., 2014, algorithm 1): each step the discriminator learns to tell a batch of pictures from
 * a batch of generated ones, then the generator, by latents of its own, learns to mislead it. Each batch is normalised by its own statistics, as in
 * PyTorch; the running ones follow for drawing, those of the discriminator in its own phase only. Equal networks and options give equal steps. The
 * methods are to be called while the backend is current; results that cross an await are read outside of it.
 */
export class TextbookGanTrainer implements Trainer<TextbookGanSnapshot> {
  /** What both learning rates are multiplied by, greater than 0; for training that has become unstable. */
  learningRateFactor = 1;
  readonly #options: TextbookGanOptions;
  readonly #generator: DcganGenerator;
  readonly #discriminator: DcganDiscriminator;
  readonly #g: TrainedNetwork;
  readonly #d: TrainedNetwork;
  readonly #generatorStatistics: RunningStatistics;
  readonly #discriminatorStatistics: RunningStatistics;
  readonly #source: BatchSource;
  readonly #work = new RepeatedWork({ most: KINDS, recorded: 'at-once' });
  #steps = 0;

  constructor({ architecture, generatorTensors, discriminatorTensors }: TextbookGanNetworks, options: TextbookGanOptions) {
    this.#options = options;
    this.#generator = new DcganGenerator(architecture);
    this.#discriminator = new DcganDiscriminator(architecture);
    const { parameterNames: ofG, bufferNames: buffersOfG } = this.#generator;
    const { parameterNames: ofD, bufferNames: buffersOfD } = this.#discriminator;
    this.#g = new TrainedNetwork(generatorTensors, chooseDcganParameters(ofG, architecture, 'generator'));
    this.#d = new TrainedNetwork(discriminatorTensors, chooseDcganParameters(ofD, architecture, 'discriminator'));
    this.#generatorStatistics = new RunningStatistics(generatorTensors, buffersOfG);
    this.#discriminatorStatistics = new RunningStatistics(discriminatorTensors, buffersOfD);
    this.#source = new BatchSource({ ...options, side: architecture.resolution });
  }

  /** Steps so far. */
  get steps(): number {
    return this.#steps;
  }

  /** `discriminator`, `generator`: their losses; `onReal`, `onFake`: how real the discriminator found both batches, 0…1. */
  async step(): Promise<StepFigures> {
    const streams = this.#source.streams(this.#steps);
    const figures = { ...this.#judge(streams), ...this.#draw(streams) };
    this.#steps += 1;
    return readFigures(figures);
  }

  #pace(adam: AdamSettings): Pace {
    return { adam, limit: null, rate: this.learningRateFactor };
  }

  #latents(streams: StepStreams): tf.Tensor2D {
    return this.#source.latents(this.#generator.wDim, false, streams);
  }

  /** The discriminator's phase. */
  #judge(streams: StepStreams): Record<'discriminator' | 'onReal' | 'onFake', tf.Scalar> {
    const inputs = (): tf.NamedTensorMap => ({
      ...{ real: this.#source.pictures(this.#steps, streams), z: this.#latents(streams), generator: this.#g.vector },
      ...group('running', this.#discriminatorStatistics.tensors),
    });
    const results = learnStep(this.#work, 'judge', this.#d, this.#pace(this.#options.discriminatorAdam), inputs, (given, vector) => {
      const drawing = this.#generator.prepareTraining(this.#g.parameters(given['generator'] as tf.Tensor1D));
      const fakes = this.#generator.synthesizeTraining(drawing, given['z'] as tf.Tensor2D).output;
      let passes: Record<string, BatchStatistics> = {};
      const { gradient, figures } = differentiateWith(this.#d, vector, (parameters) => {
        const prepared = this.#discriminator.prepareTraining(parameters);
        const onReal = this.#discriminator.discriminateTraining(prepared, given['real'] as tf.Tensor4D);
        const onFake = this.#discriminator.discriminateTraining(prepared, fakes);
        passes = { real: onReal.statistics, fake: onFake.statistics };
        const loss = discriminatorLoss(this.#options.loss, onReal.output, onFake.output);
        const seen = { ...statisticsTensors('real', onReal.statistics), ...statisticsTensors('fake', onFake.statistics) };
        return { loss, figures: { loss, onReal: meanSigmoid(onReal.output), onFake: meanSigmoid(onFake.output), ...seen } };
      });
      const { loss: discriminator, onReal, onFake } = figures as Record<'loss' | 'onReal' | 'onFake', tf.Scalar>;
      return { gradient, figures: { discriminator, onReal, onFake, ...runOn(given, figures, passes) } };
    });
    this.#discriminatorStatistics.take(ungroup(results, 'running'));
    const { discriminator, onReal, onFake } = results;
    return { discriminator, onReal, onFake };
  }

  /** The generator's phase. */
  #draw(streams: StepStreams): { generator: tf.Scalar } {
    const inputs = (): tf.NamedTensorMap => ({
      ...{ z: this.#latents(streams), discriminator: this.#d.vector },
      ...group('running', this.#generatorStatistics.tensors),
    });
    const results = learnStep(this.#work, 'draw', this.#g, this.#pace(this.#options.generatorAdam), inputs, (given, vector) => {
      const judging = this.#discriminator.prepareTraining(this.#d.parameters(given['discriminator'] as tf.Tensor1D));
      let passes: Record<string, BatchStatistics> = {};
      const { gradient, figures } = differentiateWith(this.#g, vector, (parameters) => {
        const prepared = this.#generator.prepareTraining(parameters);
        const fakes = this.#generator.synthesizeTraining(prepared, given['z'] as tf.Tensor2D);
        passes = { drawn: fakes.statistics };
        const loss = generatorLoss(this.#options.loss, this.#discriminator.discriminateTraining(judging, fakes.output).output);
        return { loss, figures: { loss, ...statisticsTensors('drawn', fakes.statistics) } };
      });
      return { gradient, figures: { generator: figures.loss, ...runOn(given, figures, passes) } };
    });
    this.#generatorStatistics.take(ungroup(results, 'running'));
    return { generator: results.generator };
  }

  /** The generator as it is, with its running statistics. */
  shownTensors(): ShownTensors {
    const statistics = this.#generatorStatistics.copy();
    return {
      tensors: new Map([...this.#g.parameters(), ...Object.entries(statistics)]),
      moved: [...this.#g.layout.names, ...Object.keys(statistics)],
    };
  }

  snapshot(): TextbookGanSnapshot {
    return {
      generator: this.#g.snapshot(),
      discriminator: this.#d.snapshot(),
      generatorStatistics: this.#generatorStatistics.copy(),
      discriminatorStatistics: this.#discriminatorStatistics.copy(),
      steps: this.#steps,
    };
  }

  restore({ generator, discriminator, generatorStatistics, discriminatorStatistics, steps }: TextbookGanSnapshot): void {
    this.#g.restore(generator);
    this.#d.restore(discriminator);
    this.#generatorStatistics.restore(generatorStatistics);
    this.#discriminatorStatistics.restore(discriminatorStatistics);
    this.#steps = steps;
  }

  disposeSnapshot({ generator, discriminator, generatorStatistics, discriminatorStatistics }: TextbookGanSnapshot): void {
    disposeSnapshot(generator);
    disposeSnapshot(discriminator);
    tf.dispose([generatorStatistics, discriminatorStatistics]);
  }

  dispose(): void {
    this.#work.dispose();
    this.#g.dispose();
    this.#d.dispose();
    this.#generatorStatistics.dispose();
    this.#discriminatorStatistics.dispose();
  }
}

function meanSigmoid(logits: tf.Tensor): tf.Scalar {
  return tf.mean(tf.sigmoid(logits));
}

/** The running statistics after passes, as results of work. */
function runOn(given: tf.NamedTensorMap, seen: tf.NamedTensorMap, passes: Readonly<Record<string, BatchStatistics>>): tf.NamedTensorMap {
  return group('running', moveStatistics(ungroup(given, 'running'), seen, passes));
}
