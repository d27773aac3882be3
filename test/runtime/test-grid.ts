import * as tf from '@tensorflow/tfjs-core';

export const TEST_WIDTH = 48;
export const TEST_HEIGHT = 40;

/** The level of a channel at a pixel: every level from 0 to 255 comes up; the last 8 rows are transparent black. */
export function testLevel(y: number, x: number, channel: number): number {
  if (y >= TEST_HEIGHT - 8) return 0;
  return channel === 3 ? 255 : (y * 48 + x + 85 * channel) % 256;
}

/** The levels of the whole grid, as readRgba gives them. */
export function testLevels(): Uint8ClampedArray {
  const levels = new Uint8ClampedArray(TEST_HEIGHT * TEST_WIDTH * 4);
  for (let i = 0; i < levels.length; i++) levels[i] = testLevel(Math.floor(i / 4 / TEST_WIDTH), Math.floor(i / 4) % TEST_WIDTH, i % 4);
  return levels;
}

/** The grid on the current backend, computed there (so that on WebGPU it is in a GPU buffer); owned by the caller. */
export function createTestGrid(): tf.Tensor3D {
  return tf.tidy(() => tf.floor(tf.add(tf.tensor3d(Float32Array.from(testLevels()), [TEST_HEIGHT, TEST_WIDTH, 4]), 0.25)));
}

/** The same, packed: int32 [height, width]. */
export function createPackedTestGrid(): tf.Tensor2D {
  const pixels = new Int32Array(testLevels().buffer);
  return tf.tidy(() => tf.add(tf.tensor2d(pixels, [TEST_HEIGHT, TEST_WIDTH], 'int32'), tf.scalar(0, 'int32')));
}
