import { dotProduct } from './dot-product.ts';
import { logarithm } from './seeded-random.ts';
import type { SymmetricEigen } from './symmetric-eigen.ts';

/** What tells examples of more of something from examples of less of it. */
export interface LearnedAxis {
  /** Unit vector towards more; 0 everywhere when the examples do not differ. */
  readonly unit: Float64Array;
  /** Standard deviation of all w along it. */
  readonly standardDeviation: number;
  /** Share of the examples that fall on their own side of an axis learnt without them; null with fewer than two on either side. */
  readonly heldOut: number | null;
}

/** Of the largest; below it a variance is a rounding error. */
const NEGLIGIBLE = 1e-12;
/** What the strength may be, in mean variances: 10^-3 to 10^3, four to a decade. */
const STRENGTHS = Array.from({ length: 25 }, (_, index) => 10 ** (index / 4 - 3));

function meanOf(rows: readonly Float64Array[]): Float64Array {
  const mean = new Float64Array(rows[0]?.length ?? 0);
  for (const row of rows) for (const [index, value] of row.entries()) mean[index] = (mean[index] as number) + value / rows.length;
  return mean;
}

/**
 * Twice the logarithm of how likely this difference of means is when the axis is drawn from a normal distribution whose size goes with 1 / strength:
 * in each principal direction its variance is noise · variance · (1 + variance / strength). What is the same for all strengths is left out.
 */
function evidence(difference: Float64Array, variances: Float64Array, noise: number, strength: number): number {
  const floor = NEGLIGIBLE * (variances[0] ?? 0);
  let sum = 0;
  for (const [index, variance] of variances.entries()) {
    if (variance <= floor) continue;
    const factor = 1 + variance / strength;
    sum -= logarithm(factor) + (difference[index] as number) ** 2 / (noise * variance * factor);
  }
  return sum;
}

/** The ridge of a linear model: the strength under which the examples are the least surprising. */
function chooseStrength(difference: Float64Array, variances: Float64Array, noise: number): number {
  const meanVariance = variances.reduce((sum, value) => sum + value, 0) / variances.length;
  let best = meanVariance;
  let most = -Infinity;
  for (const factor of STRENGTHS) {
    const found = evidence(difference, variances, noise, factor * meanVariance);
    if (found > most) [best, most] = [factor * meanVariance, found];
  }
  return best;
}

/** The axis in principal coordinates, not normalised: the linear model's weights, (C + strength)⁻¹ (mean of more − mean of less). */
function fitAxis(positives: readonly Float64Array[], negatives: readonly Float64Array[], variances: Float64Array): Float64Array {
  const less = meanOf(negatives);
  const difference = meanOf(positives).map((value, index) => value - (less[index] as number));
  const strength = chooseStrength(difference, variances, 1 / positives.length + 1 / negatives.length);
  return difference.map((value, index) => value / (Math.max(0, variances[index] as number) + strength));
}

/** How often an axis learnt from the others puts the one that was left out on its own side of the middle. */
function testHeldOut(positives: readonly Float64Array[], negatives: readonly Float64Array[], variances: Float64Array): number | null {
  if (positives.length < 2 || negatives.length < 2) return null;
  const count = (
    own: readonly Float64Array[],
    fit: (rest: readonly Float64Array[]) => Float64Array,
    others: readonly Float64Array[],
  ): number =>
    own.filter((left) => {
      const rest = own.filter((row) => row !== left);
      const axis = fit(rest);
      const along = (row: Float64Array): number => dotProduct(axis, 0, row, 0, axis.length);
      const [near, far] = [along(meanOf(rest)), along(meanOf(others))];
      return (along(left) - (near + far) / 2) * (near - far) > 0;
    }).length;
  const right =
    count(positives, (rest) => fitAxis(rest, negatives, variances), negatives) +
    count(negatives, (rest) => fitAxis(positives, rest, variances), positives);
  return right / (positives.length + negatives.length);
}

/**
 * Learns from a handful of w the axis along which there is more of what parts them: a linear model whose noise has the covariance of w (known from many
 * samples, where a handful could not tell it) and whose weights are held small, as much as the examples themselves ask for (the evidence of MacKay,
 * 1992). With little to go by it is the difference of means, with much Fisher's discriminant, which does not take what merely varies a lot for what is meant.
 *
 * @param positives w of examples of more, at least one; borrowed, as the others are
 * @param negatives w of examples of less, at least one
 * @param spread eigenvalues and eigenvectors of the covariance of w
 */
export function learnAxis(positives: readonly Float64Array[], negatives: readonly Float64Array[], spread: SymmetricEigen): LearnedAxis {
  const { values: variances, vectors } = spread;
  const dim = variances.length;
  const toPrincipal = (w: Float64Array): Float64Array => variances.map((_, row) => dotProduct(vectors, row * dim, w, 0, dim));
  const [more, less] = [positives.map(toPrincipal), negatives.map(toPrincipal)];
  const weights = fitAxis(more, less, variances);
  const length = Math.sqrt(dotProduct(weights, 0, weights, 0, dim));
  const unit = new Float64Array(dim);
  let variance = 0;
  for (const [row, weight] of weights.entries()) {
    if (length === 0) break;
    const share = weight / length;
    variance += share * share * Math.max(0, variances[row] as number);
    for (let column = 0; column < dim; column += 1)
      unit[column] = (unit[column] as number) + share * (vectors[row * dim + column] as number);
  }
  return { unit, standardDeviation: Math.sqrt(variance), heldOut: testHeldOut(more, less, variances) };
}
