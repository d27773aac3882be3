/** Feature vectors, one a row. */
export interface FeatureMatrix {
  readonly count: number;
  /** Numbers in a row. */
  readonly width: number;
  /** count · width numbers, row by row. */
  readonly values: Float64Array;
}

/** A set of feature vectors with the class of each. */
export interface LabelledFeatures {
  readonly features: FeatureMatrix;
  readonly labels: readonly number[];
}

/** A matrix of those numbers, which are copied. Throws when they are no whole rows. */
export function createFeatureMatrix(values: ArrayLike<number>, width: number): FeatureMatrix {
  const count = values.length / width;
  if (!Number.isInteger(count)) throw new Error(`${String(values.length)} numbers are no rows of ${String(width)}.`);
  return { count, width, values: Float64Array.from(values) };
}

/** Those rows, in that order. */
export function selectRows({ width, values }: FeatureMatrix, rows: readonly number[]): FeatureMatrix {
  const selected = new Float64Array(rows.length * width);
  rows.forEach((row, index) => selected.set(values.subarray(row * width, (row + 1) * width), index * width));
  return { count: rows.length, width, values: selected };
}

/** {@link selectRows} with their labels. */
export function selectLabelled({ features, labels }: LabelledFeatures, rows: readonly number[]): LabelledFeatures {
  return { features: selectRows(features, rows), labels: rows.map((row) => labels[row] as number) };
}

/** `wanted` of `count` indices, evenly spaced: a sorted set gives up a share of each of its parts. All of them when `wanted` ≥ `count`. */
export function spreadIndices(count: number, wanted: number): number[] {
  const length = Math.min(count, wanted);
  return Array.from({ length }, (_, index) => Math.floor((index * count) / length));
}

/** Σ x[i, …] · y[j, …]. */
function dotRows(x: Float64Array, i: number, y: Float64Array, j: number, width: number): number {
  let at = i * width;
  let to = j * width;
  let even = 0;
  let odd = 0;
  const end = at + width - 1;
  // Two sums, so that one addition need not wait for the last.
  for (; at < end; at += 2, to += 2) {
    even += (x[at] as number) * (y[to] as number);
    odd += (x[at + 1] as number) * (y[to + 1] as number);
  }
  return at === end ? even + odd + (x[at] as number) * (y[to] as number) : even + odd;
}

/** Calls back with the scalar product of every row i of `x` and every row j of `y`, row after row of `x`. */
export function forEachProduct(x: FeatureMatrix, y: FeatureMatrix, visit: (i: number, j: number, product: number) => void): void {
  assertSameWidth(x, y);
  for (let i = 0; i < x.count; i += 1) {
    for (let j = 0; j < y.count; j += 1) visit(i, j, dotRows(x.values, i, y.values, j, x.width));
  }
}

/** Calls back with the scalar product of every pair of different rows of `x`, once for each, i < j. */
export function forEachOwnProduct(x: FeatureMatrix, visit: (i: number, j: number, product: number) => void): void {
  for (let i = 0; i < x.count; i += 1) {
    for (let j = i + 1; j < x.count; j += 1) visit(i, j, dotRows(x.values, i, x.values, j, x.width));
  }
}

/** |row|² of every row. */
export function squaredNorms({ count, width, values }: FeatureMatrix): Float64Array {
  return Float64Array.from({ length: count }, (_, row) => dotRows(values, row, values, row, width));
}

export function assertSameWidth(x: FeatureMatrix, y: FeatureMatrix): void {
  if (x.width !== y.width)
    throw new Error(`Features of ${String(x.width)} numbers cannot be compared with features of ${String(y.width)}.`);
}
