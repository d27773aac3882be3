/** The numbers of the training step that is timed: its settings, and the batch that every peer is given. */
import { createNormalStream } from '../../../src/latent/seeded-random.ts';
import type { AdamSettings } from '../../../src/training/adam.ts';
import type { StyleGan2Architecture } from '../../../src/weights/architecture.ts';
import { blockResolutions } from '../../../src/weights/tensor-shapes.ts';
import type { WeightsTensor } from '../../../src/weights/weights-file.ts';

/** R1 comes at every second step here, so that steps with and without it can be timed in turns; its weight is that of every 16th. */
export const PENALTY_EVERY = 2;
export const R1_GAMMA = (0.1 * 16) / PENALTY_EVERY;
export const ADAM: AdamSettings = { learningRate: 0.0025, beta1: 0, beta2: 0.99, epsilon: 1e-8 };
export const AUGMENTED_SHARE = 0.3;
/** Half-life of the moving average, in images. */
export const AVERAGE_IMAGES = 10_000;

/** The networks' tensors by their names in the weights files. */
export interface StepWeights {
  readonly architecture: StyleGan2Architecture;
  readonly generator: ReadonlyMap<string, WeightsTensor>;
  readonly discriminator: ReadonlyMap<string, WeightsTensor>;
}

/** The parts of a step that give gradients; each has a loss of its own. */
export type StepPart = 'discriminator' | 'generator' | 'penalty';

/** What every peer's step learns from. */
export interface StepNumbers {
  /** [n, z_dim]. */
  readonly z: Float32Array;
  /** [n, side, side, 3]. */
  readonly real: Float32Array;
  /** [n, size, size, 1] of each convolution of the generator. */
  readonly noise: readonly Float32Array[];
  /** [n, classes]. */
  readonly oneHot: Float32Array;
}

/** The golden ratio's sequence: evenly spread, always the same. */
export function createUniform(): (count: number) => Float32Array {
  let state = 0;
  return (count) => Float32Array.from({ length: count }, () => (state = (state + 0.6180339887) % 1));
}

/** The sides of the noise of the generator's convolutions, in their order. */
export function listNoiseSizes(architecture: StyleGan2Architecture): number[] {
  return blockResolutions(architecture).flatMap((size) => (size === 4 ? [size] : [size, size]));
}

export function drawStepNumbers(architecture: StyleGan2Architecture, count: number): StepNumbers {
  const { resolution, z_dim, classes } = architecture;
  const draw = createNormalStream('fine-tune', 'bench');
  return {
    z: draw(count * z_dim),
    real: draw(count * resolution ** 2 * 3),
    noise: listNoiseSizes(architecture).map((size) => draw(count * size * size)),
    oneHot: Float32Array.from({ length: count * classes }, (_, at) => (at % classes === Math.floor(at / classes) % classes ? 1 : 0)),
  };
}
