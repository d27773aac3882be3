import * as tf from '@tensorflow/tfjs-core';
import { assertNever } from '../support/errors.ts';
import type { AdversarialLoss } from './training-settings.ts';

/** The generator's loss, a scalar, of logits on its pictures [n, 1]. */
export function generatorLoss(kind: AdversarialLoss, onFake: tf.Tensor): tf.Scalar {
  switch (kind) {
    case 'non-saturating':
      return tf.mean(tf.softplus(tf.neg(onFake)));
    case 'minimax':
      // log(1 − sigmoid(x)) = −softplus(x).
      return tf.neg(tf.mean(tf.softplus(onFake)));
    case 'hinge':
      return tf.neg(tf.mean(onFake));
    default:
      return assertNever(kind);
  }
}

/** The discriminator's loss, a scalar, of logits on real pictures and on generated ones, [n, 1] each. */
export function discriminatorLoss(kind: AdversarialLoss, onReal: tf.Tensor, onFake: tf.Tensor): tf.Scalar {
  switch (kind) {
    case 'non-saturating':
    case 'minimax':
      return tf.add(tf.mean(tf.softplus(tf.neg(onReal))), tf.mean(tf.softplus(onFake)));
    case 'hinge':
      return tf.add(tf.mean(tf.relu(tf.sub(1, onReal))), tf.mean(tf.relu(tf.add(1, onFake))));
    default:
      return assertNever(kind);
  }
}

/**
 * R1 (Mescheder et al., 2018): the mean over pictures [n, h, w, 3] of the squared length of the logits' gradient by the picture. `judge` gives
 * logits [n, 1], each of its own picture mostly (the minibatch's standard deviation mixes them a little, as in StyleGAN2). Differentiable.
 */
export function gradientPenalty(judge: (images: tf.Tensor4D) => tf.Tensor, images: tf.Tensor4D): tf.Scalar {
  const gradient = tf.grad((x) => tf.sum(judge(x as tf.Tensor4D)))(images);
  return tf.div(tf.sum(tf.square(gradient)), images.shape[0]);
}
