import { createCovarianceSum } from '../latent/gram-matrix.ts';
import { createNormalStream } from '../latent/seeded-random.ts';
import { createLatentMapper } from '../model/latent-mapper.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';

/** Samples of w, and the multiplications that they may cost together; a large network gets fewer samples, but some for each dimension. */
const MAX_SAMPLES = 10_000;
const MAX_COST = 1e9;
const MIN_SAMPLES_A_DIMENSION = 4;
/** Multiplications between two stops. */
const STEP_COST = 2e6;
const MAX_BATCH = 64;

/**
 * The covariance of w, dim·dim numbers, and how many samples it is of: z from a stream of its own, the same for every model; classes in
 * turn, so that each counts alike, or the one that is asked for. Truncation does not count: directions are added after it.
 */
export function* sampleCovariance(
  architecture: StyleGan2Architecture,
  tensors: ReadonlyMap<string, WeightsTensor>,
  classIndex: number | null,
): Generator<void, { covariance: Float64Array; samples: number }> {
  const { z_dim: zDim, w_dim: wDim, classes } = architecture;
  const mapper = createLatentMapper(architecture, tensors);
  const affordable = Math.max(MIN_SAMPLES_A_DIMENSION * wDim, Math.floor(MAX_COST / mapper.cost));
  const samples = Math.min(MAX_SAMPLES, affordable);
  const batch = Math.max(1, Math.min(MAX_BATCH, Math.floor(STEP_COST / mapper.cost)));
  const next = createNormalStream('0', 'discovery');
  const sum = createCovarianceSum(wDim, tensors.get('mapping.w_avg')?.values ?? new Float32Array(wDim));
  for (let start = 0; start < samples; start += batch) {
    const count = Math.min(batch, samples - start);
    const labels = Array.from({ length: count }, (_, index) => classIndex ?? (start + index) % Math.max(1, classes));
    sum.add(mapper.map(next(count * zDim), labels), count);
    yield;
  }
  return { covariance: sum.covariance(), samples };
}
