import * as tf from '@tensorflow/tfjs-core';
import type { RepeatedWork } from '../runtime/repeated-work.ts';
import { disposeAdam, initAdam } from './adam.ts';
import type { LatentSpace } from './latent-space.ts';
import { differentiateWith, learnStep, type Pace } from './learn-step.ts';
import { pairDistances, rowDistances, type PictureViewer, type PictureViews } from './picture-views.ts';
import { groupList, ungroupList } from './tensor-groups.ts';
import { disposeSnapshot, TrainedNetwork, type NetworkSnapshot } from './trained-network.ts';

/** What projections share; borrowed while they live. */
export interface ProjectionParts {
  readonly space: LatentSpace;
  readonly viewer: PictureViewer;
  readonly work: RepeatedWork;
  /** Of each picture's w: 1, or numWs for one of each layer's own. */
  readonly rows: number;
  readonly wDim: number;
  /** Of the mean squared distance from the mean w, in standard deviations. */
  readonly meanWeight: number;
}

/** W's to choose from, in the space's units, and what their pictures look like. */
export interface Candidates {
  /** [m, w_dim]. */
  readonly units: tf.Tensor2D;
  readonly views: PictureViews;
}

export interface ProjectionSnapshot {
  readonly latents: NetworkSnapshot;
  readonly distances: tf.Tensor1D;
}

export function disposeProjectionSnapshot({ latents, distances }: ProjectionSnapshot): void {
  disposeSnapshot(latents);
  distances.dispose();
}

const LATENTS = 'units';
/** Farther than any picture. */
const FAR = 1e30;
/** Shares of a projection over which its learning rate comes up and goes down, as in StyleGAN2's. */
const RISE = 0.05;
const FALL = 0.25;

/** What the learning rate is multiplied by at that share of a projection, 0…1; greater than 0 in its middle. */
export function rampRate(progress: number): number {
  const up = Math.min(1, progress / RISE);
  const down = Math.min(1, (1 - progress) / FALL);
  return up * down * down * (3 - 2 * down);
}

/** The search for the w of a few pictures, all in one pass. Starts at the mean of w. Owns its tensors. */
export class Projection {
  readonly #parts: ProjectionParts;
  readonly #views: PictureViews;
  readonly #latents: TrainedNetwork;
  /** Of each picture to what its w draws, as {@link choose} last found it, [n]. */
  #distances: tf.Tensor1D;

  /** `pictures` [n, side, side, 3] are borrowed. */
  constructor(parts: ProjectionParts, pictures: tf.Tensor4D) {
    const count = pictures.shape[0];
    this.#parts = parts;
    this.#views = tf.tidy(() => parts.viewer.look(pictures));
    const start = tf.zeros([count, parts.rows, parts.wDim]);
    this.#latents = new TrainedNetwork(new Map([[LATENTS, start]]), [LATENTS]);
    this.#distances = tf.fill([count], FAR);
    start.dispose();
  }

  /** Pictures. */
  get count(): number {
    return this.#distances.shape[0];
  }

  /** What the pictures look like; borrowed. */
  get views(): PictureViews {
    return this.#views;
  }

  /** As {@link choose} found them; borrowed until it is called again. */
  get distances(): tf.Tensor1D {
    return this.#distances;
  }

  /** Where the pictures are now, [n, rows, w_dim] in the space's units; owned by the caller. */
  units(): tf.Tensor3D {
    return tf.reshape(this.#latents.vector, this.#shape);
  }

  get #shape(): [number, number, number] {
    return [this.count, this.#parts.rows, this.#parts.wDim];
  }

  /** Each picture goes to that candidate whose picture is nearest to it, if that is nearer than where it is. */
  choose({ units, views }: Candidates): void {
    const [count, rows, wDim] = this.#shape;
    const inputs = {
      ...{ units, vector: this.#latents.vector, distances: this.#distances },
      ...groupList('theirs', views),
      ...groupList('ours', this.#views),
    };
    const chosen = this.#parts.work.run('choose', inputs, (given) => {
      const apart = pairDistances(ungroupList(given, 'ours'), ungroupList(given, 'theirs'));
      const nearest = tf.gather(given['units'] as tf.Tensor2D, tf.argMin(apart, 1));
      const least = tf.min(apart, 1);
      const isNearer = tf.reshape(tf.cast(tf.less(least, given['distances'] as tf.Tensor), 'float32'), [count, 1, 1]);
      const before = tf.reshape(given['vector'] as tf.Tensor, [count, rows, wDim]);
      const after = tf.add(tf.mul(before, tf.sub(1, isNearer)), tf.mul(tf.expandDims(nearest, 1), isNearer));
      return { vector: tf.reshape(after, [-1]), distances: tf.minimum(least, given['distances'] as tf.Tensor) };
    });
    const adam = initAdam(count * rows * wDim);
    this.#latents.restore({ vector: chosen.vector as tf.Tensor1D, adam });
    disposeAdam(adam);
    tf.dispose([chosen.vector, this.#distances]);
    this.#distances = chosen.distances as tf.Tensor1D;
  }

  /** One step of each picture's w down its loss; gives the mean distance of the pictures to what was drawn, owned by the caller. */
  step(pace: Pace): tf.Scalar {
    const { work, space, viewer, meanWeight } = this.#parts;
    const inputs = (): tf.NamedTensorMap => groupList('views', this.#views);
    const { reconstruction } = learnStep(work, 'project', this.#latents, pace, inputs, (given, vector) =>
      differentiateWith(this.#latents, vector, (parameters) => {
        const units = parameters.get(LATENTS) as tf.Tensor3D;
        const distance = tf.mean<tf.Scalar>(rowDistances(viewer.look(space.draw(units, space.prepare())), ungroupList(given, 'views')));
        const loss = tf.add<tf.Scalar>(distance, tf.mul(tf.mean(tf.square(units)), meanWeight));
        return { loss, figures: { reconstruction: distance } };
      }),
    );
    return reconstruction;
  }

  snapshot(): ProjectionSnapshot {
    return { latents: this.#latents.snapshot(), distances: tf.clone(this.#distances) };
  }

  /** Goes back to a snapshot, which stays the caller's. */
  restore({ latents, distances }: ProjectionSnapshot): void {
    this.#latents.restore(latents);
    this.#distances.dispose();
    this.#distances = tf.clone(distances);
  }

  dispose(): void {
    tf.dispose([...this.#views, this.#distances]);
    this.#latents.dispose();
  }
}
