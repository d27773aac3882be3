import { MAX_PICTURE_BYTES } from '../engine/pictures/picture-limits.ts';
import { GanCanvasError, isAbortError } from '../support/errors.ts';
import { parseAddress } from './name-picture.ts';

/** One picture as a page has it. A string is a URL. */
export type PictureInput = Blob | ImageBitmap | ImageData | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas | string | URL;

/** What can be sent to the engine. */
export type OpenedPicture = Blob | ImageBitmap;

const PROTOCOLS = ['http:', 'https:', 'data:', 'blob:'];

function unreadable(message: string, cause?: unknown): GanCanvasError {
  return new GanCanvasError('picture-unreadable', message, cause === undefined ? {} : { cause });
}

/**
 * Makes of a picture what can be sent to the engine: a file stays one, with nothing of it read; pixels become a bitmap of the
 * receiver's, to be sent or closed. Throws `picture-unreadable` with the reason; `AbortError`.
 */
export async function openPicture(input: unknown, signal: AbortSignal | undefined): Promise<OpenedPicture> {
  if (input instanceof Blob) return input;
  if (typeof input === 'string' || input instanceof URL) return fetchPicture(input, 'same-origin', signal);
  if (input instanceof HTMLImageElement) return openImage(input, signal);
  const hasPixels =
    input instanceof ImageBitmap || input instanceof ImageData || input instanceof HTMLCanvasElement || input instanceof OffscreenCanvas;
  if (hasPixels) return copyPixels(input);
  const kind = input === null ? 'null' : typeof input === 'object' ? input.constructor.name : typeof input;
  throw unreadable(`It is no picture but ${kind}; give a File, Blob, ImageBitmap, ImageData, image, canvas or URL.`);
}

/**
 * The file of an image element, which is smaller than its pixels, knows its orientation and is decoded off the page's thread; it
 * mostly comes from the browser's cache. Where it cannot be fetched again, as by the page's policy, the pixels shown.
 */
async function openImage(image: HTMLImageElement, signal: AbortSignal | undefined): Promise<OpenedPicture> {
  const address = image.currentSrc || image.src;
  if (address === '') throw unreadable('The image element has no src.');
  try {
    return await fetchPicture(address, image.crossOrigin === 'use-credentials' ? 'include' : 'same-origin', signal);
  } catch (error) {
    const isShown = image.complete && image.naturalWidth > 0;
    if (isAbortError(error) || !isShown) throw error;
    return copyPixels(image);
  }
}

async function copyPixels(pixels: ImageBitmapSource): Promise<ImageBitmap> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(pixels);
  } catch (cause) {
    throw unreadable('It has no pixels: it is empty, was closed, or has not loaded.', cause);
  }
  try {
    assertOriginClean(bitmap);
    return bitmap;
  } catch (cause) {
    bitmap.close();
    throw unreadable('It holds pixels of another site, which does not let this page read them (CORS). Give the file itself.', cause);
  }
}

/** Throws a `SecurityError` for pixels that the page may show but not read. */
function assertOriginClean(bitmap: ImageBitmap): void {
  const context = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  context?.drawImage(bitmap, 0, 0);
  context?.getImageData(0, 0, 1, 1);
}

/** Fetches a picture's file as a page may: from its own site, or from one that allows it. */
async function fetchPicture(address: string | URL, credentials: RequestCredentials, signal: AbortSignal | undefined): Promise<Blob> {
  const url = parseAddress(String(address));
  if (url === null) throw unreadable('It is text that is no URL.');
  if (!PROTOCOLS.includes(url.protocol)) throw unreadable(`Its address begins with ${url.protocol}, which a page cannot fetch from.`);
  try {
    const response = await fetch(url, { mode: 'cors', credentials, ...(signal && { signal }) });
    assertResponse(response);
    return await response.blob();
  } catch (cause) {
    if (isAbortError(cause) || cause instanceof GanCanvasError) throw cause;
    const place = url.host === '' ? 'its address leads nowhere' : `there is no way to ${url.host}, or that site does not allow it (CORS)`;
    throw unreadable(`It could not be fetched: ${place}.`, cause);
  }
}

function assertResponse(response: Response): void {
  const { ok, status, statusText, headers } = response;
  const sizeBytes = Number(headers.get('content-length') ?? 0);
  if (ok && sizeBytes <= MAX_PICTURE_BYTES) return;
  // What is not read would go on loading.
  void response.body?.cancel();
  if (!ok) throw unreadable(`It could not be fetched: its site answered ${`${status} ${statusText}`.trim()}.`);
  throw unreadable(`Its file has ${Math.round(sizeBytes / 1e6)} MB; at most ${MAX_PICTURE_BYTES / 1e6} are read.`);
}
