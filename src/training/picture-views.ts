import * as tf from '@tensorflow/tfjs-core';
import type { DiscriminatorNetwork } from '../model/discriminator-network.ts';
import type { Prepared } from '../model/network.ts';
import { halve } from '../model/ops/halve.ts';
import type { NamedTensors } from './flat-parameters.ts';

/**
 * What pictures are compared by, [n, length] each: the distance of two pictures is the sum over views of the squared distance of their rows. So the
 * distances of many pictures to many others are a product of matrices, and what a picture is compared with is computed once.
 */
export type PictureViews = readonly tf.Tensor2D[];

/** The coarsest pictures that are compared have a side of no less. */
const COARSEST_SIDE = 4;
/** Keeps the direction of features finite where all of them are near 0. */
const EPSILON = 1e-6;

/** x [n, …] as [n, length] times a number. */
function flattenRows(x: tf.Tensor, factor: number): tf.Tensor2D {
  return tf.mul<tf.Tensor2D>(tf.reshape(x, [x.shape[0] ?? 0, -1]), factor);
}

/**
 * Pictures [n, side, side, 3] as they are, and halved again and again while that leaves a whole side of 4 or more: what is wrong over many pixels
 * counts at every scale. The distance is the mean squared difference, averaged over the scales. Differentiable.
 */
export function viewPixels(images: tf.Tensor4D): tf.Tensor2D[] {
  const scales = [images];
  for (let last = images; last.shape[1] % 2 === 0 && last.shape[1] / 2 >= COARSEST_SIDE;) scales.push((last = halve(last)));
  return scales.map((scale) => flattenRows(scale, 1 / Math.sqrt((scales.length * scale.size) / scale.shape[0])));
}

/**
 * Features of pictures, [n, h, w, c] each, by their direction at every place (as LPIPS has it: Zhang et al., 2018, here without learned weights).
 * The distance is the mean over places of that of two directions, 0…4, averaged over the layers, times `weight`. Differentiable.
 */
export function viewFeatures(layers: readonly tf.Tensor4D[], weight: number): tf.Tensor2D[] {
  return layers.map((features) => {
    const [, height, width] = features.shape;
    const direction = tf.mul(features, tf.rsqrt(tf.add(tf.sum(tf.square(features), 3, true), EPSILON)));
    return flattenRows(direction, Math.sqrt(weight / (layers.length * height * width)));
  });
}

/** The distance of each picture to the one at the same place, [n]. */
export function rowDistances(views: PictureViews, others: PictureViews): tf.Tensor1D {
  return tf.addN(views.map((view, index) => tf.sum(tf.square(tf.sub(view, others[index] as tf.Tensor2D)), 1)));
}

/** The distances of n pictures to m others, [n, m]; |a|² + |b|² − 2 a·b, which is exact enough to choose by. */
export function pairDistances(views: PictureViews, others: PictureViews): tf.Tensor2D {
  return tf.addN(
    views.map((view, index) => {
      const other = others[index] as tf.Tensor2D;
      const squares = tf.add(tf.sum(tf.square(view), 1, true), tf.reshape(tf.sum(tf.square(other), 1), [1, -1]));
      return tf.sub<tf.Tensor2D>(squares, tf.mul(tf.matMul(view, other, false, true), 2));
    }),
  );
}

/** Looks at pictures: their pixels and, where a discriminator is there, what that makes of them. Owns what it prepares. */
export class PictureViewer {
  readonly #discriminator: DiscriminatorNetwork | null;
  readonly #prepared: Prepared;
  readonly #weight: number;

  /** `weight`: of the distance in features beside that in pixels; 0: pixels only. The tensors are the discriminator's, borrowed while this lives. */
  constructor(discriminator: DiscriminatorNetwork | null, tensors: NamedTensors, weight: number) {
    this.#discriminator = weight > 0 ? discriminator : null;
    this.#weight = weight;
    this.#prepared = this.#discriminator?.prepare(tensors) ?? {};
  }

  /** Of pictures [n, side, side, 3], −1…1. Differentiable. */
  look(images: tf.Tensor4D): tf.Tensor2D[] {
    const pixels = viewPixels(images);
    if (!this.#discriminator) return pixels;
    return [...pixels, ...viewFeatures(this.#discriminator.extractFeatures(this.#prepared, images), this.#weight)];
  }

  dispose(): void {
    tf.dispose(this.#prepared);
  }
}
