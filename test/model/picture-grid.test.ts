import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { arrangeGrid } from '../../src/model/picture-grid.ts';
import { readRgba } from '../../src/runtime/pixels.ts';
import { eachBackend } from '../support/backends.ts';

describe('model/picture-grid', () => {
  eachBackend((_, acquire) => {
    it('rounds to the nearest level and clamps', async () => {
      const runtime = await acquire();
      const values = [-1.5, -1, -0.9999, 0, 0.5, 0.998, 1, 7, -0.25, 0.25, 0.1, -0.1];
      const grid = runtime.run(() => tf.tidy(() => arrangeGrid(tf.tensor4d(values, [1, 2, 2, 3]), 1)));
      assert.deepEqual(grid.shape.slice(0, 2), [2, 2]);
      assert.deepEqual(
        [...(await readRgba(runtime, grid))],
        [0, 0, 0, 255, 128, 191, 255, 255, 255, 255, 96, 255, 159, 140, 115, 255].map((level, index) => (index % 4 === 3 ? 255 : level)),
      );
      grid.dispose();
    });

    it('lays pictures out row by row and leaves empty cells transparent', async () => {
      const runtime = await acquire();
      const grid = runtime.run(() =>
        tf.tidy(() => {
          const levels = tf.tensor4d([10, 20, 30], [3, 1, 1, 1]);
          const images = tf.tile(tf.sub(tf.div(levels, 127.5), 1), [1, 2, 3, 3]) as tf.Tensor4D;
          return arrangeGrid(images, 2);
        }),
      );
      assert.deepEqual(grid.shape.slice(0, 2), [4, 6]);
      const data = await readRgba(runtime, grid);
      const at = (y: number, x: number): number[] => [...data.slice((y * 6 + x) * 4, (y * 6 + x) * 4 + 4)];
      assert.deepEqual(
        [at(0, 0), at(1, 2), at(0, 3), at(3, 0), at(2, 2), at(2, 3), at(3, 5)],
        [
          [10, 10, 10, 255],
          [10, 10, 10, 255],
          [20, 20, 20, 255],
          [30, 30, 30, 255],
          [30, 30, 30, 255],
          [0, 0, 0, 0],
          [0, 0, 0, 0],
        ],
      );
      grid.dispose();
    });
  });
});
