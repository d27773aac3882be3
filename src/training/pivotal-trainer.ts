import * as tf from '@tensorflow/tfjs-core';
import { createUniformStream } from '../latent/seeded-random.ts';
import type { DiscriminatorNetwork } from '../model/discriminator-network.ts';
import type { GeneratorNetwork } from '../model/generator-network.ts';
import { RepeatedWork } from '../runtime/repeated-work.ts';
import type { AdamSettings } from './adam.ts';
import type { NamedTensors } from './flat-parameters.ts';
import { LatentSpace } from './latent-space.ts';
import { differentiateWith, learnStep, readFigures, type Pace } from './learn-step.ts';
import type { GradientLimit } from './limit-gradient.ts';
import { pictureTensor } from './picture-tensor.ts';
import { PictureViewer, rowDistances } from './picture-views.ts';
import { disposeProjectionSnapshot, Projection, rampRate, type Candidates, type ProjectionSnapshot } from './projection.ts';
import { groupList, ungroupList } from './tensor-groups.ts';
import { disposeSnapshot, TrainedNetwork, type NetworkSnapshot } from './trained-network.ts';
import type { ShownTensors, StepFigures, Trainer } from './trainer.ts';

export interface PivotalSettings {
  /** The most pictures in one pass; of more, every step takes the next few in turn. */
  readonly batch: number;
  /** Random w's of which each picture starts from the nearest; 0: from the mean. */
  readonly candidates: number;
  /** Of each picture, 1 or more. */
  readonly projectionSteps: number;
  /** Whether each layer gets a w of its own: nearer to the picture, farther from what the model knows. */
  readonly perLayer: boolean;
  /** Of w in its standard deviations. */
  readonly projectionAdam: AdamSettings;
  /** Of the distance in the discriminator's features beside that in pixels, 0 or more. */
  readonly featureWeight: number;
  /** Of the mean squared distance of w from its mean, in standard deviations, 0 or more. */
  readonly meanWeight: number;
  /** Of the generator. */
  readonly tuningAdam: AdamSettings;
  readonly limit: GradientLimit | null;
  /** Of the distance between what the tuned generator and the untouched one draw elsewhere, 0 or more. */
  readonly localityWeight: number;
  /** Pictures elsewhere in one step. */
  readonly localityBatch: number;
  /** How far from a pivot towards a random w elsewhere is at least, 0…1; it is at most that w itself. */
  readonly localityFrom: number;
  readonly noise: 'none' | 'const';
}

/** Rates and weights near those of Roich et al.; the steps are for the caller's patience to change. */
export const PIVOTAL_SETTINGS: PivotalSettings = {
  ...{ batch: 4, candidates: 256, projectionSteps: 300, perLayer: false, featureWeight: 1, meanWeight: 1e-3, noise: 'none' },
  projectionAdam: { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  tuningAdam: { learningRate: 5e-4, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  ...{ limit: null, localityWeight: 0.1, localityBatch: 2, localityFrom: 0.3 },
};

export interface PivotalParts {
  readonly generator: GeneratorNetwork;
  /** Null: pictures are compared by their pixels only. */
  readonly discriminator: DiscriminatorNetwork | null;
  /** All tensors of either network by name; borrowed while the trainer lives. */
  readonly generatorTensors: NamedTensors;
  readonly discriminatorTensors: NamedTensors;
  readonly zDim: number;
  /** 0: none. */
  readonly classes: number;
  /** What is tuned. */
  readonly movingInGenerator: readonly string[];
  /** One to some ten, of side · side · 3 bytes each, RGB, the side being the generator's resolution. Read at once. */
  readonly pictures: readonly Uint8Array[];
  readonly seed: string;
}

/** `search`: w's at random; `project`: each picture's own w; `tune`: the generator. */
export type PivotalPhase = 'search' | 'project' | 'tune';

/** A point to return to. */
export interface PivotalSnapshot {
  readonly projections: readonly ProjectionSnapshot[];
  readonly generator: NetworkSnapshot;
  readonly steps: number;
}

/** Of work: looking at candidates, choosing, projecting and tuning, all but the first with a last few pictures that may be fewer. */
const KINDS = 7;

/**
 * Reconstruction of a few pictures by pivotal tuning (Roich et al., 2021). First each picture gets the w whose picture is nearest to it: the pivot. Then
 * the generator is tuned until it draws the pictures at their pivots, and elsewhere what it drew before. The methods are to be called while the
 * backend is current; results that cross an await are read outside of it. Equal parts and settings give equal steps.
 */
export class PivotalTrainer implements Trainer<PivotalSnapshot> {
  /** What all learning rates are multiplied by, greater than 0; for training that has become unstable. */
  learningRateFactor = 1;
  readonly #parts: PivotalParts;
  readonly #settings: PivotalSettings;
  readonly #space: LatentSpace;
  readonly #viewer: PictureViewer;
  readonly #g: TrainedNetwork;
  readonly #projections: readonly Projection[];
  readonly #work = new RepeatedWork({ most: KINDS, recorded: 'at-once' });
  #steps = 0;

  constructor(parts: PivotalParts, settings: PivotalSettings) {
    const { generator, discriminator, generatorTensors, discriminatorTensors, pictures } = parts;
    this.#parts = parts;
    this.#settings = settings;
    this.#space = new LatentSpace({ ...parts, noise: settings.noise });
    this.#viewer = new PictureViewer(discriminator, discriminatorTensors, settings.featureWeight);
    this.#g = new TrainedNetwork(generatorTensors, parts.movingInGenerator);
    const shared = {
      ...{ space: this.#space, viewer: this.#viewer, work: this.#work, meanWeight: settings.meanWeight },
      ...{ rows: settings.perLayer ? generator.numWs : 1, wDim: generator.wDim },
    };
    this.#projections = Array.from({ length: Math.ceil(pictures.length / settings.batch) }, (_, index) => {
      const few = pictureTensor(pictures.slice(index * settings.batch, (index + 1) * settings.batch), generator.resolution);
      const projection = new Projection(shared, few);
      few.dispose();
      return projection;
    });
  }

  /** Steps so far, of all phases. */
  get steps(): number {
    return this.#steps;
  }

  /** Steps before the generator moves. */
  get stepsBeforeTuning(): number {
    return this.#searchSteps + this.#settings.projectionSteps * this.#projections.length;
  }

  /** Of the next step. */
  get phase(): PivotalPhase {
    if (this.#steps < this.#searchSteps) return 'search';
    return this.#steps < this.stepsBeforeTuning ? 'project' : 'tune';
  }

  get #searchSteps(): number {
    return Math.ceil(this.#settings.candidates / this.#settings.batch);
  }

  /**
   * `reconstruction`: the mean distance of pictures to what is drawn of them: of all while searching, later of those of this step; `locality`, while
   * tuning with such a weight: the mean distance of what is drawn elsewhere to what was.
   */
  async step(): Promise<StepFigures> {
    return readFigures(this.#submit());
  }

  /** Everything of a step that the backend does; scalars to be read. */
  #submit(): Record<string, tf.Scalar> {
    const { phase } = this;
    const step = this.#steps;
    this.#steps += 1;
    switch (phase) {
      case 'search':
        return this.#search(step);
      case 'project': {
        const { projection, round } = this.#turn(step - this.#searchSteps);
        // Half a step in, so that neither the first nor the last has a rate of 0.
        const rate = rampRate((round + 0.5) / this.#settings.projectionSteps);
        return { reconstruction: projection.step(this.#pace(this.#settings.projectionAdam, rate)) };
      }
      case 'tune': {
        const since = step - this.stepsBeforeTuning;
        return this.#tune(this.#turn(since).projection, since);
      }
    }
  }

  /** Whose turn it is in that step of a phase, and how often it was before. */
  #turn(step: number): { readonly projection: Projection; readonly round: number } {
    const { length } = this.#projections;
    return { projection: this.#projections[step % length] as Projection, round: Math.floor(step / length) };
  }

  #pace(adam: AdamSettings, rate = 1): Pace {
    return { adam, limit: this.#settings.limit, rate: rate * this.learningRateFactor };
  }

  /** All pictures choose among the next candidates, the mean w being the first of them. */
  #search(round: number): { reconstruction: tf.Scalar } {
    const { batch } = this.#settings;
    const seen = tf.tidy(() => {
      const inputs = {
        ...this.#space.drawLatents(batch, `candidates/${round}`),
        spread: tf.tensor2d(
          Float32Array.from({ length: batch }, (_, n) => (round === 0 && n === 0 ? 0 : 1)),
          [batch, 1],
        ),
      };
      return this.#work.run('look', inputs, (given) => {
        const units = tf.mul<tf.Tensor2D>(this.#space.map(given), given.spread);
        return { units, ...groupList('views', this.#viewer.look(this.#space.draw(tf.expandDims(units, 1) as tf.Tensor3D))) };
      });
    });
    const candidates: Candidates = { units: seen.units as tf.Tensor2D, views: ungroupList(seen, 'views') };
    for (const projection of this.#projections) projection.choose(candidates);
    tf.dispose(seen);
    return { reconstruction: tf.tidy(() => tf.mean(tf.concat(this.#projections.map(({ distances }) => distances)))) };
  }

  /** The generator moves towards a few of the pictures at their pivots, and is held elsewhere. */
  #tune(projection: Projection, round: number): Record<string, tf.Scalar> {
    const { localityWeight } = this.#settings;
    const isHeld = localityWeight > 0;
    const { count } = projection;
    const inputs = (): tf.NamedTensorMap => ({
      ...{ units: projection.units(), ...groupList('views', projection.views) },
      ...(isHeld && this.#drawElsewhere(round)),
    });
    return learnStep(this.#work, 'tune', this.#g, this.#pace(this.#settings.tuningAdam), inputs, (given, vector) => {
      const { units, views } = { units: given['units'] as tf.Tensor3D, views: ungroupList<tf.Tensor2D>(given, 'views') };
      const elsewhere = isHeld ? this.#goElsewhere(given) : null;
      const all = elsewhere ? tf.concat([units, elsewhere]) : units;
      const before = elsewhere && this.#viewer.look(this.#space.draw(elsewhere));
      const wanted = before ? views.map((view, index) => tf.concat([view, before[index] as tf.Tensor2D])) : views;
      return differentiateWith(this.#g, vector, (parameters) => {
        const drawn = this.#space.draw(all, this.#parts.generator.prepare(parameters));
        const distances = rowDistances(this.#viewer.look(drawn), wanted);
        const reconstruction = tf.mean<tf.Scalar>(tf.slice(distances, 0, count));
        if (!elsewhere) return { loss: reconstruction, figures: { reconstruction } as Record<string, tf.Scalar> };
        const locality = tf.mean<tf.Scalar>(tf.slice(distances, count));
        return { loss: tf.add(reconstruction, tf.mul(locality, localityWeight)), figures: { reconstruction, locality } };
      });
    });
  }

  /** A few pivots [n, rows, w_dim], random latents to go towards, and how far [n, 1, 1]. */
  #drawElsewhere(round: number): tf.NamedTensorMap {
    const { localityBatch, localityFrom, batch } = this.#settings;
    const uniform = createUniformStream(`${this.#parts.seed}/locality/${round}`, 'training-uniform');
    const pivots = Array.from({ length: localityBatch }, () => {
      const index = Math.floor(uniform() * this.#parts.pictures.length);
      const units = (this.#projections[Math.floor(index / batch)] as Projection).units();
      return tf.slice(units, [index % batch, 0, 0], [1, -1, -1]);
    });
    const share = Float32Array.from({ length: localityBatch }, () => localityFrom + (1 - localityFrom) * uniform());
    return {
      ...this.#space.drawLatents(localityBatch, `locality/${round}`),
      pivots: tf.concat(pivots),
      share: tf.tensor3d(share, [localityBatch, 1, 1]),
    };
  }

  /** [n, rows, w_dim] of what {@link #drawElsewhere} gave. */
  #goElsewhere(given: tf.NamedTensorMap): tf.Tensor3D {
    const { z, oneHot, pivots, share } = given as Record<'z' | 'oneHot' | 'pivots' | 'share', tf.Tensor>;
    const there = tf.expandDims(this.#space.map({ z: z as tf.Tensor2D, ...(oneHot && { oneHot: oneHot as tf.Tensor2D }) }), 1);
    return tf.add(pivots, tf.mul(tf.sub(there, pivots), share));
  }

  /** The w of every picture as it is now, [n, 1 or numWs, w_dim], in the order of the pictures; owned by the caller. */
  pivots(): tf.Tensor3D {
    return tf.tidy(() => tf.concat(this.#projections.map((projection) => this.#space.toW(projection.units()))));
  }

  /** The generator as it is; all of it, also while its tensors have not moved yet. */
  shownTensors(): ShownTensors {
    return { tensors: this.#g.parameters(), moved: this.#g.layout.names };
  }

  snapshot(): PivotalSnapshot {
    return {
      projections: this.#projections.map((projection) => projection.snapshot()),
      generator: this.#g.snapshot(),
      steps: this.#steps,
    };
  }

  restore({ projections, generator, steps }: PivotalSnapshot): void {
    for (const [index, snapshot] of projections.entries()) this.#projections[index]?.restore(snapshot);
    this.#g.restore(generator);
    this.#steps = steps;
  }

  disposeSnapshot({ projections, generator }: PivotalSnapshot): void {
    for (const snapshot of projections) disposeProjectionSnapshot(snapshot);
    disposeSnapshot(generator);
  }

  dispose(): void {
    this.#work.dispose();
    this.#g.dispose();
    for (const projection of this.#projections) projection.dispose();
    this.#viewer.dispose();
    this.#space.dispose();
  }
}
