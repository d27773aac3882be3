import { assert } from 'chai';
import { createEngineClient, type EngineClient } from '../../src/engine/engine-client.ts';
import type { Generator } from '../../src/engine/generator.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import { tinySource } from '../support/tiny-source.ts';

/** A client whose workers crash when the test says so. */
function createCrashingClient(): { client: EngineClient; crash: () => void } {
  const workers: Worker[] = [];
  const client = createEngineClient({
    startWorker: async () => {
      const worker = new Worker(new URL('./crash.worker.ts', import.meta.url), { type: 'module' });
      await new Promise((resolve) => {
        worker.addEventListener('message', resolve, { once: true });
      });
      workers.push(worker);
      return { worker, detail: `worker ${String(workers.length)}` };
    },
  });
  return { client, crash: () => workers.at(-1)?.postMessage({ type: 'crash' }) };
}

function untilMoved(generator: Generator): Promise<void> {
  return new Promise((resolve) => {
    const stop = generator.onBackendChange(() => {
      stop();
      resolve();
    });
  });
}

describe('engine/worker-crash', () => {
  let src: string;
  before(async () => {
    src = await tinySource();
  });

  it('starts the worker again and finishes what was under way', async () => {
    const { client, crash } = createCrashingClient();
    const generators = await Promise.all([1, 2].map(() => client.openGenerator({ src, backend: 'wasm' })));
    const expected = await generators[0]?.generate({ seed: 'a' });
    const moved = Promise.all(generators.map(untilMoved));
    crash();
    for (const generator of generators) assert.deepEqual(await generator.generate({ seed: 'a' }), expected);
    await moved;
    assert.deepInclude(generators[0]?.backendReport[0], { name: 'worker', ok: true, detail: 'worker 2' });
    assert.deepInclude(await client.memory(), { generators: 2, weights: 1 });
    for (const generator of generators) generator.dispose();
  });

  it('draws in the page when the worker crashes a second time, with the weights that were imported', async () => {
    const { client, crash } = createCrashingClient();
    const generator = await client.openGenerator({ src, backend: 'wasm' });
    const file = decodeWeights(await generator.exportWeights());
    const shifted = [...file.tensors].map(([name, tensor]) => {
      return [name, name.endsWith('torgb.bias') ? { ...tensor, values: tensor.values.map((value) => value + 0.25) } : tensor] as const;
    });
    await generator.importWeights(encodeWeights({ ...file, tensors: new Map(shifted) }));
    const [exported, picture] = [await generator.exportWeights(), await generator.generate()];
    for (const detail of ['worker 2', 'crashed on purpose']) {
      crash();
      assert.deepEqual(await generator.generate(), picture);
      assert.deepEqual(await generator.exportWeights({ delta: false }), exported);
      assert.include(generator.backendReport[0]?.detail, detail);
    }
    assert.isFalse(generator.backendReport[0]?.ok);
    generator.dispose();
  });

  it('opens a generator whose worker crashed while it was opening', async () => {
    const { client, crash } = createCrashingClient();
    const first = await client.openGenerator({ src, backend: 'wasm' });
    const opening = client.openGenerator({ src, backend: 'wasm' });
    crash();
    const second = await opening;
    assert.deepEqual(await second.generate(), await first.generate());
    first.dispose();
    second.dispose();
  });
});
