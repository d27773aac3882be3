import * as tf from '@tensorflow/tfjs-core';
import { canFuse, FUSED_KERNELS, runFused } from '../runtime/kernels/fused-kernels.ts';

/**
 * Images [n, h, w, 3] of about −1…1 as one grid [rows · h, columns · w, 4] of whole numbers 0…255 (float32): round((x + 1) · 127.5), clamped;
 * alpha 255; or packed, int32 [rows · h, columns · w], where the backend can. Cells without a picture are transparent black. Rounds half up by
 * floor(), which every backend computes alike.
 */
export function arrangeGrid(images: tf.Tensor4D, columns: number): tf.Tensor3D | tf.Tensor2D {
  if (canFuse(FUSED_KERNELS.grid)) return runFused<tf.Tensor2D>(FUSED_KERNELS.grid, { images }, { columns });
  return tf.tidy((): tf.Tensor3D => {
    const [count, height, width] = images.shape;
    const levels = tf.clipByValue(tf.floor(tf.add(tf.mul(images, 127.5), 128)), 0, 255);
    const opaque = tf.pad(levels, [[0, 0], [0, 0], [0, 0], [0, 1]], 255); // prettier-ignore
    if (count === 1 && columns === 1) return tf.reshape(opaque, [height, width, 4]);
    const rows = Math.ceil(count / columns);
    const empty = rows * columns - count;
    const cells = empty ? tf.pad(opaque, [[0, empty], [0, 0], [0, 0], [0, 0]]) : opaque; // prettier-ignore
    const split = tf.reshape(cells, [rows, columns, height, width * 4]);
    return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), [rows * height, columns * width, 4]);
  });
}
