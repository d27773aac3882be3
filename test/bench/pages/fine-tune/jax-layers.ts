/**
 * Layers of StyleGAN2 in jax-js, on maps [n, h, w, c]. Convolutions are matrix products of columns, which jax-js on WASM does some twenty times as
 * fast as its own lax.conv. In jax-js whoever is given an array has to use it up: `x.ref` is x for one use more. Trees of arrays are types, since it
 * takes no interface as one.
 */
import { nn, numpy as np } from '@jax-js/jax';

export const GAIN = Math.SQRT2;
const SLOPE = 0.2;
const EPSILON = 1e-8;
/** The filter [1, 3, 3, 1] / 8, one axis. */
const FILTER = [1 / 8, 3 / 8, 3 / 8, 1 / 8] as const;

/** By their names in the weights file. Borrowed: {@link take} makes one use more. */
export type Parameters = Record<string, np.Array>;

export function take(parameters: Parameters, name: string): np.Array {
  const found = parameters[name];
  if (!found) throw new Error(`The weights have no tensor ${name}.`);
  return found.ref;
}

export function mapParameters(parameters: Parameters, change: (value: np.Array, name: string) => np.Array): Parameters {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, change(value, name)]));
}

function sizesOf(x: np.Array): readonly [number, number, number, number] {
  return x.shape as [number, number, number, number];
}

/** x [n, h, w, c] with that many zeros before and after, both ways. */
function padMap(x: np.Array, before: number, after: number): np.Array {
  return np.pad(x, [[0, 0], [before, after], [before, after], [0, 0]]); // prettier-ignore
}

/** What the taps of 3×3 see of x [n, h, w, c], zeros outside: [n · h · w, 9 · c], rows of taps first. */
function takeColumns(x: np.Array): np.Array {
  const [n, h, w, c] = sizesOf(x);
  const padded = padMap(x, 1, 1);
  const views = Array.from({ length: 9 }, (_, tap) => {
    const [top, left] = [Math.floor(tap / 3), tap % 3];
    return padded.ref.slice([], [top, top + h], [left, left + w]);
  });
  padded.dispose();
  return np.concatenate(views, 3).reshape([n * h * w, 9 * c]);
}

/**
 * x [rows, from] · kernel [from, to] as a map. The axis of length 1 that comes and goes adds up the gradient over it, so that jax-js writes that out
 * before it multiplies by it; else it puts the slopes of the leaky ReLU into its matrix product, which then takes 25 times as long.
 */
function multiplyToMap(x: np.Array, kernel: np.Array, [n, h, w]: readonly [number, number, number]): np.Array {
  const y = np.matmul(x, kernel);
  const [rows = 0, to = 0] = y.shape;
  return np.broadcastTo(y, [1, rows, to]).reshape([n, h, w, to]);
}

/** A 3×3 convolution of x by a kernel [9 · I, O], rows of taps first. */
export function convolve(x: np.Array, kernel: np.Array): np.Array {
  const [n, h, w] = sizesOf(x);
  return multiplyToMap(takeColumns(x), kernel, [n, h, w]);
}

/** A 1×1 convolution of x by a kernel [I, O]. */
export function mixChannels(x: np.Array, kernel: np.Array): np.Array {
  const [n, h, w, c] = sizesOf(x);
  return multiplyToMap(x.reshape([n * h * w, c]), kernel, [n, h, w]);
}

/**
 * A kernel [O, I, 3, 3] of a weights file, times a gain, as {@link convolve} takes it. The gain comes last: what is only a view into another order,
 * jax-js does not write out, and its matrix products take 25 times as long on it.
 */
export function toColumns(weight: np.Array, gain: number): np.Array {
  const [outputs, inputs] = sizesOf(weight);
  return weight.transpose([2, 3, 1, 0]).reshape([9 * inputs, outputs]).mul(gain); // prettier-ignore
}

/** A kernel [O, I, 1, 1] of a weights file as {@link mixChannels} takes it. */
export function toMixing(weight: np.Array): np.Array {
  const [outputs, inputs] = sizesOf(weight);
  return weight.reshape([outputs, inputs]).transpose();
}

/** [9, 4 · 9]: old taps to phases and new taps, of a transposed convolution with stride 2 and then the filter with gain 4. */
const UPSAMPLING = Float32Array.from({ length: 9 * 36 }, (_, index) => {
  const [old, phase, tap] = [Math.floor(index / 36), Math.floor(index / 9) % 4, index % 9];
  const along = (p: number, t: number, k: number): number => 2 * (FILTER[p + 4 - 2 * t - k] ?? 0);
  return along(phase >> 1, Math.floor(tap / 3), Math.floor(old / 3)) * along(phase & 1, tap % 3, old % 3);
});

/** A kernel [O, I, 3, 3] folded for upsampling, [9 · I, 4 · O], phases first: its convolution, then {@link shufflePixels}. */
export function foldUpsampling(weight: np.Array, gain: number): np.Array {
  const [outputs, inputs] = sizesOf(weight);
  const folded = np.matmul(weight.reshape([outputs * inputs, 9]), np.array(UPSAMPLING).reshape([9, 36]));
  const ordered = folded.reshape([outputs, inputs, 4, 9]).transpose([3, 1, 2, 0]); // prettier-ignore
  return ordered.reshape([9 * inputs, 4 * outputs]).mul(gain);
}

/** [n, h, w, 4 · C], phases first, to [n, 2 h, 2 w, C]. */
export function shufflePixels(x: np.Array): np.Array {
  const [n, h, w, depth] = sizesOf(x);
  const split = x.reshape([n, h, w, 2, 2, depth / 4]);
  return split.transpose([0, 1, 3, 2, 4, 5]).reshape([n, 2 * h, 2 * w, depth / 4]);
}

/** What {@link foldUpsampling} makes of a kernel that only passes each colour on. */
export function createColourDoubling(): np.Array {
  // A tap at the middle takes the filter with gain 4, which is bilinear.
  return foldUpsampling(np.array(Float32Array.from({ length: 81 }, (_, index) => (index % 36 === 4 ? 1 : 0))).reshape([3, 3, 3, 3]), 1);
}

/** Every second pixel of x [n, h, w, c] from `first` on, `count` of them: along rows, then along columns. */
function takeEverySecond(x: np.Array, top: number, left: number, [rows, columns]: readonly [number, number]): np.Array {
  const [n, h, w, c] = sizesOf(x);
  const [row, column] = [top >> 1, left >> 1];
  return x.reshape([n, h / 2, 2, w / 2, 2, c]).slice([], [row, row + rows], top & 1, [column, column + columns], left & 1, []);
}

function sumOf(terms: readonly np.Array[]): np.Array {
  return terms.reduce((sum, term) => sum.add(term));
}

/** The filter and every second pixel: x [n, 2 h, 2 w, c] to [n, h, w, c]. Output i takes the inputs 2 i − 1 to 2 i + 2. */
export function halve(x: np.Array): np.Array {
  const [, h, w] = sizesOf(x);
  const padded = padMap(x, 1, 1);
  const terms = FILTER.flatMap((down, top) =>
    FILTER.map((across, left) => takeEverySecond(padded.ref, top, left, [h / 2, w / 2]).mul(down * across)),
  );
  padded.dispose();
  return sumOf(terms);
}

/** The filter along both axes, x [n, h, w, c] with two zeros on every side to [n, h + 1, w + 1, c]. */
function filter(x: np.Array): np.Array {
  const [, h, w] = sizesOf(x);
  const padded = padMap(x, 2, 2);
  const rows = sumOf(FILTER.map((tap, at) => padded.ref.slice([], [at, at + h + 1]).mul(tap)));
  padded.dispose();
  const both = sumOf(FILTER.map((tap, at) => rows.ref.slice([], [], [at, at + w + 1]).mul(tap)));
  rows.dispose();
  return both;
}

/** The filter and a 3×3 convolution of stride 2 by a kernel [9 · I, O]: x [n, 2 h, 2 w, c] to [n, h, w, O]. */
export function convolveHalving(x: np.Array, kernel: np.Array): np.Array {
  const [n, h, w, c] = sizesOf(x);
  // With one zero more at the end, so that it splits into pairs.
  const filtered = padMap(filter(x), 0, 1);
  const size = [h / 2, w / 2] as const;
  const views = Array.from({ length: 9 }, (_, tap) => takeEverySecond(filtered.ref, Math.floor(tap / 3), tap % 3, size));
  filtered.dispose();
  const columns = np.concatenate(views, 3).reshape([(n * h * w) / 4, 9 * c]);
  return multiplyToMap(columns, kernel, [n, ...size]);
}

export function leakyRelu(x: np.Array): np.Array {
  return nn.leakyRelu(x, SLOPE);
}

/** x [n, inputs] by a layer with equalised learning rate, its gain on weight and bias. */
export function applyDense(parameters: Parameters, name: string, x: np.Array, gain = 1): np.Array {
  const inputs = x.shape[1] ?? 0;
  const weight = take(parameters, `${name}.weight`).transpose().mul(gain / Math.sqrt(inputs)); // prettier-ignore
  return np.matmul(x, weight).add(take(parameters, `${name}.bias`).mul(gain));
}

/** Each row of x [n, d] scaled to second moment 1. */
export function normalizeRows(x: np.Array): np.Array {
  const power = np.square(x.ref).mean(1, { keepdims: true }).add(EPSILON); // prettier-ignore
  return x.mul(np.reciprocal(np.sqrt(power)));
}

/** The layers `mapping.fc0`… of a mapping network. */
export function applyMapping(parameters: Parameters, x: np.Array, layers: number): np.Array {
  let y = x;
  for (let layer = 0; layer < layers; layer++) y = leakyRelu(applyDense(parameters, `mapping.fc${layer.toString()}`, y, 0.01 * GAIN));
  return y;
}
