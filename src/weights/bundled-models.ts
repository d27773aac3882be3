import { GanCanvasError } from '../support/errors.ts';
import { canVerifyIntegrity } from './can-verify-integrity.ts';

/** A model that comes with gan-canvas. */
export interface BundledModel {
  /** Where its file is, absolute; found relative to this module. */
  readonly url: () => string;
  /** Where its discriminator's file is, for fine-tuning. */
  readonly discriminatorUrl: () => string;
  /** SHA-256 of the file, in the form of SRI. */
  readonly integrity: string;
  readonly sizeBytes: number;
}

/** The models in `weights/`, by name. The build rewrites the literal URLs. */
export const BUNDLED_MODELS: Readonly<Record<string, BundledModel>> = Object.freeze({
  pomona: Object.freeze({
    url: () => new URL('../../weights/pomona.safetensors', import.meta.url).href,
    discriminatorUrl: () => new URL('../../weights/pomona.discriminator.safetensors', import.meta.url).href,
    integrity: 'sha256-yY0PKUfP0veD7rdUflSzG/gDzfQCMlh4+AsHNDW7ZUs=',
    sizeBytes: 2273712,
  }),
  flowers: Object.freeze({
    url: () => new URL('../../weights/flowers.safetensors', import.meta.url).href,
    discriminatorUrl: () => new URL('../../weights/flowers.discriminator.safetensors', import.meta.url).href,
    integrity: 'sha256-j1OvIhqJKn+whGplF/JmDLh0y3VrrdK+NOEJO7QyQo4=',
    sizeBytes: 2268408,
  }),
  cats: Object.freeze({
    url: () => new URL('../../weights/cats.safetensors', import.meta.url).href,
    discriminatorUrl: () => new URL('../../weights/cats.discriminator.safetensors', import.meta.url).href,
    integrity: 'sha256-XIyukPIvye9qzOmkr5n8txV+dsmWd7APo3Ejp4R1n8o=',
    sizeBytes: 2230040,
  }),
});

/** What a bundled model is loaded by. */
export interface ResolvedModel extends Omit<BundledModel, 'integrity'> {
  /** Undefined in insecure contexts, which cannot check hashes: there the file is trusted like the script that it lies beside. */
  readonly integrity: string | undefined;
}

/**
 * The bundled model of that name.
 * @throws GanCanvasError `unknown-model` naming those there are
 */
export function resolveModel(name: string): ResolvedModel {
  const model = Object.hasOwn(BUNDLED_MODELS, name) ? BUNDLED_MODELS[name] : undefined;
  if (model === undefined) {
    throw new GanCanvasError(
      'unknown-model',
      `There is no bundled model ${JSON.stringify(name.slice(0, 80))}; there are: ${Object.keys(BUNDLED_MODELS).join(', ')}. For a file of your own use src.`,
    );
  }
  return { ...model, integrity: canVerifyIntegrity() ? model.integrity : undefined };
}
