import { GanCanvasError, throwIfAborted } from '../support/errors.ts';
import { resolveModel } from '../weights/bundled-models.ts';
import { loadWeightsBytes } from '../weights/fetch-weights.ts';
import { decodeWeights, type WeightsFile } from '../weights/weights-file.ts';
import { abortable } from './abortable.ts';
import type { GeneratorSource, LoadProgress } from './generator.ts';
import { DEFAULT_MODEL, resolveUrl } from './resolve-source.ts';

/** A share in one decoded weights file. */
export interface WeightsLease {
  readonly file: WeightsFile;
  /** Gives the share back; with the last one the file is forgotten. Idempotent. */
  release(): void;
}

export interface LoadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
}

/** Decoded weights files by source: concurrent and later loads of one source share one download and one copy. */
export interface WeightsStore {
  acquire(source: GeneratorSource, options?: LoadOptions): Promise<WeightsLease>;
  /** How many files are held or being loaded. */
  readonly size: number;
}

interface StoredWeights {
  readonly loading: Promise<WeightsFile>;
  readonly controller: AbortController;
  readonly listeners: Set<(progress: LoadProgress) => void>;
  users: number;
}

/** Where a source's bytes are, and what tells it from other sources. */
interface ResolvedSource {
  readonly key: string;
  readonly url: string;
  readonly integrity: string | undefined;
  readonly crossOrigin: GeneratorSource['crossOrigin'];
}

export function createWeightsStore(): WeightsStore {
  const stored = new Map<unknown, StoredWeights>();

  const start = (key: unknown, source: GeneratorSource, resolved: ResolvedSource | null): StoredWeights => {
    const controller = new AbortController();
    const listeners = new Set<(progress: LoadProgress) => void>();
    const report = (progress: LoadProgress) => {
      for (const listener of listeners) listener(progress);
    };
    const entry: StoredWeights = { loading: loadFile(source, resolved, controller.signal, report), controller, listeners, users: 0 };
    // A failed load is not kept: the next one that asks tries again.
    entry.loading.catch(() => {
      if (stored.get(key) === entry) stored.delete(key);
    });
    stored.set(key, entry);
    return entry;
  };

  const leave = (key: unknown, entry: StoredWeights) => {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (stored.get(key) === entry) stored.delete(key);
    entry.controller.abort();
  };

  return {
    get size() {
      return stored.size;
    },
    async acquire(source, { signal, onProgress } = {}) {
      throwIfAborted(signal);
      const resolved = source.bytes === undefined ? resolveSource(source) : null;
      const key = resolved?.key ?? Symbol('bytes');
      const entry = stored.get(key) ?? start(key, source, resolved);
      entry.users += 1;
      if (onProgress) entry.listeners.add(onProgress);
      try {
        const file = await abortable(entry.loading, signal);
        return { file, release: once(() => leave(key, entry)) };
      } catch (error) {
        leave(key, entry);
        throw error;
      } finally {
        if (onProgress) entry.listeners.delete(onProgress);
      }
    },
  };
}

async function loadFile(
  source: GeneratorSource,
  resolved: ResolvedSource | null,
  signal: AbortSignal,
  report: (progress: LoadProgress) => void,
): Promise<WeightsFile> {
  const bytes = source.bytes ?? (await download(resolved, signal, report));
  report({ phase: 'decode', loaded: 0, total: 1 });
  const file = decodeWeights(bytes);
  if (file.role !== 'generator') {
    throw new GanCanvasError('weights-format', `The file holds a ${file.role}; a generator's weights are needed to draw.`);
  }
  report({ phase: 'decode', loaded: 1, total: 1 });
  return file;
}

function download(resolved: ResolvedSource | null, signal: AbortSignal, report: (progress: LoadProgress) => void): Promise<Uint8Array> {
  if (resolved === null) throw new GanCanvasError('internal', 'A source without bytes has no URL; this is a defect of gan-canvas.');
  const { url, integrity, crossOrigin } = resolved;
  return loadWeightsBytes(url, {
    integrity,
    crossOrigin,
    signal,
    onProgress: (loaded, total) => {
      report({ phase: 'download', loaded, total });
    },
  });
}

function resolveSource({ model, src, integrity, crossOrigin }: GeneratorSource): ResolvedSource {
  if (src === undefined) {
    const bundled = resolveModel(model ?? DEFAULT_MODEL);
    return { key: `model ${model ?? DEFAULT_MODEL}`, url: bundled.url(), integrity: bundled.integrity, crossOrigin: undefined };
  }
  const url = resolveUrl(src);
  return { key: JSON.stringify([url, integrity, crossOrigin]), url, integrity, crossOrigin };
}

function once(act: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    act();
  };
}
