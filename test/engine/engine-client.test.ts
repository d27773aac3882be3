import { assert } from 'chai';
import { createGenerator } from '../../src/engine/create-generator.ts';
import { createEngineClient, memory, openGenerator, type EngineClient } from '../../src/engine/engine-client.ts';
import type { Generator, LoadProgress } from '../../src/engine/generator.ts';
import { startWorker } from '../../src/engine/worker-start.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';
import { assertAborts, tinySource } from '../support/tiny-source.ts';

describe('engine/engine-client', () => {
  let src: string;
  const opened: Generator[] = [];

  const open = async (options: Parameters<typeof openGenerator>[0] = { src, backend: 'wasm' }, client?: EngineClient) => {
    const generator = await (client ?? { openGenerator }).openGenerator(options);
    opened.push(generator);
    return generator;
  };

  before(async () => {
    src = await tinySource();
  });
  afterEach(() => {
    for (const generator of opened.splice(0)) generator.dispose();
  });

  it('draws in a worker what this realm draws, and says so', async () => {
    const here = await createGenerator({ src, backend: 'wasm' });
    const there = await open();
    assert.deepEqual(await there.generate({ seed: 'a' }), await here.generate({ seed: 'a' }));
    assert.deepEqual(there.info, here.info);
    assert.equal(there.activeBackend, 'wasm');
    assert.deepEqual(
      there.backendReport.map(({ name, ok }) => [name, ok]),
      [
        ['worker', true],
        ['wasm', true],
      ],
    );
    here.dispose();
  });

  it('gives bitmaps with what was drawn', async () => {
    const generator = await open();
    const { bitmap, latent, classIndex, durationMs, backend } = await generator.renderBitmap({ seed: 'a', samples: 3, columns: 2 });
    const { resolution, zDim } = generator.info;
    assert.deepEqual([bitmap.width, bitmap.height], [2 * resolution, 2 * resolution]);
    assert.equal(latent.length, zDim);
    assert.isNumber(classIndex);
    assert.isAbove(durationMs, 0);
    assert.equal(backend, 'wasm');
    bitmap.close();
  });

  it('serves every command over the wire', async () => {
    const generator = await open();
    const [first, , last] = await generator.interpolate('a', 'b', 3);
    assert.deepEqual(first, await generator.generate({ seed: 'a' }));
    assert.deepEqual(last, await generator.generate({ seed: 'b' }));
    const { bitmap } = await generator.renderBetween('a', 'b', 0.5);
    assert.equal(bitmap.width, generator.info.resolution);
    bitmap.close();
    const grid = await generator.renderPicture({ samples: 2, columns: 2 });
    assert.equal(grid.width, 2 * generator.info.resolution);
    assert.deepEqual(await generator.listDirections(), []);
    assert.lengthOf(await generator.discoverDirections({ method: 'sefa', count: 3 }), 3);
    const exported = await generator.exportWeights();
    await generator.importWeights(exported);
    await generator.resetWeights();
    assert.deepEqual(await generator.exportWeights(), exported);
  });

  it('tells how far loading is', async () => {
    const phases = new Set<LoadProgress['phase']>();
    const generator = await open({ src, backend: 'wasm', onProgress: ({ phase }) => phases.add(phase) });
    assert.deepEqual([...phases], ['download', 'decode', 'prepare']);
    generator.dispose();
  });

  it('serves 50 generators from one worker with one copy of the weights', async () => {
    let started = 0;
    const client = createEngineClient({
      startWorker: () => {
        started += 1;
        return startWorker();
      },
    });
    const first = await open(undefined, client);
    const alone = await client.memory();
    const generators = await Promise.all(Array.from({ length: 49 }, () => open(undefined, client)));
    const together = await client.memory();
    assert.equal(started, 1);
    assert.deepEqual(together, { ...alone, generators: 50 });
    assert.equal(together.weights, 1);
    const pictures = await Promise.all([first, ...generators].map((generator) => generator.generate({ seed: 'same' })));
    for (const picture of pictures) assert.deepEqual(picture, pictures[0]);
  });

  it('keeps the worker until after the grace that follows its last generator, and ends it then', async () => {
    const ends: (() => void)[] = [];
    const terminated: string[] = [];
    const client = createEngineClient({
      startWorker: async () => {
        const started = await startWorker();
        const { worker } = started;
        worker.terminate = () => {
          terminated.push('worker');
          Worker.prototype.terminate.call(worker);
        };
        return started;
      },
      scheduleEnd: (end) => {
        ends.push(end);
        return () => ends.splice(ends.indexOf(end), 1);
      },
    });
    const first = await open(undefined, client);
    first.dispose();
    assert.lengthOf(ends, 1);
    const second = await open(undefined, client);
    assert.lengthOf(ends, 0, 'a new generator calls the end off');
    second.dispose();
    assert.isTrue(client.hasWorker);
    ends[0]?.();
    assert.isFalse(client.hasWorker);
    await Promise.resolve();
    assert.deepEqual(terminated, ['worker']);
    assert.deepEqual(await client.memory(), { tensors: 0, bytes: 0, gpuBytes: null, generators: 0, weights: 0 });
  });

  it('rejects aborted commands with AbortError and goes on drawing', async () => {
    const generator = await open();
    const controller = new AbortController();
    const aborted = generator.renderPicture({ samples: 64, signal: controller.signal });
    const kept = generator.generate({ seed: 'kept' });
    controller.abort();
    await assertAborts(aborted);
    await assertAborts(generator.generate({ signal: controller.signal }));
    assert.equal((await kept).width, generator.info.resolution);
  });

  it('rejects an aborted opening and leaves nothing behind', async () => {
    const keeper = await open();
    const before = await memory();
    const controller = new AbortController();
    const opening = openGenerator({ src, backend: 'wasm', signal: controller.signal });
    controller.abort();
    await assertAborts(opening);
    await assertAborts(openGenerator({ src, signal: controller.signal }));
    await keeper.generate();
    assert.deepEqual(await memory(), before);
  });

  it('rejects commands after dispose with disposed', async () => {
    const generator = await open();
    generator.dispose();
    generator.dispose();
    await assertRejectsCode(generator.generate(), 'disposed');
    await assertRejectsCode(generator.renderBitmap(), 'disposed');
    await assertRejectsCode(generator.exportWeights(), 'disposed');
    await assertRejectsCode(generator.listDirections(), 'disposed');
  });

  it('aborts what is under way when the generator is disposed', async () => {
    const generator = await open();
    const pending = generator.renderPicture({ samples: 64 });
    generator.dispose();
    await assertAborts(pending);
  });

  it('brings the codes of bad options through the worker', async () => {
    const generator = await open();
    await assertRejectsCode(generator.generate({ classLabel: 'durian' }), 'unknown-class', 'durian');
    await assertRejectsCode(generator.generate({ directions: { nowhere: 1 } }), 'unknown-direction', 'nowhere');
    await assertRejectsCode(generator.generate({ latent: new Float32Array(3) }), 'bad-vector');
    await assertRejectsCode(generator.renderPicture({ samples: 65 }), 'invalid-argument', 'samples');
    await assertRejectsCode(generator.generate({ directions: { mine: { size: 1, vector: (() => 1) as never } } }), 'invalid-argument');
    await assertRejectsCode(openGenerator({ model: 'nothing' }), 'unknown-model', 'pomona');
  });

  it('borrows bytes: what the caller does with them later changes nothing', async () => {
    const bytes = await loadFixtureWeights('stylegan2-tiny');
    const generator = await open({ bytes, backend: 'wasm' });
    const before = await generator.generate();
    bytes.fill(0);
    assert.deepEqual(await generator.generate(), before);
    await generator.importWeights(await loadFixtureWeights('stylegan2-tiny'));
  });
});
