import * as tf from '@tensorflow/tfjs-core';
import type { DiscriminatorNetwork } from '../model/discriminator-network.ts';
import type { Prepared } from '../model/network.ts';

/** Features [n, c] of pictures [n, side, side, 3]: what the discriminator's last maps hold, averaged over the map. Owned by the caller. */
export function embedPictures(discriminator: DiscriminatorNetwork, prepared: Prepared, images: tf.Tensor4D): tf.Tensor2D {
  return tf.tidy(() => tf.mean(discriminator.extractFeatures(prepared, images).at(-1) as tf.Tensor4D, [1, 2]));
}

/** Mean Euclidean distance between the rows [n, c] of all pairs, n at least 2. */
export function meanPairwiseDistance(values: Float32Array, count: number): number {
  const width = values.length / count;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) {
      let square = 0;
      for (let k = 0; k < width; k++) square += ((values[i * width + k] ?? 0) - (values[j * width + k] ?? 0)) ** 2;
      sum += Math.sqrt(square);
    }
  }
  return sum / ((count * (count - 1)) / 2);
}
