import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import { pairDistances, rowDistances, viewFeatures, viewPixels } from '../../src/training/picture-views.ts';
import { eachBackend } from '../support/backends.ts';
import { assertGradients } from '../support/finite-differences.ts';

const SIDE = 8;
const PICTURES = 2;
const SHAPE: [number, number, number, number] = [PICTURES, SIDE, SIDE, 3];
const [FIRST, SECOND] = ['first', 'second'].map((seed) => createNormalStream(seed, 'test')(PICTURES * SIDE * SIDE * 3)) as [
  Float32Array,
  Float32Array,
];
const TAPS = [1 / 8, 3 / 8, 3 / 8, 1 / 8];

type Picture = (y: number, x: number, channel: number) => number;

/** Halved by the filter [1, 3, 3, 1] / 8 with zeros outside. */
function halved(picture: Picture, side: number): Picture {
  const values = new Map<string, number>();
  for (let y = 0; y < side / 2; y++) {
    for (let x = 0; x < side / 2; x++) {
      for (let channel = 0; channel < 3; channel++) {
        let sum = 0;
        for (let tap = 0; tap < 16; tap++) {
          const [row, column] = [2 * y - 1 + (tap >> 2), 2 * x - 1 + (tap & 3)];
          if (Math.min(row, column) < 0 || Math.max(row, column) >= side) continue;
          sum += (TAPS[tap >> 2] ?? 0) * (TAPS[tap & 3] ?? 0) * picture(row, column, channel);
        }
        values.set(`${y} ${x} ${channel}`, sum);
      }
    }
  }
  return (y, x, channel) => values.get(`${y} ${x} ${channel}`) ?? NaN;
}

/** Written out in double precision: the mean squared differences of the pictures, and of both halved, averaged. */
function pixelDistances([images, others]: readonly ArrayLike<number>[]): number[] {
  return Array.from({ length: PICTURES }, (_, n) => {
    const difference: Picture = (y, x, channel) => {
      const at = ((n * SIDE + y) * SIDE + x) * 3 + channel;
      return (images?.[at] ?? NaN) - (others?.[at] ?? NaN);
    };
    const meanSquare = (picture: Picture, side: number): number => {
      let sum = 0;
      for (let i = 0; i < side * side * 3; i++) sum += picture(Math.floor(i / 3 / side), Math.floor(i / 3) % side, i % 3) ** 2;
      return sum / (side * side * 3);
    };
    return (meanSquare(difference, SIDE) + meanSquare(halved(difference, SIDE), SIDE / 2)) / 2;
  });
}

/** Of the same numbers as features of two layers of one: half the mean squared distance of directions with weight 3, as one layer has it. */
function featureDistances([images, others]: readonly ArrayLike<number>[]): number[] {
  const direction = (values: ArrayLike<number> | undefined, at: number): number[] => {
    const parts = [0, 1, 2].map((channel) => values?.[at + channel] ?? NaN);
    const length = Math.sqrt(parts.reduce((sum, part) => sum + part * part, 1e-6));
    return parts.map((part) => part / length);
  };
  return Array.from({ length: PICTURES }, (_, n) => {
    let sum = 0;
    for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
      const at = (n * SIDE * SIDE + pixel) * 3;
      const [a, b] = [direction(images, at), direction(others, at)];
      for (const [channel, part] of a.entries()) sum += (part - (b[channel] ?? NaN)) ** 2;
    }
    return (3 * sum) / (SIDE * SIDE);
  });
}

const VIEWS = {
  pixels: { view: (x: tf.Tensor4D) => viewPixels(x), twin: pixelDistances },
  features: { view: (x: tf.Tensor4D) => viewFeatures([x, x], 3), twin: featureDistances },
};

describe('training/picture-views', () => {
  eachBackend((_, acquire) => {
    for (const [name, { view, twin }] of Object.entries(VIEWS)) {
      it(`gives the distance in ${name}, and its gradient`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const probe = [1.5, -0.5];
        const [distances, gradient] = runtime.run(() =>
          tf.tidy(() => {
            const [images, others] = [tf.tensor4d(FIRST, SHAPE), tf.tensor4d(SECOND, SHAPE)];
            const measure = (x: tf.Tensor): tf.Tensor => rowDistances(view(x as tf.Tensor4D), view(others));
            return [measure(images), tf.grad((x) => tf.sum(tf.mul(measure(x), tf.tensor1d(probe))))(images)];
          }),
        ) as [tf.Tensor, tf.Tensor];
        const expected = twin([FIRST, SECOND]);
        for (const [n, distance] of (await distances.data()).entries()) assert.closeTo(distance, expected[n] ?? NaN, 1e-4);
        const images = (await gradient.data()) as Float32Array;
        tf.dispose([distances, gradient]);
        assertGradients(([first]) => twin([first ?? [], SECOND]), { images: FIRST }, probe, { images });
      });
    }

    it('gives the distances of all pairs', async () => {
      const runtime = await acquire();
      const [pairs, rows] = runtime.run(() =>
        tf.tidy(() => {
          const [first, second] = [viewPixels(tf.tensor4d(FIRST, SHAPE)), viewPixels(tf.tensor4d(SECOND, SHAPE))];
          return [pairDistances(first, [...second, ...second].slice(0, second.length)), rowDistances(first, second)];
        }),
      ) as [tf.Tensor, tf.Tensor];
      const [table, diagonal] = [await pairs.data(), await rows.data()];
      tf.dispose([pairs, rows]);
      assert.closeTo(table[0] ?? NaN, diagonal[0] ?? NaN, 1e-4);
      assert.closeTo(table[3] ?? NaN, diagonal[1] ?? NaN, 1e-4);
      assert.closeTo(
        table[1] ?? NaN,
        pixelDistances([FIRST, Float32Array.from([...SECOND.slice(192), ...SECOND.slice(0, 192)])])[0] ?? NaN,
        1e-4,
      );
    });
  });
});
