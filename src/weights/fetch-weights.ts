import { createAbortError, GanCanvasError, isAbortError, throwIfAborted } from '../support/errors.ts';
import { canVerifyIntegrity } from './can-verify-integrity.ts';
import { assertIntegrity, isIntegrity } from './integrity.ts';
import { deleteCachedWeights, readCachedWeights, writeCachedWeights } from './weights-cache.ts';

export interface LoadWeightsOptions {
  /** SRI hashes that the bytes must have; see `assertIntegrity`. Empty: unchecked. */
  readonly integrity?: string | undefined;
  /** As on img: whether credentials go along to other origins; default `anonymous`. */
  readonly crossOrigin?: 'anonymous' | 'use-credentials' | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Bytes received so far, and in all; 0 where that is not known. */
  readonly onProgress?: ((loaded: number, total: number) => void) | undefined;
}

function createFetchError(url: string, what: string, todo: string, cause?: unknown): GanCanvasError {
  const shown = url.length > 200 ? `${url.slice(0, 200)}…` : url;
  return new GanCanvasError('weights-fetch', `The weights file ${shown} ${what}. ${todo}`, cause === undefined ? {} : { cause });
}

/** Length of the body as it will be read, 0 when unknown: a content-length counts compressed bytes when the content is encoded. */
function readTotal(headers: Headers): number {
  const encoding = headers.get('content-encoding');
  const length = Number(headers.get('content-length') ?? 0);
  const isPlain = encoding === null || encoding === '' || encoding === 'identity';
  return isPlain && Number.isSafeInteger(length) && length > 0 ? length : 0;
}

async function fetchResponse(url: string, { crossOrigin, signal }: LoadWeightsOptions): Promise<Response> {
  let response: Response;
  try {
    const credentials = crossOrigin === 'use-credentials' ? 'include' : 'same-origin';
    response = await fetch(url, { credentials, ...(signal && { signal }) });
  } catch (error) {
    throwIfAborted(signal);
    const todo =
      'Check the URL and the connection, that its server allows this origin (CORS), and that the page’s CSP allows it (connect-src).';
    throw createFetchError(url, 'could not be fetched', todo, error);
  }
  if (response.ok) return response;
  const { status, statusText } = response;
  const todo = status === 404 ? 'Check the URL.' : 'Check the URL and its server.';
  throw createFetchError(url, `was answered with HTTP status ${status}${statusText && ` ${statusText}`}`, todo);
}

async function readBody(url: string, response: Response, { signal, onProgress }: LoadWeightsOptions): Promise<Uint8Array> {
  const total = readTotal(response.headers);
  const chunks: Uint8Array[] = [];
  let loaded = 0;
  onProgress?.(0, total);
  try {
    for (let reader = response.body?.getReader(); reader;) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      loaded += value.length;
      // Other origins hide content-encoding: a body longer than its total shows that the total was of compressed bytes.
      onProgress?.(loaded, loaded > total ? 0 : total);
    }
  } catch (error) {
    throwIfAborted(signal);
    if (isAbortError(error)) throw createAbortError(signal);
    throw createFetchError(url, `broke off after ${loaded} bytes`, 'Try again.', error);
  }
  throwIfAborted(signal);
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Node's fetch does not read files. */
async function readFile(url: string, { signal, onProgress }: LoadWeightsOptions): Promise<Uint8Array> {
  try {
    const { readFile: read } = process.getBuiltinModule('node:fs/promises');
    const bytes = new Uint8Array(await read(new URL(url), signal ? { signal } : {}));
    onProgress?.(bytes.length, bytes.length);
    return bytes;
  } catch (error) {
    throwIfAborted(signal);
    throw createFetchError(url, 'could not be read', 'Check that the file is there and may be read.', error);
  }
}

function isNodeFile(url: string): boolean {
  return url.startsWith('file:') && typeof process === 'object' && typeof process.getBuiltinModule === 'function';
}

async function fetchBytes(url: string, options: LoadWeightsOptions): Promise<Uint8Array> {
  if (isNodeFile(url)) return readFile(url, options);
  return readBody(url, await fetchResponse(url, options), options);
}

async function loadCached(integrity: string, { onProgress }: LoadWeightsOptions): Promise<Uint8Array | null> {
  const bytes = await readCachedWeights(integrity);
  if (bytes === null) return null;
  try {
    await assertIntegrity(bytes, integrity, 'The cached weights file');
  } catch {
    await deleteCachedWeights(integrity);
    return null;
  }
  onProgress?.(bytes.length, bytes.length);
  return bytes;
}

/**
 * Loads a weights file's bytes, not yet decoded. Relative URLs are relative to the document or worker; resolve them before they
 * cross to a worker. With `integrity` the bytes are verified, and kept in Cache Storage under their hash.
 * @throws GanCanvasError `weights-fetch` with URL and status, `weights-integrity`; AbortError
 */
export async function loadWeightsBytes(url: string, options: LoadWeightsOptions = {}): Promise<Uint8Array> {
  const { signal } = options;
  const integrity = options.integrity?.trim() ?? '';
  throwIfAborted(signal);
  if (integrity === '') return fetchBytes(url, options);
  // Before the download: an integrity that cannot be checked need not cost one.
  if (!isIntegrity(integrity) || !canVerifyIntegrity()) await assertIntegrity(new Uint8Array(0), integrity, url);
  const cached = await loadCached(integrity, options);
  throwIfAborted(signal);
  if (cached !== null) return cached;
  const bytes = await fetchBytes(url, options);
  await assertIntegrity(bytes, integrity, `The weights file ${url}`);
  throwIfAborted(signal);
  await writeCachedWeights(integrity, bytes);
  throwIfAborted(signal);
  return bytes;
}
