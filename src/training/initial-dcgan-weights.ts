import { createNormalStream } from '../latent/seeded-random.ts';
import type { DcganArchitecture, NetworkRole } from '../weights/architecture.ts';
import { tensorShapes } from '../weights/tensor-shapes.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';

/** The standard deviation of Radford et al. */
const DEVIATION = 0.02;

/**
 * What a DCGAN starts from, by name: weights from N(0, 0.02), those of batch normalisation from N(1, 0.02), biases 0, and running statistics of mean
 * 0 and variance 1. Every tensor has a stream of its own; equal seeds give equal tensors.
 */
export function drawInitialWeights(architecture: DcganArchitecture, role: NetworkRole, seed: string): Map<string, WeightsTensor> {
  return new Map(
    [...tensorShapes(architecture, role)].map(([name, shape]) => [name, { dtype: 'F32', shape, values: draw(name, shape, seed) }]),
  );
}

function draw(name: string, shape: readonly number[], seed: string): Float32Array {
  const count = shape.reduce((product, size) => product * size, 1);
  if (name.endsWith('.running_var')) return new Float32Array(count).fill(1);
  if (!name.endsWith('.weight')) return new Float32Array(count);
  const mean = name.endsWith('.norm.weight') ? 1 : 0;
  return createNormalStream(seed, `initial/${name}`)(count).map((deviate) => mean + DEVIATION * deviate);
}
