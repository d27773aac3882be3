import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { loadGradients } from '../../src/runtime/gradients.ts';
import { observeSigns, type AdaptiveShare } from '../../src/training/adaptive-share.ts';
import { discriminatorLoss, generatorLoss, gradientPenalty } from '../../src/training/losses.ts';
import { ADVERSARIAL_LOSSES } from '../../src/training/training-settings.ts';
import { eachBackend } from '../support/backends.ts';

const REAL = [2, -0.5, 0.25];
const FAKE = [-3, 1, 40];
const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const logSigmoid = (x: number): number => -Math.log1p(Math.exp(-x));

/** Written out from the papers: what each player minimises. */
const EXPECTED = {
  'non-saturating': [mean(FAKE.map((x) => -logSigmoid(x))), mean(REAL.map((x) => -logSigmoid(x))) + mean(FAKE.map((x) => -logSigmoid(-x)))],
  minimax: [mean(FAKE.map((x) => logSigmoid(-x))), mean(REAL.map((x) => -logSigmoid(x))) + mean(FAKE.map((x) => -logSigmoid(-x)))],
  hinge: [-mean(FAKE), mean(REAL.map((x) => Math.max(0, 1 - x))) + mean(FAKE.map((x) => Math.max(0, 1 + x)))],
} as const;

describe('training/losses', () => {
  eachBackend((_, acquire) => {
    for (const kind of ADVERSARIAL_LOSSES) {
      it(`${kind} is the papers' loss of either player, finite for large logits too`, async () => {
        const runtime = await acquire();
        const losses = runtime.run(() =>
          tf.tidy(() => {
            const [real, fake] = [tf.tensor2d(REAL, [3, 1]), tf.tensor2d(FAKE, [3, 1])];
            return tf.stack([generatorLoss(kind, fake), discriminatorLoss(kind, real, fake)]);
          }),
        );
        const [generator = NaN, discriminator = NaN] = await losses.data();
        losses.dispose();
        assert.closeTo(generator, EXPECTED[kind][0], 1e-4);
        assert.closeTo(discriminator, EXPECTED[kind][1], 1e-4);
      });
    }

    it('the gradient penalty is the mean squared slope, and has a gradient of its own', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      // D(x) = a · Σ x² has slope 2 a x, so the penalty is 4 a² Σ x² / n, and its derivative by a is 8 a Σ x² / n.
      const values = Float32Array.from({ length: 24 }, (__, i) => i / 10 - 1);
      const squares = values.reduce((sum, x) => sum + x * x, 0);
      const [penalty, slope] = runtime.run(() =>
        tf.tidy(() => {
          const images = tf.tensor4d(values, [2, 2, 2, 3]);
          const of = (a: tf.Tensor): tf.Scalar =>
            gradientPenalty((x) => tf.mul(tf.sum(tf.square(tf.reshape(x, [2, 12])), 1, true), a), images);
          return [of(tf.scalar(1.5)), tf.grad(of)(tf.scalar(1.5))] as [tf.Tensor, tf.Tensor];
        }),
      );
      assert.closeTo((await penalty.data())[0] ?? NaN, (4 * 1.5 ** 2 * squares) / 2, 1e-3);
      assert.closeTo((await slope.data())[0] ?? NaN, (8 * 1.5 * squares) / 2, 1e-3);
      tf.dispose([penalty, slope]);
    });
  });
});

describe('training/adaptive-share', () => {
  const settings = { target: 0.6, images: 1000, most: 0.7 };
  const observe = (start: AdaptiveShare, sign: number, times: number): AdaptiveShare => {
    let state = start;
    for (let i = 0; i < times; i++) state = observeSigns(state, sign, 10, settings);
    return state;
  };

  it('rises while the discriminator knows the pictures by heart, to its most, and falls to 0 when it does not', () => {
    const up = observe({ share: 0, overfitting: 0.6 }, 1, 30);
    assert.closeTo(up.share, 0.3, 1e-9);
    assert.equal(observe(up, 1, 1000).share, 0.7);
    assert.equal(observe(up, 0, 1000).share, 0);
  });

  it('stays without a target', () => {
    assert.equal(observeSigns({ share: 0.3, overfitting: 0 }, 1, 10, { ...settings, target: 0 }).share, 0.3);
  });
});
