import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import { augmentImages, planAugmentation, type AugmentPlan, type UniformSource } from '../../src/training/diff-augment.ts';
import { eachBackend } from '../support/backends.ts';
import { maxDifference } from '../support/tensor-fixture.ts';

const SIDE = 16;
const COUNT = 5;

/** The golden ratio's sequence: evenly spread, always the same. */
function createUniform(): UniformSource {
  let state = 0;
  return (count) => Float32Array.from({ length: count }, () => (state = (state + 0.6180339887) % 1));
}

function augmentRef(images: Float32Array, { brightness, saturation, contrast, shifts, kept }: AugmentPlan): number[] {
  const pixels = SIDE * SIDE;
  return Array.from({ length: COUNT }, (_, n) => {
    const bright = Array.from(images.subarray(n * pixels * 3, (n + 1) * pixels * 3), (x) => x + (brightness[n] ?? NaN));
    const coloured = bright.map((x, i) => {
      const p = i - (i % 3);
      const grey = ((bright[p] ?? NaN) + (bright[p + 1] ?? NaN) + (bright[p + 2] ?? NaN)) / 3;
      return grey + (x - grey) * (saturation[n] ?? NaN);
    });
    const mean = coloured.reduce((sum, x) => sum + x, 0) / coloured.length;
    const contrasted = coloured.map((x) => mean + (x - mean) * (contrast[n] ?? NaN));
    const [down, right] = shifts[n] ?? [NaN, NaN];
    return contrasted.map((_x, i) => {
      const [y, x, c] = [Math.floor(i / 3 / SIDE) - down, (Math.floor(i / 3) % SIDE) - right, i % 3];
      const isInside = y >= 0 && x >= 0 && y < SIDE && x < SIDE;
      return (isInside ? (contrasted[(y * SIDE + x) * 3 + c] ?? NaN) : 0) * (kept[n * pixels + Math.floor(i / 3)] ?? NaN);
    });
  }).flat();
}

describe('training/diff-augment', () => {
  const images = createNormalStream('augment', 'test')(COUNT * SIDE * SIDE * 3);

  it('plans nothing for a share of 0, and everything within its reach for a share of 1', () => {
    const none = planAugmentation(COUNT, SIDE, 0, createUniform());
    assert.isTrue(none.kept.every((value) => value === 1) && none.contrast.every((value) => value === 1));
    assert.deepEqual(
      none.shifts,
      Array.from({ length: COUNT }, () => [0, 0] as const),
    );
    const all = planAugmentation(200, SIDE, 1, createUniform());
    assert.isTrue(all.brightness.every((value) => Math.abs(value) <= 0.5) && all.saturation.every((value) => value >= 0 && value <= 2));
    assert.isTrue(all.contrast.every((value) => value >= 0.5 && value <= 1.5));
    const reach = all.shifts.flat();
    assert.deepEqual([Math.min(...reach), Math.max(...reach)], [-2, 2]);
    const holes = Array.from({ length: 200 }, (_, n) => all.kept.subarray(n * 256, (n + 1) * 256).filter((value) => value === 0).length);
    assert.isAtMost(Math.max(...holes), 64);
    assert.isAtLeast(holes.filter((count) => count > 0).length, 150);
  });

  it('leaves the other pictures as they are when the share changes', () => {
    const [few, many] = [planAugmentation(40, SIDE, 0.3, createUniform()), planAugmentation(40, SIDE, 0.6, createUniform())];
    const moved = few.brightness.filter((value) => value !== 0).length;
    assert.isTrue(moved > 3 && moved < 37);
    assert.isTrue(few.brightness.every((value, n) => value === 0 || value === many.brightness[n]));
  });

  eachBackend((_, acquire) => {
    it('does what is planned, pixel by pixel', async () => {
      const runtime = await acquire();
      const plan = planAugmentation(COUNT, SIDE, 0.8, createUniform());
      const augmented = runtime.run(() => tf.tidy(() => augmentImages(tf.tensor4d(images, [COUNT, SIDE, SIDE, 3]), plan)));
      assert.isBelow(maxDifference(await augmented.data(), augmentRef(images, plan)), 1e-5);
      augmented.dispose();
    });

    it('has the gradient of a linear map: that of the next picture is the same, and it agrees with a difference', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const plan = planAugmentation(COUNT, SIDE, 0.8, createUniform());
      const weights = createNormalStream('weights', 'test')(images.length);
      const value = (values: Float32Array): tf.Tensor =>
        tf.sum(tf.mul(augmentImages(tf.tensor4d(values, [COUNT, SIDE, SIDE, 3]), plan), tf.tensor4d(weights, [COUNT, SIDE, SIDE, 3])));
      const direction = createNormalStream('direction', 'test')(images.length);
      const slopes = runtime.run(() =>
        tf.tidy(() => {
          const gradient = tf.grad((x) =>
            tf.sum(tf.mul(augmentImages(x as tf.Tensor4D, plan), tf.tensor4d(weights, [COUNT, SIDE, SIDE, 3]))),
          );
          const analytic = tf.sum(
            tf.mul(gradient(tf.tensor4d(images, [COUNT, SIDE, SIDE, 3])), tf.tensor4d(direction, [COUNT, SIDE, SIDE, 3])),
          );
          const moved = images.map((x, i) => x + (direction[i] ?? NaN));
          return tf.stack([analytic, tf.sub(value(moved), value(images))]);
        }),
      );
      const [analytic = NaN, difference = NaN] = await slopes.data();
      slopes.dispose();
      assert.closeTo(analytic, difference, 1e-2 * Math.max(1, Math.abs(difference)));
    });
  });
});
