import { dotProduct } from './dot-product.ts';

/**
 * Adds AᵀA to `gram` (dim·dim, symmetric), A being `count` rows of `dim` numbers. A few dozen rows at a time are fastest.
 */
export function addGram(gram: Float64Array, rows: Float64Array, count: number, dim: number): void {
  const columns = new Float64Array(dim * count);
  for (let row = 0; row < count; row += 1) {
    for (let column = 0; column < dim; column += 1) columns[column * count + row] = rows[row * dim + column] as number;
  }
  for (let i = 0; i < dim; i += 1) {
    for (let j = 0; j <= i; j += 1) {
      const sum = (gram[i * dim + j] as number) + dotProduct(columns, i * count, columns, j * count, count);
      gram[i * dim + j] = sum;
      gram[j * dim + i] = sum;
    }
  }
}

/** The covariance matrix of samples that come a few at a time. */
export interface CovarianceSum {
  /** Adds `count` samples, one a row of `dim` numbers; borrowed. */
  add(rows: Float64Array, count: number): void;
  /** The covariance of all samples so far, dim·dim numbers; unbiased, divided by their number less one. At least two samples. */
  covariance(): Float64Array;
}

/** Sums of samples of `dim` numbers about `origin`, which should be near their mean: the nearer, the less is lost to rounding. */
export function createCovarianceSum(dim: number, origin: ArrayLike<number>): CovarianceSum {
  const gram = new Float64Array(dim * dim);
  const sums = new Float64Array(dim);
  let samples = 0;
  return {
    add(rows, count) {
      const centred = new Float64Array(count * dim);
      for (let index = 0; index < centred.length; index += 1) {
        const column = index % dim;
        const value = (rows[index] as number) - (origin[column] as number);
        centred[index] = value;
        sums[column] = (sums[column] as number) + value;
      }
      addGram(gram, centred, count, dim);
      samples += count;
    },
    covariance: () =>
      gram.map((sum, index) => {
        const product = (sums[Math.floor(index / dim)] as number) * (sums[index % dim] as number);
        return (sum - product / samples) / (samples - 1);
      }),
  };
}
