import { createNormalStream } from '../../../src/latent/seeded-random.ts';
import { assertSameWidth, createFeatureMatrix, type FeatureMatrix } from './feature-matrix.ts';

const PROJECTIONS = 256;
const SEED = 'sliced-wasserstein';

/** 256 unit vectors, the same in every run. */
export function createProjections(width: number): FeatureMatrix {
  const values = Float64Array.from(createNormalStream(SEED, 'projections')(PROJECTIONS * width));
  for (let row = 0; row < PROJECTIONS; row += 1) {
    const vector = values.subarray(row * width, (row + 1) * width);
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    vector.forEach((value, index) => (vector[index] = value / norm));
  }
  return createFeatureMatrix(values, width);
}

/** The scalar products of all rows with one projection, ascending. */
function project({ count, width, values }: FeatureMatrix, vector: Float64Array): Float64Array {
  const projected = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    let sum = 0;
    for (let i = 0; i < width; i += 1) sum += (values[row * width + i] as number) * (vector[i] as number);
    projected[row] = sum;
  }
  return projected.sort();
}

/**
 * Sliced Wasserstein distance: the mean, over unit vectors (one a row), of the distance W1 of both sets projected on them. Both sets must
 * have as many rows.
 */
export function slicedWasserstein(x: FeatureMatrix, y: FeatureMatrix, projections = createProjections(x.width)): number {
  assertSameWidth(x, y);
  if (x.count !== y.count)
    throw new Error(`Sets of ${String(x.count)} and ${String(y.count)} rows have no sliced distance; take equal numbers.`);
  let sum = 0;
  for (let row = 0; row < projections.count; row += 1) {
    const vector = projections.values.subarray(row * x.width, (row + 1) * x.width);
    const [a, b] = [project(x, vector), project(y, vector)];
    sum += a.reduce((total, value, index) => total + Math.abs(value - (b[index] as number)), 0) / x.count;
  }
  return sum / projections.count;
}
