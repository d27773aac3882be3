import { symmetricEigen } from '../../../src/latent/symmetric-eigen.ts';
import { assertSameWidth, type FeatureMatrix } from './feature-matrix.ts';

interface Gaussian {
  readonly mean: Float64Array;
  /** width · width numbers, with n − 1. */
  readonly covariance: Float64Array;
}

function fitGaussian({ count, width, values }: FeatureMatrix): Gaussian {
  const mean = new Float64Array(width);
  values.forEach((value, index) => {
    mean[index % width] = (mean[index % width] as number) + value / count;
  });
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let row = 0; row < count; row += 1) {
    for (let i = 0; i < width; i += 1) centred[i] = (values[row * width + i] as number) - (mean[i] as number);
    for (let i = 0; i < width; i += 1) {
      const factor = (centred[i] as number) / (count - 1);
      for (let j = 0; j < width; j += 1)
        covariance[i * width + j] = (covariance[i * width + j] as number) + factor * (centred[j] as number);
    }
  }
  return { mean, covariance };
}

/** a · b, all n·n. */
function multiply(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const product = new Float64Array(n * n);
  for (let i = 0; i < n; i += 1) {
    for (let k = 0; k < n; k += 1) {
      const factor = a[i * n + k] as number;
      for (let j = 0; j < n; j += 1) product[i * n + j] = (product[i * n + j] as number) + factor * (b[k * n + j] as number);
    }
  }
  return product;
}

/** The symmetric square root of a positive semidefinite matrix; eigenvalues that rounding made negative count as 0. */
export function squareRoot(matrix: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(matrix, n);
  const scaled = vectors.map((value, index) => value * Math.sqrt(Math.max(0, values[Math.floor(index / n)] as number)));
  const transposed = vectors.map((_, index) => vectors[(index % n) * n + Math.floor(index / n)] as number);
  return multiply(transposed, scaled, n);
}

function trace(matrix: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += matrix[i * n + i] as number;
  return sum;
}

/**
 * Fréchet distance (FID; Heusel et al., 2017) of the Gaussians fitted to both sets: |μx − μy|² + tr(Σx + Σy − 2 (Σx Σy)^½). Both need at
 * least 2 rows.
 */
export function frechetDistance(x: FeatureMatrix, y: FeatureMatrix): number {
  assertSameWidth(x, y);
  const n = x.width;
  const [a, b] = [fitGaussian(x), fitGaussian(y)];
  const means = a.mean.reduce((sum, value, index) => sum + (value - (b.mean[index] as number)) ** 2, 0);
  // tr (Σx Σy)^½ = tr (Σx^½ Σy Σx^½)^½, whose argument is symmetric.
  const root = squareRoot(a.covariance, n);
  const { values } = symmetricEigen(multiply(multiply(root, b.covariance, n), root, n), n);
  const mixed = values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  return means + trace(a.covariance, n) + trace(b.covariance, n) - 2 * mixed;
}
