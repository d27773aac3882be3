import * as tf from '@tensorflow/tfjs-core';
import {
  canFuse,
  FUSED_KERNELS,
  runFused,
  type PackAttributes,
  type StyleAttributes,
  type SynthesisLayerAttributes,
  type SynthesisLayerInputs,
} from '../../runtime/kernels/fused-kernels.ts';
import { foldKernel, pixelShuffle, upsamplingAxis } from '../fold-kernel.ts';
import { clampMagnitude, leakyRelu } from '../piecewise-linear.ts';

/** As {@link SynthesisLayerInputs}, with the kernel that {@link packKernel} gave, and null for no noise. */
export interface SynthesisLayerTensors extends Omit<SynthesisLayerInputs, 'kernel' | 'noise'> {
  readonly kernel: tf.Tensor;
  readonly noise: tf.Tensor4D | null;
}

/**
 * A kernel [3, 3, I, O] in the form in which {@link synthesisLayer} takes it: packed for the backend (rank 1), or, where there is no fused kernel
 * and while gradients are recorded, as an ordinary convolution takes it, folded for upsampling. Differentiable.
 */
export function packKernel(kernel: tf.Tensor4D, attributes: PackAttributes): tf.Tensor {
  if (canFuse(FUSED_KERNELS.pack)) return runFused(FUSED_KERNELS.pack, { kernel }, attributes);
  return attributes.up ? foldKernel(kernel, upsamplingAxis()) : kernel;
}

/**
 * A synthesis layer of StyleGAN2 (Karras et al., 2020), with the modulation moved off the weights: style ⊙ x, a 3×3 convolution (upsampling:
 * transposed with stride 2, then the filter [1, 3, 3, 1] with gain 4), demodulation, noise, bias, leaky ReLU, clamping. Gives [n, size, size, O].
 */
export function synthesisLayer({ noise, ...tensors }: SynthesisLayerTensors, attributes: SynthesisLayerAttributes): tf.Tensor4D {
  if (tensors.kernel.rank === 1) {
    return runFused(FUSED_KERNELS.synthesisLayer, noise ? { ...tensors, noise } : tensors, attributes);
  }
  return tf.tidy(() => {
    const { x, kernel, power, bias } = tensors;
    const style = computeStyle(tensors, attributes);
    const demodulation = spread(tf.rsqrt(tf.add(tf.matMul(tf.square(style), power), attributes.epsilon)) as tf.Tensor2D);
    let y = tf.conv2d(tf.mul(x, spread(style)) as tf.Tensor4D, kernel as tf.Tensor4D, 1, 1);
    if (attributes.up) y = pixelShuffle(y, 2);
    y = tf.mul(y, demodulation);
    if (noise) y = tf.add(y, noise);
    y = leakyRelu(tf.add(y, bias) as tf.Tensor4D, attributes.slope);
    return Number.isFinite(attributes.limit) ? clampMagnitude(y, attributes.limit) : y;
  });
}

/** The style [n, I] of a layer, by its row of ws. */
export function computeStyle(
  { ws, affineWeight, affineBias }: Pick<SynthesisLayerInputs, 'ws' | 'affineWeight' | 'affineBias'>,
  { row }: StyleAttributes,
): tf.Tensor2D {
  const [n, , wDim] = ws.shape;
  const w = tf.reshape(tf.slice(ws, [0, row, 0], [n, 1, wDim]), [n, wDim]);
  return tf.add(tf.matMul(w, affineWeight), affineBias);
}

/** [n, c] as [n, 1, 1, c]. */
export function spread(x: tf.Tensor2D): tf.Tensor4D {
  return tf.reshape(x, [x.shape[0], 1, 1, x.shape[1]]);
}
