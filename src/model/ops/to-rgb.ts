import * as tf from '@tensorflow/tfjs-core';
import { canFuse, FUSED_KERNELS, runFused, type ToRgbAttributes, type ToRgbInputs } from '../../runtime/kernels/fused-kernels.ts';
import { pixelShuffle } from '../fold-kernel.ts';
import { clampMagnitude } from '../piecewise-linear.ts';
import { computeStyle, spread } from './synthesis-layer.ts';

/** As {@link ToRgbInputs}, and null for no picture so far. */
export interface ToRgbTensors extends Omit<ToRgbInputs, 'image'> {
  readonly image: tf.Tensor4D | null;
}

/** A modulated 1×1 convolution to colours without demodulation, and the picture so far, doubled, added to it. Gives [n, s, s, 3]. */
export function toRgb({ image, ...tensors }: ToRgbTensors, attributes: ToRgbAttributes): tf.Tensor4D {
  if (canFuse(FUSED_KERNELS.toRgb)) return runFused(FUSED_KERNELS.toRgb, image ? { ...tensors, image } : tensors, attributes);
  return tf.tidy(() => {
    const { x, kernel, bias } = tensors;
    const style = computeStyle(tensors, attributes);
    const colours = tf.add(tf.conv2d(tf.mul(x, spread(style)) as tf.Tensor4D, kernel, 1, 0), bias) as tf.Tensor4D;
    const y = Number.isFinite(attributes.limit) ? clampMagnitude(colours, attributes.limit) : colours;
    return image ? tf.add(y, pixelShuffle(tf.conv2d(image, tf.tensor4d(BILINEAR_KERNEL, [3, 3, 3, 12]), 1, 1), 2)) : y;
  });
}

/** What the taps −1, 0 and 1 count in the two phases of the [1, 3, 3, 1] upsampling of an image: it is bilinear, with zeros outside. */
const BILINEAR = [
  [0.25, 0.75, 0],
  [0, 0.75, 0.25],
] as const;

/** That as a kernel [3, 3, 3, 12] for a convolution and a pixel shuffle: each colour by itself. */
const BILINEAR_KERNEL = Float32Array.from({ length: 9 * 36 }, (_, index) => {
  const [tap, from, phase, to] = [Math.floor(index / 36), Math.floor(index / 12) % 3, Math.floor(index / 3) % 4, index % 3];
  if (from !== to) return 0;
  const rows = BILINEAR[phase < 2 ? 0 : 1];
  const columns = BILINEAR[phase % 2 === 0 ? 0 : 1];
  return (rows[Math.floor(tap / 3)] ?? 0) * (columns[tap % 3] ?? 0);
});
