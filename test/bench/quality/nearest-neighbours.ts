import { forEachOwnProduct, forEachProduct, squaredNorms, type FeatureMatrix } from './feature-matrix.ts';

/** The k smallest numbers that each of `count` rows was offered, ascending; Infinity where there were fewer. */
class SmallestOfRows {
  /** count · k numbers. */
  readonly values: Float64Array;
  readonly #k: number;

  constructor(count: number, k: number) {
    this.#k = k;
    this.values = new Float64Array(count * k).fill(Infinity);
  }

  offer(row: number, value: number): void {
    const { values } = this;
    const start = row * this.#k;
    let at = start + this.#k - 1;
    if (value >= (values[at] as number)) return;
    for (; at > start && (values[at - 1] as number) > value; at -= 1) values[at] = values[at - 1] as number;
    values[at] = value;
  }
}

/** |a − b|² of |a|², |b|² and a·b; rounding must not make it negative. */
export function squaredDistance(normA: number, normB: number, product: number): number {
  return Math.max(0, normA + normB - 2 * product);
}

/** Squared distances from every row to the k rows of the same set nearest to it, itself left out: count · k numbers, ascending in a row. */
export function nearestOthers(x: FeatureMatrix, k: number): Float64Array {
  const norms = squaredNorms(x);
  const smallest = new SmallestOfRows(x.count, k);
  forEachOwnProduct(x, (i, j, product) => {
    const distance = squaredDistance(norms[i] as number, norms[j] as number, product);
    smallest.offer(i, distance);
    smallest.offer(j, distance);
  });
  return smallest.values;
}

/** The distance from every row of `x` to the nearest row of `y`. */
export function nearestDistances(x: FeatureMatrix, y: FeatureMatrix): Float64Array {
  const [normsX, normsY] = [squaredNorms(x), squaredNorms(y)];
  const nearest = new Float64Array(x.count).fill(Infinity);
  forEachProduct(x, y, (i, j, product) => {
    const distance = squaredDistance(normsX[i] as number, normsY[j] as number, product);
    if (distance < (nearest[i] as number)) nearest[i] = distance;
  });
  return nearest.map(Math.sqrt);
}
