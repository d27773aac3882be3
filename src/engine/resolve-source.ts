import { GanCanvasError } from '../support/errors.ts';

/** The bundled model that is drawn when a source names nothing. */
export const DEFAULT_MODEL = 'pomona';

/** The absolute form of a weights file's URL: relative to the document, the worker's script, or Node's working directory. */
export function resolveUrl(src: string): string {
  try {
    return new URL(src, baseUrl()).href;
  } catch (cause) {
    throw new GanCanvasError('weights-fetch', `"${src}" is no URL of a weights file.`, { cause });
  }
}

function baseUrl(): string | undefined {
  if (typeof document !== 'undefined') return document.baseURI;
  if (typeof location !== 'undefined') return location.href;
  return typeof process === 'undefined' ? undefined : process.getBuiltinModule('node:url').pathToFileURL(`${process.cwd()}/`).href;
}
