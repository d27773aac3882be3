import type { Generator, Picture } from '../../../src/engine/generator.ts';

/** What pictures to draw; sample i is of seed `quality i` and class `classes[i]`, whichever of them are drawn. */
export interface SampleRequest {
  readonly weightsPath: string;
  /** A class for each position; null for a model without classes. */
  readonly classes: readonly number[] | null;
  /** k of `latent-dim`; null for the whole z. */
  readonly latentDim: number | null;
  /** psi. */
  readonly truncation: number;
}

/** Draws the sample of one position. Noise is the model's default. */
export function drawSample(generator: Generator, { classes, latentDim, truncation }: SampleRequest, position: number): Promise<Picture> {
  return generator.generate({
    seed: `quality ${String(position)}`,
    truncation,
    ...(latentDim !== null && { latentDim }),
    ...(classes !== null && { classLabel: classes[position] }),
  });
}
