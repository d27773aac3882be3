import * as tf from '@tensorflow/tfjs-core';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import { blockResolutions, channelsAt } from '../weights/tensor-shapes.ts';
import {
  ACTIVATION_GAIN,
  ACTIVATION_SLOPE,
  applyDense,
  mappingLayers,
  normalizeRows,
  prepareDense,
  weightAndBias,
  type DenseLayer,
} from './dense-layer.ts';
import { downsamplingAxis, foldKernel, toHwio } from './fold-kernel.ts';
import { preparedTensor, requireParameter, type DiscriminatorNetwork, type Parameters, type Prepared } from './network.ts';
import { halve } from './ops/halve.ts';
import { clampMagnitude, leakyRelu } from './piecewise-linear.ts';

/** Pictures that the minibatch's standard deviation is taken over. */
const GROUP_SIZE = 4;
const EPSILON = 1e-8;

/** A convolution with equalised learning rate, optionally halving the resolution by filter and stride. */
interface ConvolutionLayer {
  readonly name: string;
  readonly inputs: number;
  readonly kernel: 1 | 3;
  readonly down: boolean;
  /** With bias, leaky ReLU and clamp; without, it is the residual's skip. */
  readonly activate: boolean;
  /** A further factor on the result, and on the clamp. */
  readonly gain: number;
}

interface Block {
  readonly fromRgb: ConvolutionLayer | null;
  readonly first: ConvolutionLayer;
  readonly second: ConvolutionLayer;
  readonly skip: ConvolutionLayer;
}

function listBlocks(architecture: StyleGan2Architecture): Block[] {
  const plain = { down: false, activate: true, gain: 1 };
  return blockResolutions(architecture)
    .slice(1)
    .reverse()
    .map((size) => {
      const inputs = channelsAt(architecture, size);
      const name = `b${size}`;
      return {
        fromRgb: size === architecture.resolution ? { ...plain, name: `${name}.fromrgb`, inputs: 3, kernel: 1 } : null,
        first: { ...plain, name: `${name}.conv0`, inputs, kernel: 3 },
        second: { name: `${name}.conv1`, inputs, kernel: 3, down: true, activate: true, gain: Math.SQRT1_2 },
        skip: { name: `${name}.skip`, inputs, kernel: 1, down: true, activate: false, gain: Math.SQRT1_2 },
      };
    });
}

/** The largest group of pictures, at most {@link GROUP_SIZE}, that divides the batch. */
function groupSize(batch: number): number {
  let group = Math.min(GROUP_SIZE, batch);
  while (batch % group) group -= 1;
  return group;
}

/** x [n, h, w, c] with one channel more: the standard deviation over its group of pictures, averaged over pixels and channels. */
function appendSpread(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape;
  const group = groupSize(batch);
  const others = batch / group;
  // Picture g · others + j belongs to group j.
  const groups = tf.reshape(x, [group, others, height * width * channels]) as tf.Tensor3D;
  const variance = tf.mean(tf.square(tf.sub(groups, tf.mean(groups, 0, true))), 0);
  const spread = tf.mean(tf.sqrt(tf.add(variance, EPSILON)), 1);
  const field = tf.mul(tf.reshape(spread, [1, others, 1]), tf.ones([group, others, height * width]));
  return tf.concat([x, tf.reshape(field, [batch, height, width, 1])], 3) as tf.Tensor4D;
}

/** A StyleGAN2 residual discriminator. Downsampling filters are folded into the 3×3 kernels. */
export class StyleGan2Discriminator implements DiscriminatorNetwork {
  readonly parameterNames: readonly string[];
  readonly bufferNames: readonly string[] = [];
  readonly #clamp: number | null;
  readonly #blocks: readonly Block[];
  readonly #last: ConvolutionLayer;
  readonly #hidden: DenseLayer;
  readonly #out: DenseLayer;
  readonly #embedding: DenseLayer | null;
  readonly #mapping: readonly DenseLayer[];

  constructor(architecture: StyleGan2Architecture) {
    const { classes, mapping_layers, conv_clamp } = architecture;
    const width = channelsAt(architecture, 4);
    this.#clamp = conv_clamp ?? null;
    this.#blocks = listBlocks(architecture);
    this.#last = { name: 'b4.conv', inputs: width + 1, kernel: 3, down: false, activate: true, gain: 1 };
    this.#hidden = { name: 'b4.fc', inputs: width * 16, activate: true };
    // With classes the logit is a scaled product with the mapped class; the scale is folded in here.
    this.#out = { name: 'b4.out', inputs: width, gain: classes ? 1 / Math.sqrt(width) : 1 };
    this.#embedding = classes ? { name: 'mapping.embed', inputs: classes } : null;
    this.#mapping = classes ? mappingLayers('mapping', mapping_layers, width, width) : [];
    const dense = [this.#hidden, this.#out, ...(this.#embedding ? [this.#embedding] : []), ...this.#mapping];
    this.parameterNames = [
      ...this.#convolutions().flatMap(({ name, activate }) => (activate ? weightAndBias({ name }) : [`${name}.weight`])),
      ...dense.flatMap(weightAndBias),
    ];
  }

  #convolutions(): ConvolutionLayer[] {
    const blocks = this.#blocks.flatMap(({ fromRgb, first, second, skip }) => [...(fromRgb ? [fromRgb] : []), first, second, skip]);
    return [...blocks, this.#last];
  }

  prepare(parameters: Parameters): Prepared {
    return tf.tidy(() => {
      const prepared: Prepared = {};
      for (const layer of this.#convolutions()) prepareConvolution(prepared, parameters, layer);
      // PyTorch flattens [c, 4, 4]; our maps are [4, 4, c].
      prepareDense(prepared, parameters, this.#hidden, (weight) => {
        const [outputs, inputs] = weight.shape;
        return tf.reshape(tf.transpose(tf.reshape(weight, [outputs, inputs / 16, 16]), [0, 2, 1]), [outputs, inputs]);
      });
      prepareDense(prepared, parameters, this.#out);
      if (this.#embedding) prepareDense(prepared, parameters, this.#embedding);
      for (const layer of this.#mapping) prepareDense(prepared, parameters, layer);
      return prepared;
    });
  }

  discriminate(prepared: Prepared, images: tf.Tensor4D, oneHot: tf.Tensor2D | null): tf.Tensor2D {
    return tf.tidy(() => {
      const blocks = this.#runBlocks(prepared, images);
      const x = this.#convolve(prepared, appendSpread(blocks.at(-1) as tf.Tensor4D), this.#last);
      const flat = tf.reshape(x, [x.shape[0], -1]) as tf.Tensor2D;
      const features = applyDense(prepared, applyDense(prepared, flat, this.#hidden), this.#out);
      if (!this.#embedding || !oneHot) return features;
      let mapped = normalizeRows(applyDense(prepared, oneHot, this.#embedding));
      for (const layer of this.#mapping) mapped = applyDense(prepared, mapped, layer);
      return tf.sum(tf.mul(features, mapped), 1, true);
    });
  }

  extractFeatures(prepared: Prepared, images: tf.Tensor4D): tf.Tensor4D[] {
    return tf.tidy(() => this.#runBlocks(prepared, images));
  }

  /** What each block gives. */
  #runBlocks(prepared: Prepared, images: tf.Tensor4D): tf.Tensor4D[] {
    let x = images;
    return this.#blocks.map(({ fromRgb, first, second, skip }) => {
      if (fromRgb) x = this.#convolve(prepared, x, fromRgb);
      x = tf.add(this.#convolve(prepared, x, skip), this.#convolve(prepared, this.#convolve(prepared, x, first), second));
      return x;
    });
  }

  #convolve(prepared: Prepared, x: tf.Tensor4D, { name, kernel, down, activate, gain }: ConvolutionLayer): tf.Tensor4D {
    const weight = preparedTensor<tf.Tensor4D>(prepared, `${name}.kernel`);
    // A 1×1 kernel is cheaper after the filter than folded with it.
    const isFolded = down && kernel > 1;
    const y = tf.conv2d(down && !isFolded ? halve(x) : x, weight, isFolded ? 2 : 1, Math.floor(kernel / 2) + (isFolded ? 1 : 0));
    if (!activate) return y;
    const activated = leakyRelu(tf.add(y, preparedTensor(prepared, `${name}.bias`)) as tf.Tensor4D, ACTIVATION_SLOPE);
    return this.#clamp === null ? activated : clampMagnitude(activated, this.#clamp * gain);
  }
}

function prepareConvolution(
  prepared: Prepared,
  parameters: Parameters,
  { name, inputs, kernel, down, activate, gain }: ConvolutionLayer,
): void {
  const total = gain * (activate ? ACTIVATION_GAIN : 1);
  const weight = tf.mul(toHwio(requireParameter(parameters, `${name}.weight`)), total / Math.sqrt(inputs * kernel * kernel));
  prepared[`${name}.kernel`] = down && kernel > 1 ? foldKernel(weight as tf.Tensor4D, downsamplingAxis(kernel)) : weight;
  if (activate) prepared[`${name}.bias`] = tf.mul(requireParameter(parameters, `${name}.bias`), total);
}
