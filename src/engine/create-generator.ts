/**
 * Entry of layer `engine` for one realm: a generator's life, from loading to drawing to export, in a page, a worker or Node. It
 * must not know the DOM nor who asks. Generators of a realm share decoded weights, networks and the backend, and take turns.
 */
import { acquireRuntime, type Runtime } from '../runtime/runtime.ts';
import { throwIfAborted } from '../support/errors.ts';
import { createDrawingQueue } from './drawing-queue.ts';
import type { CreateGeneratorOptions, GeneratorSource, TrainableGenerator } from './generator.ts';
import { isLost } from './lost-device.ts';
import { LocalGenerator, type EngineRealm } from './local-generator.ts';
import { createNetworkStore } from './network-store.ts';
import type { EngineMemory } from './protocol.ts';
import { asPublicError } from './public-error.ts';
import { createWeightsStore, type WeightsLease } from './weights-store.ts';

const weightsStore = createWeightsStore();
const realm: EngineRealm = { queue: createDrawingQueue(), networks: createNetworkStore(), generators: new Set() };

/**
 * Opens a generator in this realm. Rejects with `GanCanvasError` (`unknown-model`, `weights-fetch`, `weights-integrity`,
 * `weights-format`, `backend-unavailable`) or `AbortError`.
 */
export async function createGenerator(options: CreateGeneratorOptions = {}): Promise<TrainableGenerator> {
  try {
    return await openGenerator(options);
  } catch (error) {
    throw asPublicError(error);
  }
}

/** Diagnostics: what the generators of this realm hold together. */
export function engineMemory(): EngineMemory {
  const memories = new Map([...realm.generators].map((generator) => [generator.activeBackend, generator.memory()]));
  const all = [...memories.values()];
  const gpu = all.flatMap(({ gpuBytes }) => (gpuBytes === null ? [] : [gpuBytes]));
  return {
    // TF.js counts tensors for the realm, not for each backend.
    tensors: all[0]?.tensors ?? 0,
    bytes: all[0]?.bytes ?? 0,
    gpuBytes: gpu.length === 0 ? null : gpu.reduce((sum, bytes) => sum + bytes, 0),
    generators: realm.generators.size,
    weights: weightsStore.size,
  };
}

async function openGenerator(options: CreateGeneratorOptions): Promise<TrainableGenerator> {
  const { backend = 'auto', signal, onProgress, ...source } = options;
  throwIfAborted(signal);
  const { runtime, weights } = await acquireBoth(acquireRuntime(backend, { signal }), weightsStore.acquire(source, { signal, onProgress }));
  try {
    onProgress?.({ phase: 'prepare', loaded: 0, total: 1 });
    const generator = await prepare(runtime, weights, source, signal);
    onProgress?.({ phase: 'prepare', loaded: 1, total: 1 });
    return generator;
  } catch (error) {
    runtime.dispose();
    weights.release();
    throw error;
  }
}

/** Makes the generator when it is its turn. A device that was lost while the weights were loading is replaced. */
function prepare(
  runtime: Runtime,
  weights: WeightsLease,
  source: GeneratorSource,
  signal: AbortSignal | undefined,
): Promise<TrainableGenerator> {
  return realm.queue.run(async () => {
    throwIfAborted(signal);
    if (!isLost(runtime)) return new LocalGenerator(realm, runtime, weights, source);
    const next = await acquireRuntime('auto', { signal });
    try {
      const generator = new LocalGenerator(realm, next, weights, source);
      runtime.dispose();
      return generator;
    } catch (error) {
      next.dispose();
      throw error;
    }
  }, signal);
}

/** Waits for both; when one fails the other is given back. */
async function acquireBoth(
  acquiringRuntime: Promise<Runtime>,
  acquiringWeights: Promise<WeightsLease>,
): Promise<{ runtime: Runtime; weights: WeightsLease }> {
  const [runtime, weights] = await Promise.allSettled([acquiringRuntime, acquiringWeights]);
  if (runtime.status === 'fulfilled' && weights.status === 'fulfilled') return { runtime: runtime.value, weights: weights.value };
  if (runtime.status === 'fulfilled') runtime.value.dispose();
  if (weights.status === 'fulfilled') weights.value.release();
  throw (weights.status === 'rejected' ? weights.reason : (runtime as PromiseRejectedResult).reason) as Error;
}
