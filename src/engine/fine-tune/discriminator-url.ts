import { resolveModel } from '../../weights/bundled-models.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import type { GeneratorSource } from '../generator.ts';
import { DEFAULT_MODEL, resolveUrl } from '../resolve-source.ts';

/** Where the discriminator of a generator's file is, absolute; null where the file names none, or is not known by a URL. */
export function findDiscriminatorUrl({ bytes, src, model }: GeneratorSource, { discriminator }: ModelInfo): string | null {
  if (discriminator === null || bytes !== undefined) return null;
  if (src === undefined) return resolveModel(model ?? DEFAULT_MODEL).discriminatorUrl();
  try {
    return new URL(discriminator.url, resolveUrl(src)).href;
  } catch {
    // Nothing lies beside a blob: URL.
    return null;
  }
}
