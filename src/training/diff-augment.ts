import * as tf from '@tensorflow/tfjs-core';

/** Uniform deviates, 0 or more and less than 1, `count` at a time. */
export type UniformSource = (count: number) => Float32Array;

/** What is done to each picture of a batch; plain numbers, so that the same can be done to a batch again. */
export interface AugmentPlan {
  /** Added to every value, −0.5…0.5. */
  readonly brightness: Float32Array;
  /** Of the distance from the pixel's grey, 0…2; 1 leaves it. */
  readonly saturation: Float32Array;
  /** Of the distance from the picture's mean, 0.5…1.5; 1 leaves it. */
  readonly contrast: Float32Array;
  /** Pixels down and to the right, for each picture. */
  readonly shifts: readonly (readonly [down: number, right: number])[];
  /** [n, side, side, 1] of 0 and 1: what stays. */
  readonly kept: Float32Array;
}

/** DiffAugment's reach: an eighth of the side, and a square of half the side. */
const SHIFT_SHARE = 8;
const HOLE_SHARE = 4;

/** Draws what is to be done to `count` pictures of that side: each of colour (three), shift and cutout with probability `share`. */
export function planAugmentation(count: number, side: number, share: number, uniform: UniformSource): AugmentPlan {
  const chosen = (): boolean => (uniform(1)[0] ?? 1) < share;
  const between = (low: number, high: number): number => low + (high - low) * (uniform(1)[0] ?? 0);
  const whole = (low: number, high: number): number => Math.min(high, Math.floor(between(low, high + 1)));
  // Both are always drawn, so that the pictures after this one do not depend on the coin.
  const draw = (value: () => number, otherwise: number): number => {
    const drawn = value();
    return chosen() ? drawn : otherwise;
  };
  const each = (value: () => number): Float32Array => Float32Array.from({ length: count }, value);
  const brightness = each(() => draw(() => between(-0.5, 0.5), 0));
  const saturation = each(() => draw(() => between(0, 2), 1));
  const contrast = each(() => draw(() => between(0.5, 1.5), 1));
  const reach = Math.floor(side / SHIFT_SHARE);
  const shifts = Array.from({ length: count }, () => {
    const shift = [whole(-reach, reach), whole(-reach, reach)] as const;
    return chosen() ? shift : ([0, 0] as const);
  });
  const kept = new Float32Array(count * side * side).fill(1);
  for (let n = 0; n < count; n++) {
    const centre = [whole(0, side), whole(0, side)] as const;
    if (chosen()) cutHole(kept.subarray(n * side * side, (n + 1) * side * side), side, centre);
  }
  return { brightness, saturation, contrast, shifts, kept };
}

function cutHole(kept: Float32Array, side: number, [row, column]: readonly [number, number]): void {
  const half = Math.floor(side / HOLE_SHARE);
  const [top, left] = [Math.max(0, row - half), Math.max(0, column - half)];
  const [bottom, right] = [Math.min(side, row + half), Math.min(side, column + half)];
  for (let y = top; y < bottom; y++) kept.fill(0, y * side + left, y * side + right);
}

/** A plan as tensors, so that work on pictures is the same whatever is planned. */
export type AugmentTensors = tf.NamedTensorMap & {
  /** [n, 1, 1, 1], as the others of colour. */
  readonly brightness: tf.Tensor4D;
  readonly saturation: tf.Tensor4D;
  readonly contrast: tf.Tensor4D;
  /** [n, side, side, 1]. */
  readonly kept: tf.Tensor4D;
  /** [n, 1, 1] as numbers of pixels; both absent: none is shifted. */
  readonly down?: tf.Tensor3D;
  readonly right?: tf.Tensor3D;
};

/** `mayShift`: give the shifts even if all of them are 0. Owned by the caller. */
export function planTensors({ brightness, saturation, contrast, shifts, kept }: AugmentPlan, mayShift = false): AugmentTensors {
  const count = shifts.length;
  const side = Math.sqrt(kept.length / count);
  const ofColour = (values: Float32Array): tf.Tensor4D => tf.tensor4d(values, [count, 1, 1, 1]);
  const ofShifts = (axis: 0 | 1): tf.Tensor3D => tf.tensor3d(Float32Array.from(shifts, (shift) => shift[axis]), [count, 1, 1]); // prettier-ignore
  const isShifted = mayShift || shifts.some(([down, right]) => down !== 0 || right !== 0);
  return {
    ...{ brightness: ofColour(brightness), saturation: ofColour(saturation), contrast: ofColour(contrast) },
    kept: tf.tensor4d(kept, [count, side, side, 1]),
    ...(isShifted && { down: ofShifts(0), right: ofShifts(1) }),
  };
}

/**
 * DiffAugment (Zhao et al., 2020): pictures [n, side, side, 3] of −1…1 with colour, shift and cutout as planned; 0 comes in where pixels are
 * missing. Differentiable as often as one likes. The result is owned by the caller.
 */
export function augmentImages(images: tf.Tensor4D, plan: AugmentPlan): tf.Tensor4D {
  return tf.tidy(() => applyAugmentation(images, planTensors(plan)));
}

/** {@link augmentImages} by a plan's tensors, which are borrowed. */
export function applyAugmentation(images: tf.Tensor4D, plan: AugmentTensors): tf.Tensor4D {
  return tf.tidy(() => {
    const bright = tf.add(images, plan.brightness);
    const grey = tf.mean(bright, 3, true);
    const coloured = tf.add(grey, tf.mul(tf.sub(bright, grey), plan.saturation));
    const mean = tf.mean(coloured, [1, 2, 3], true);
    const contrasted = tf.add(mean, tf.mul(tf.sub(coloured, mean), plan.contrast)) as tf.Tensor4D;
    return tf.mul(shiftImages(contrasted, plan), plan.kept);
  });
}

/** Rows and columns are shifted by products with matrices of 0 and 1, so that how far is a matter of values. */
function shiftImages(images: tf.Tensor4D, { down, right }: AugmentTensors): tf.Tensor4D {
  if (!down || !right) return images;
  const [count, side] = images.shape;
  const line = (length: number, axis: 1 | 2): tf.Tensor => tf.reshape(tf.range(0, length), axis === 1 ? [1, length, 1] : [1, 1, length]);
  // 1 where the difference is 0, 0 where it is any other whole number: faster than tf.equal, which is scalar on WASM.
  const isSame = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.relu(tf.sub(1, tf.abs(tf.sub(a, b))));
  const rows = isSame(line(side, 2), tf.sub(line(side, 1), down));
  const columns = isSame(line(3 * side, 2), tf.add(line(3 * side, 1), tf.mul(right, 3)));
  const flat = tf.reshape(images, [count, side, 3 * side]);
  const shifted = tf.matMul(tf.matMul(rows, flat), columns);
  return tf.reshape(shifted, [count, side, side, 3]);
}
