function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
}

function scaled(a: ArrayLike<number>, factor: number): Float64Array {
  return Float64Array.from(a, (value) => value * factor);
}

/** What is left of the unit vector `b` when its part along the unit vector `a` is taken away. */
function rejection(a: Float64Array, b: Float64Array): Float64Array {
  const along = dot(a, b);
  return b.map((value, index) => value - along * (a[index] ?? 0));
}

/** A unit vector perpendicular to the unit vector `a`, always the same for the same `a`; null in one dimension. */
function anyPerpendicular(a: Float64Array): Float64Array | null {
  if (a.length < 2) return null;
  let axis = 0;
  a.forEach((value, index) => {
    if (Math.abs(value) < Math.abs(a[axis] ?? 0)) axis = index;
  });
  const unit = new Float64Array(a.length);
  unit[axis] = 1;
  const side = rejection(a, unit);
  return scaled(side, 1 / Math.sqrt(dot(side, side)));
}

function lerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  return a.map((value, index) => value + ((b[index] ?? 0) - value) * t);
}

/**
 * The point at t (0…1) of the way from `a` to `b` along the great circle: the direction turns evenly, the length changes
 * evenly. The ends are exact. Opposite vectors go round by a fixed perpendicular; from or to a zero vector, and in one
 * dimension, the way is straight. Limit the latent dimension after the slerp, not before it.
 */
export function slerp(a: Float32Array, b: Float32Array, t: number): Float32Array {
  if (t <= 0) return a.slice();
  if (t >= 1) return b.slice();
  const lengthA = Math.sqrt(dot(a, a));
  const lengthB = Math.sqrt(dot(b, b));
  if (lengthA === 0 || lengthB === 0) return lerp(a, b, t);
  const from = scaled(a, 1 / lengthA);
  const to = scaled(b, 1 / lengthB);
  const side = rejection(from, to);
  const sine = Math.sqrt(dot(side, side));
  const cosine = dot(from, to);
  if (sine < 1e-6 && cosine > 0) return lerp(a, b, t);
  const perpendicular = sine < 1e-6 ? anyPerpendicular(from) : scaled(side, 1 / sine);
  if (perpendicular === null) return lerp(a, b, t);
  const angle = t * Math.atan2(sine, cosine);
  const length = lengthA + (lengthB - lengthA) * t;
  const along = length * Math.cos(angle);
  const across = length * Math.sin(angle);
  return Float32Array.from(from, (value, index) => along * value + across * (perpendicular[index] ?? 0));
}
