import type { Generator, Picture } from '../../../src/engine/generator.ts';
import type { NoiseMode } from '../../../src/weights/model-info.ts';

/** What pictures to draw; sample i is of seed `quality i` and class `classes[i]`, whichever of them are drawn. */
export interface SampleRequest {
  readonly weightsPath: string;
  /** A class for each position; null for a model without classes. */
  readonly classes: readonly number[] | null;
  /** k of `latent-dim`; null for the whole z. */
  readonly latentDim: number | null;
  /** psi. */
  readonly truncation: number;
  readonly noise: NoiseMode;
}

/** Draws the sample of one position. */
export function drawSample(generator: Generator, request: SampleRequest, position: number): Promise<Picture> {
  const { classes, latentDim, truncation, noise } = request;
  return generator.generate({
    seed: `quality ${String(position)}`,
    truncation,
    noise,
    ...(latentDim !== null && { latentDim }),
    ...(classes !== null && { classLabel: classes[position] }),
  });
}
