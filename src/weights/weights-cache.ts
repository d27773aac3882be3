/**
 * Weights files in Cache Storage, keyed by their hash, so that another URL, page or release with the same file need not
 * fetch it again. A cache is a convenience: whatever fails here is as if there were none.
 */
import { integrityKey } from './integrity.ts';

const CACHE_NAME = 'gan-canvas-weights-1';

/** Cache keys must be http URLs; this one is never fetched. */
function cacheUrl(integrity: string): string {
  return `https://gan-canvas.invalid/weights/${encodeURIComponent(integrityKey(integrity))}`;
}

async function withCache<T>(act: (cache: Cache) => Promise<T>): Promise<T | null> {
  try {
    // Undefined in insecure contexts and Node; in some it is there and throws.
    return typeof caches === 'undefined' ? null : await act(await caches.open(CACHE_NAME));
  } catch {
    return null;
  }
}

/** The bytes that were stored under that integrity, not yet verified; null when there are none. */
export function readCachedWeights(integrity: string): Promise<Uint8Array | null> {
  return withCache(async (cache) => {
    const response = await cache.match(cacheUrl(integrity));
    return response ? new Uint8Array(await response.arrayBuffer()) : null;
  });
}

/** Stores bytes that have been verified. */
export async function writeCachedWeights(integrity: string, bytes: Uint8Array): Promise<void> {
  await withCache((cache) =>
    cache.put(
      cacheUrl(integrity),
      new Response(bytes as Uint8Array<ArrayBuffer>, { headers: { 'content-type': 'application/octet-stream' } }),
    ),
  );
}

/** Forgets what is stored under that integrity. */
export async function deleteCachedWeights(integrity: string): Promise<void> {
  await withCache((cache) => cache.delete(cacheUrl(integrity)));
}
