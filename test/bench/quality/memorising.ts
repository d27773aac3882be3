import { quantile } from '../figures.ts';
import type { FeatureMatrix } from './feature-matrix.ts';
import { nearestDistances } from './nearest-neighbours.ts';

/** A real picture counts as near when it is nearer than this share of real pictures are to pictures of the other half. */
const NEAR_QUANTILE = 0.01;

/** How near generated pictures come to real ones, beside how near real pictures come to other real ones. */
export interface Memorising {
  /** Median distance from a generated picture to the nearest real one, of both halves. */
  readonly medianDistance: number;
  /** Median distance from a picture of half B to the nearest of half A. */
  readonly realMedianDistance: number;
  /** Share of generated pictures nearer to a real one than 1 % of half B is to half A. */
  readonly nearShare: number;
}

/** `distances` from generated pictures to the nearest real one; `realDistances` from half B to half A. */
export function compareNearness(distances: Float64Array, realDistances: Float64Array): Memorising {
  const limit = quantile([...realDistances], NEAR_QUANTILE);
  return {
    medianDistance: quantile([...distances], 0.5),
    realMedianDistance: quantile([...realDistances], 0.5),
    nearShare: distances.reduce((count, distance) => count + (distance < limit ? 1 : 0), 0) / distances.length,
  };
}

/** The check against memorising: every real picture counts as one that could have been copied. */
export function measureMemorising(generated: FeatureMatrix, halfA: FeatureMatrix, halfB: FeatureMatrix): Memorising {
  const [toA, toB] = [nearestDistances(generated, halfA), nearestDistances(generated, halfB)];
  return compareNearness(
    toA.map((distance, index) => Math.min(distance, toB[index] as number)),
    nearestDistances(halfB, halfA),
  );
}
