/** The networks of src/model/stylegan2-*.ts in jax-js, of the tensors of weights files as they stand there. Parameters are borrowed. */
import { numpy as np } from '@jax-js/jax';
import type { StyleGan2Architecture } from '../../../../src/weights/architecture.ts';
import { blockResolutions } from '../../../../src/weights/tensor-shapes.ts';
import {
  applyDense,
  applyMapping,
  convolve,
  convolveHalving,
  createColourDoubling,
  foldUpsampling,
  GAIN,
  halve,
  leakyRelu,
  mixChannels,
  normalizeRows,
  shufflePixels,
  take,
  toColumns,
  toMixing,
  type Parameters,
} from './jax-layers.ts';

const EPSILON = 1e-8;
const GROUP_SIZE = 4;

/** What a generator draws from; used up. */
export type Latents = Readonly<{
  /** [n, z_dim]. */
  z: np.Array;
  /** [n, classes]. */
  oneHot: np.Array;
  /** [n, size, size, 1] of each convolution. */
  noise: np.Array[];
}>;

/** [n, c] as [n, 1, 1, c]. */
function spread(x: np.Array): np.Array {
  const [n = 0, c = 0] = x.shape;
  return x.reshape([n, 1, 1, c]);
}

function mapLatents(parameters: Parameters, z: np.Array, oneHot: np.Array, { classes, mapping_layers }: StyleGan2Architecture): np.Array {
  const rows = normalizeRows(z);
  if (classes > 0)
    return applyMapping(
      parameters,
      np.concatenate([rows, normalizeRows(applyDense(parameters, 'mapping.embed', oneHot))], 1),
      mapping_layers,
    );
  oneHot.dispose();
  return applyMapping(parameters, rows, mapping_layers);
}

/** A modulated 3×3 convolution with noise and leaky ReLU; uses up x and noise, borrows w. */
function applySynthesisLayer(parameters: Parameters, name: string, x: np.Array, w: np.Array, noise: np.Array): np.Array {
  const isUp = name.endsWith('conv0');
  const style = applyDense(parameters, `${name}.affine`, w.ref);
  const power = np.square(take(parameters, `${name}.weight`)).sum([2, 3]).transpose(); // prettier-ignore
  const demodulation = np.matmul(np.square(style.ref), power).add(EPSILON);
  const weight = take(parameters, `${name}.weight`);
  const scaled = x.mul(spread(style));
  const y = isUp ? shufflePixels(convolve(scaled, foldUpsampling(weight, GAIN))) : convolve(scaled, toColumns(weight, GAIN));
  const strength = take(parameters, `${name}.noise_strength`).mul(GAIN);
  const bias = take(parameters, `${name}.bias`).mul(GAIN);
  return leakyRelu(y.mul(spread(np.reciprocal(np.sqrt(demodulation)))).add(noise.mul(strength)).add(bias)); // prettier-ignore
}

/** The picture so far, doubled, and this block's colours; uses up x and image, borrows w. */
function applyToRgb(parameters: Parameters, name: string, x: np.Array, w: np.Array, image: np.Array | null): np.Array {
  const style = applyDense(parameters, `${name}.affine`, w.ref, 1 / Math.sqrt(x.shape[3] ?? 0));
  const colours = mixChannels(x.mul(spread(style)), toMixing(take(parameters, `${name}.weight`))).add(take(parameters, `${name}.bias`));
  return image ? colours.add(shufflePixels(convolve(image, createColourDoubling()))) : colours;
}

/** Pictures [n, side, side, 3], about −1…1. */
export function generate(parameters: Parameters, { z, oneHot, noise }: Latents, architecture: StyleGan2Architecture): np.Array {
  const n = z.shape[0] ?? 0;
  const w = mapLatents(parameters, z, oneHot, architecture);
  const constant = take(parameters, 'synthesis.b4.const');
  let x = np.tile(constant.transpose([1, 2, 0]).reshape([1, 4, 4, -1]), [n, 1, 1, 1]);
  let image: np.Array | null = null;
  let layer = 0;
  for (const size of blockResolutions(architecture)) {
    const block = `synthesis.b${size.toString()}`;
    for (const name of size > 4 ? [`${block}.conv0`, `${block}.conv1`] : [`${block}.conv1`])
      x = applySynthesisLayer(parameters, name, x, w, noise[layer++] as np.Array);
    image = applyToRgb(parameters, `${block}.torgb`, x.ref, w, image);
  }
  x.dispose();
  w.dispose();
  return image as np.Array;
}

/** A kernel with equalised learning rate. */
function takeKernel(parameters: Parameters, name: string, gain: number): np.Array {
  const weight = take(parameters, `${name}.weight`);
  const [, inputs = 0, taps = 0] = weight.shape;
  const total = gain / Math.sqrt(inputs * taps * taps);
  return taps === 1 ? toMixing(weight.mul(total)) : toColumns(weight, total);
}

/** The bias and leaky ReLU of a convolution. */
function activate(parameters: Parameters, name: string, y: np.Array, gain: number): np.Array {
  return leakyRelu(y.add(take(parameters, `${name}.bias`).mul(gain)));
}

/** A residual block; uses up x. */
function applyBlock(parameters: Parameters, name: string, x: np.Array): np.Array {
  const skip = mixChannels(halve(x.ref), takeKernel(parameters, `${name}.skip`, Math.SQRT1_2));
  const first = activate(parameters, `${name}.conv0`, convolve(x, takeKernel(parameters, `${name}.conv0`, GAIN)), GAIN);
  const second = convolveHalving(first, takeKernel(parameters, `${name}.conv1`, 1));
  return skip.add(activate(parameters, `${name}.conv1`, second, 1));
}

/** x [n, h, w, c] with one channel more: the standard deviation over its group of pictures. */
function appendSpread(x: np.Array): np.Array {
  const [n = 0, h = 0, w = 0, c = 0] = x.shape;
  let group = Math.min(GROUP_SIZE, n);
  while (n % group) group -= 1;
  const others = n / group;
  const groups = x.ref.reshape([group, others, h * w * c]);
  const variance = np.square(groups.ref.sub(groups.mean(0, { keepdims: true }))).mean(0);
  const deviation = np.sqrt(variance.add(EPSILON)).mean(1);
  const field = np.broadcastTo(deviation.reshape([1, others, 1]), [group, others, h * w]).reshape([n, h, w, 1]);
  return np.concatenate([x, field], 3);
}

/** Logits [n, 1]; uses up images and oneHot. */
export function discriminate(parameters: Parameters, images: np.Array, oneHot: np.Array, architecture: StyleGan2Architecture): np.Array {
  const { resolution, classes, mapping_layers } = architecture;
  const rgb = `b${resolution.toString()}.fromrgb`;
  let x = activate(parameters, rgb, mixChannels(images, takeKernel(parameters, rgb, GAIN)), GAIN);
  for (const size of blockResolutions(architecture).slice(1).reverse()) x = applyBlock(parameters, `b${size.toString()}`, x); // prettier-ignore
  const last = convolve(appendSpread(x), takeKernel(parameters, 'b4.conv', GAIN));
  x = activate(parameters, 'b4.conv', last, GAIN);
  const [n = 0, , , width = 0] = x.shape;
  const flat = x.transpose([0, 3, 1, 2]).reshape([n, width * 16]);
  const hidden = leakyRelu(applyDense(parameters, 'b4.fc', flat, GAIN));
  const features = applyDense(parameters, 'b4.out', hidden, classes > 0 ? 1 / Math.sqrt(width) : 1);
  if (classes === 0) {
    oneHot.dispose();
    return features;
  }
  const mapped = applyMapping(parameters, normalizeRows(applyDense(parameters, 'mapping.embed', oneHot)), mapping_layers);
  return features.mul(mapped).sum(1, { keepdims: true }); // prettier-ignore
}
