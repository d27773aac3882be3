/** What the networks in jax-js minimise, and the augmentation of what the discriminator sees. Parameters are borrowed, all else is used up. */
import { grad, jvp, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { AugmentPlan } from '../../../../src/training/diff-augment.ts';
import type { StyleGan2Architecture } from '../../../../src/weights/architecture.ts';
import { mapParameters, type Parameters } from './jax-layers.ts';
import { discriminate, generate, type Latents } from './jax-networks.ts';

/** src/training/diff-augment.ts's plan as arrays. */
export type Plan = Readonly<{
  /** [n, 1, 1, 1], as the others of colour. */
  brightness: np.Array;
  saturation: np.Array;
  contrast: np.Array;
  /** [n, side, side, 1]. */
  kept: np.Array;
  /** [n, side, side] and [n, 3 · side, 3 · side], to multiply rows from the left and columns from the right. */
  rows: np.Array;
  columns: np.Array;
}>;

/** For each shift a matrix [length, length], true where row = column + shift. */
function shiftMatrices(shifts: readonly number[], length: number): Float32Array {
  const values = new Float32Array(shifts.length * length * length);
  for (const [index, shift] of shifts.entries()) {
    for (let row = Math.max(0, shift); row < Math.min(length, length + shift); row++)
      values[(index * length + row) * length + row - shift] = 1;
  }
  return values;
}

export function toPlan({ brightness, saturation, contrast, kept, shifts }: AugmentPlan): Plan {
  const count = shifts.length;
  const side = Math.sqrt(kept.length / count);
  const ofColour = (values: Float32Array): np.Array => np.array(values).reshape([count, 1, 1, 1]);
  const down = shifts.map(([row]) => row);
  const right = shifts.map(([, column]) => -3 * column);
  return {
    brightness: ofColour(brightness),
    saturation: ofColour(saturation),
    contrast: ofColour(contrast),
    kept: np.array(kept).reshape([count, side, side, 1]),
    rows: np.array(shiftMatrices(down, side)).reshape([count, side, side]),
    columns: np.array(shiftMatrices(right, 3 * side)).reshape([count, 3 * side, 3 * side]),
  };
}

function augment(images: np.Array, { brightness, saturation, contrast, kept, rows, columns }: Plan): np.Array {
  const [count = 0, side = 0] = images.shape;
  const bright = images.add(brightness);
  const grey = bright.ref.mean(3, { keepdims: true });
  const coloured = bright.sub(grey.ref).mul(saturation).add(grey);
  const mean = coloured.ref.mean([1, 2, 3], { keepdims: true });
  const contrasted = coloured.sub(mean.ref).mul(contrast).add(mean);
  const shifted = np.matmul(np.matmul(rows, contrasted.reshape([count, side, 3 * side])), columns);
  return shifted.reshape([count, side, side, 3]).mul(kept);
}

/** log(1 + exp(x)), without overflow. */
function softplus(x: np.Array): np.Array {
  return np.maximum(x.ref, 0).add(np.log1p(np.exp(np.absolute(x).neg())));
}

/** The discriminator's loss and the mean sign of its logits on real pictures. */
export type Judgement = Readonly<{
  real: np.Array;
  reals: Plan;
  fakes: Plan;
  latents: Latents;
  /** The generator's. */
  generator: Parameters;
}>;

export function judge(discriminator: Parameters, given: Judgement, architecture: StyleGan2Architecture): [np.Array, np.Array] {
  const { latents, generator } = given;
  const classes = latents.oneHot;
  const fakes = augment(generate(generator, { ...latents, oneHot: classes.ref }, architecture), given.fakes);
  const onReal = discriminate(discriminator, augment(given.real, given.reals), classes.ref, architecture);
  const onFake = discriminate(discriminator, fakes, classes, architecture);
  const sign = np.sign(onReal.ref).mean();
  tree.dispose([discriminator, generator]);
  return [softplus(onReal.neg()).mean().add(softplus(onFake).mean()), sign];
}

export type Drawing = Readonly<{
  fakes: Plan;
  latents: Latents;
  /** The discriminator's. */
  discriminator: Parameters;
}>;

/** The generator's loss. */
export function draw(generator: Parameters, { latents, fakes, discriminator }: Drawing, architecture: StyleGan2Architecture): np.Array {
  const classes = latents.oneHot;
  const images = augment(generate(generator, { ...latents, oneHot: classes.ref }, architecture), fakes);
  const logits = discriminate(discriminator, images, classes, architecture);
  tree.dispose([generator, discriminator]);
  return softplus(logits.neg()).mean();
}

export type Penalty = Readonly<{
  real: np.Array;
  reals: Plan;
  oneHot: np.Array;
  /** A number. */
  weight: np.Array;
}>;

/**
 * R1, with its weight, and its gradient by the parameters: the mean over pictures of the squared length of the logits' gradient v by the picture.
 * Its gradient is twice that of the logits' derivative along v, v held still: reverse over forward. Reverse over reverse, jax-js 0.1.25 writes out
 * the terms of every matrix product before it adds them up, 13 GB here.
 */
export function penalise(discriminator: Parameters, given: Penalty, architecture: StyleGan2Architecture): [np.Array, Parameters] {
  const { real, reals, oneHot, weight } = given;
  const scale = weight.mul(1 / (real.shape[0] ?? 0));
  const judgeAll = (parameters: Parameters, x: np.Array): np.Array => {
    const logits = discriminate(parameters, augment(x, tree.ref(reals)), oneHot.ref, architecture);
    tree.dispose(parameters);
    return logits.sum();
  };
  const direction = grad(judgeAll, { argnums: 1 })(tree.ref(discriminator), real.ref);
  const derive = (parameters: Parameters): np.Array => {
    const along = jvp((x: np.Array) => judgeAll(parameters, x), [real], [direction]);
    return along[1];
  };
  const [squared, gradient] = valueAndGrad(derive)(discriminator);
  tree.dispose([reals, oneHot]);
  return [squared.mul(scale.ref), mapParameters(gradient, (value) => value.mul(scale.ref).mul(2))];
}
