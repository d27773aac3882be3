/** x / sqrt(mean(x²) + 1e-8), as the mapping network of StyleGAN2 sees its input: mean square 1 whatever the length; zeros stay zeros. */
export function normalizeSecondMoment(x: Float32Array): Float32Array {
  let sum = 0;
  for (const value of x) sum += value * value;
  const scale = 1 / Math.sqrt((x.length === 0 ? 0 : sum / x.length) + 1e-8);
  return x.map((value) => value * scale);
}
