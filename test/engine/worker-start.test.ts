import { assert } from 'chai';
import { createGenerator } from '../../src/engine/create-generator.ts';
import { createEngineClient } from '../../src/engine/engine-client.ts';
import type { Picture } from '../../src/engine/generator.ts';
import { startWorker } from '../../src/engine/worker-start.ts';
import { drawInPage } from './draw-in-page.ts';

const SRC = new URL('../../weights/pomona.safetensors', import.meta.url).href;

/** The server under its other name, which is another origin. */
function otherOrigin(url: string): string {
  const other = new URL(url);
  other.hostname = other.hostname === 'localhost' ? '127.0.0.1' : 'localhost';
  return other.href;
}

/** Runs `work` with another Worker constructor. */
async function withWorker<T>(replacement: unknown, work: () => Promise<T>): Promise<T> {
  const original = globalThis.Worker;
  globalThis.Worker = replacement as typeof Worker;
  try {
    return await work();
  } finally {
    globalThis.Worker = original;
  }
}

function RefusedWorker(): never {
  throw new DOMException('workers are forbidden', 'SecurityError');
}

class SilentWorker extends EventTarget {
  static terminated = 0;
  terminate(): void {
    SilentWorker.terminated += 1;
  }
}

async function messageOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'it succeeded',
    (error: unknown) => (error as Error).message,
  );
}

describe('engine/worker-start', () => {
  let expected: Picture;
  before(async () => {
    const generator = await createGenerator({ src: SRC, backend: 'wasm' });
    expected = await generator.generate({ seed: 'a' });
    generator.dispose();
  });

  it('starts a module worker where nothing is in the way', async () => {
    const { worker, detail } = await startWorker();
    assert.equal(detail, 'module worker');
    worker.terminate();
  });

  it('draws in this realm where workers are refused, and says why', async () => {
    const client = createEngineClient();
    await withWorker(RefusedWorker, async () => {
      const generator = await client.openGenerator({ src: SRC, backend: 'wasm' });
      assert.deepEqual(await generator.generate({ seed: 'a' }), expected);
      const [attempt] = generator.backendReport;
      assert.deepInclude(attempt, { name: 'worker', ok: false });
      assert.include(attempt?.detail, 'workers are forbidden');
      assert.equal((await client.memory()).generators, 1);
      generator.dispose();
    });
  });

  it('draws in this realm where there are no workers', async () => {
    await withWorker(undefined, async () => {
      const generator = await createEngineClient().openGenerator({ src: SRC, backend: 'wasm' });
      assert.isFalse(generator.backendReport[0]?.ok);
      assert.deepEqual(await generator.generate({ seed: 'a' }), expected);
      generator.dispose();
    });
  });

  it('gives a worker up that says nothing', async () => {
    await withWorker(SilentWorker, async () => {
      assert.include(await messageOf(startWorker(1)), 'did not answer');
      assert.equal(SilentWorker.terminated, 1);
    });
  });

  it('starts from a Blob where the script came from another origin', async () => {
    const engine = otherOrigin(new URL('../../src/engine/engine-client.ts', import.meta.url).href);
    const { picture, report } = await drawInPage({ src: SRC, engine });
    assert.deepInclude(report[0], { name: 'worker', ok: true, detail: 'module worker from a Blob' });
    assert.deepEqual(picture, expected);
  });

  it('draws in the page where its policy forbids workers', async () => {
    const { picture, report } = await drawInPage({ src: SRC, csp: "worker-src 'none'" });
    assert.deepInclude(report[0], { name: 'worker', ok: false });
    assert.deepInclude(report[1], { name: 'wasm', ok: true });
    assert.deepEqual(picture, expected);
  });

  it('starts its worker under Trusted Types by the policy gan-canvas', async () => {
    const { picture, report } = await drawInPage({ src: SRC, csp: "require-trusted-types-for 'script'; trusted-types gan-canvas" });
    assert.deepInclude(report[0], { name: 'worker', ok: true, detail: 'module worker, trusted URL' });
    assert.deepEqual(picture, expected);
  });

  it('draws in the page where Trusted Types refuse that policy', async () => {
    const { picture, report } = await drawInPage({ src: SRC, csp: "require-trusted-types-for 'script'; trusted-types 'none'" });
    assert.deepInclude(report[0], { name: 'worker', ok: false });
    assert.deepEqual(picture, expected);
  });
});
