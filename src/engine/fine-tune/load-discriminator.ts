import { GanCanvasError } from '../../support/errors.ts';
import { loadWeightsBytes } from '../../weights/fetch-weights.ts';
import { decodeWeights, type WeightsFile } from '../../weights/weights-file.ts';
import type { FineTuneJob } from './fine-tune-job.ts';

/** The discriminator of a model, as its weights file names it. */
export async function loadDiscriminator(
  where: FineTuneJob['discriminator'],
  file: WeightsFile,
  signal?: AbortSignal,
): Promise<WeightsFile> {
  if (where === null) {
    const message = `The model "${file.info.name}" has no discriminator, which adversarial training needs; use the method reconstruction.`;
    throw new GanCanvasError('invalid-argument', message);
  }
  const bytes = await loadWeightsBytes(where.url, { integrity: where.integrity ?? undefined, signal });
  const discriminator = decodeWeights(bytes);
  const isOfModel = JSON.stringify(discriminator.info.architecture) === JSON.stringify(file.info.architecture);
  if (discriminator.role === 'discriminator' && isOfModel) return discriminator;
  throw new GanCanvasError('weights-format', `${where.url} is not the discriminator of the model "${file.info.name}".`);
}
