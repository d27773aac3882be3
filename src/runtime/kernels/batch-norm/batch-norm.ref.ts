/** What a batch normalisation of x [rows, channels] gives. */
export interface NormalizedArrays {
  readonly y: Float64Array;
  /** [channels], over all rows. */
  readonly mean: Float64Array;
  /** [channels], divided by the number of rows. */
  readonly variance: Float64Array;
}

/** Gradients by the inputs of a batch normalisation. */
export interface BatchNormGradients {
  readonly x: Float64Array;
  readonly scale: Float64Array;
  readonly offset: Float64Array;
}

const at = (values: ArrayLike<number>, index: number): number => values[index] ?? NaN;

/** Of each channel the mean of what `valueAt` gives for the rows. */
function meanOf(rows: number, channels: number, valueAt: (index: number, channel: number) => number): Float64Array {
  return Float64Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += valueAt(row * channels + channel, channel);
    return sum / rows;
  });
}

/** Each channel with mean 0 and variance 1 over the rows, times its scale, plus its offset; in double precision. */
export function batchNormRef(x: ArrayLike<number>, scale: ArrayLike<number>, offset: ArrayLike<number>, epsilon: number): NormalizedArrays {
  const channels = scale.length;
  const rows = x.length / channels;
  const mean = meanOf(rows, channels, (index) => at(x, index));
  const variance = meanOf(rows, channels, (index, channel) => (at(x, index) - at(mean, channel)) ** 2);
  const y = Float64Array.from({ length: x.length }, (_, index) => {
    const channel = index % channels;
    return ((at(x, index) - at(mean, channel)) / Math.sqrt(at(variance, channel) + epsilon)) * at(scale, channel) + at(offset, channel);
  });
  return { y, mean, variance };
}

/** The gradients of {@link batchNormRef}, given those by y, mean and variance: the chain rule, step by step. */
export function batchNormGradientRef(
  given: { readonly y: ArrayLike<number>; readonly mean: ArrayLike<number>; readonly variance: ArrayLike<number> },
  x: ArrayLike<number>,
  scale: ArrayLike<number>,
  epsilon: number,
): BatchNormGradients {
  const channels = scale.length;
  const rows = x.length / channels;
  const { mean, variance } = batchNormRef(x, scale, new Float64Array(channels), epsilon);
  const deviation = variance.map((value) => Math.sqrt(value + epsilon));
  const normalized = Float64Array.from({ length: x.length }, (_, i) => (at(x, i) - at(mean, i % channels)) / at(deviation, i % channels));
  const offsetGradient = meanOf(rows, channels, (index) => at(given.y, index) * rows);
  const scaleGradient = meanOf(rows, channels, (index) => at(given.y, index) * at(normalized, index) * rows);
  const byVariance = variance.map((_, c) => at(given.variance, c) - (0.5 * at(scale, c) * at(scaleGradient, c)) / at(deviation, c) ** 2);
  // The variance does not move with the mean: the deviations from it add up to 0.
  const byMean = mean.map((_, c) => at(given.mean, c) - (at(scale, c) * at(offsetGradient, c)) / at(deviation, c));
  const xGradient = Float64Array.from({ length: x.length }, (_, index) => {
    const c = index % channels;
    const direct = (at(given.y, index) * at(scale, c)) / at(deviation, c);
    return direct + (at(byVariance, c) * 2 * (at(x, index) - at(mean, c))) / rows + at(byMean, c) / rows;
  });
  return { x: xGradient, scale: scaleGradient, offset: offsetGradient };
}
