import { createNormalStream } from '../../src/latent/seeded-random.ts';
import type { DirectionInfo } from '../../src/weights/model-info.ts';
import { encodeWeights } from '../../src/weights/weights-file.ts';
import { loadFixtureFile, type FixtureNetwork } from './fixture-weights.ts';

/** Named directions with all that a shipped model's file says of its own; weights/training/directions.py writes them like this. */
export const NAMED_DIRECTIONS: readonly DirectionInfo[] = [
  {
    name: 'redness',
    kind: 'named',
    layers: [2, 5],
    range: [-3, 3],
    validation: {
      attribute: 'redness',
      effect: 3.512,
      curve: [-1.71, -1.2, -0.61, 0, 0.63, 1.21, 1.802],
      monotone: true,
      sideEffects: { size: 0.31, light_from_left: -0.92 },
      largestSideEffect: 'light_from_left',
      ratio: 3.82,
      seeds: 1000,
    },
  },
  {
    name: 'light-from-left',
    kind: 'named',
    layers: null,
    range: [-2, 2],
    validation: {
      attribute: 'light_from_left',
      effect: 2.104,
      curve: [-1.1, -0.7, -0.3, 0, 0.4, 0.7, 1.004],
      monotone: true,
      sideEffects: { size: 0.1, redness: 0.2 },
      largestSideEffect: 'redness',
      ratio: 10.52,
      seeds: 1000,
    },
  },
];

/** The vector that {@link loadDirectedWeights} gives a direction, of single precision. */
export function namedVector(name: string, dim: number): Float32Array {
  return createNormalStream(name, 'test')(dim);
}

/** A fixture's generator with {@link NAMED_DIRECTIONS}, as a file of our format. */
export async function loadDirectedWeights(network: FixtureNetwork): Promise<Uint8Array> {
  const file = await loadFixtureFile(network);
  const directions = new Map(NAMED_DIRECTIONS.map(({ name }) => [name, namedVector(name, file.info.directionDim)]));
  return encodeWeights({ ...file, info: { ...file.info, directions: NAMED_DIRECTIONS }, directions });
}
