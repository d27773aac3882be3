import { createNormalStream } from '../latent/seeded-random.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';
import { createLatentMapper } from './latent-mapper.ts';

/** Enough that the mean is known to some hundredths of a standard deviation; fewer where the network is large, to end within seconds. */
const MAX_SAMPLES = 4096;
const MIN_SAMPLES = 512;
/** Multiplications of all samples. */
const MAX_COST = 1e9;

/**
 * The mean of w, w_dim numbers, over z of a stream of its own and the classes in turn, for weights that hold none: truncation goes towards
 * it. The tensors are borrowed; stops after every sample.
 */
export function* measureMeanLatent(
  architecture: StyleGan2Architecture,
  tensors: ReadonlyMap<string, WeightsTensor>,
): Generator<void, Float32Array> {
  const { z_dim: zDim, w_dim: wDim, classes } = architecture;
  const mapper = createLatentMapper(architecture, tensors);
  const samples = Math.max(MIN_SAMPLES, Math.min(MAX_SAMPLES, Math.floor(MAX_COST / mapper.cost)));
  const next = createNormalStream('0', 'mean-latent');
  const sums = new Float64Array(wDim);
  for (let sample = 0; sample < samples; sample += 1) {
    const w = mapper.map(next(zDim), [sample % Math.max(1, classes)]);
    for (const [index, value] of w.entries()) sums[index] = (sums[index] as number) + value;
    yield;
  }
  return Float32Array.from(sums, (sum) => sum / samples);
}
