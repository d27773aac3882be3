import { assert } from 'chai';
import { isAbortError } from '../../src/support/errors.ts';
import { loadWeightsBytes } from '../../src/weights/fetch-weights.ts';
import { hashIntegrity } from '../../src/weights/integrity.ts';
import { deleteCachedWeights, readCachedWeights, writeCachedWeights } from '../../src/weights/weights-cache.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { loadFixtureBytes } from '../support/fixture-weights.ts';

const FIXTURE = 'stylegan2-tiny-generator.safetensors';
const FIXTURE_URL = new URL(`../fixtures/${FIXTURE}`, import.meta.url).href;
const WRONG = `sha256-${'A'.repeat(43)}=`;

async function rejection(action: Promise<unknown>): Promise<unknown> {
  return action.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('weights/fetch-weights', () => {
  const realFetch = globalThis.fetch;
  let requests: (readonly [url: string, init: RequestInit | undefined])[];

  /** Lets every fetch of a test be answered by `answer`, or really when it is left out; either way it is counted. */
  function serve(answer?: (signal: AbortSignal | null | undefined) => Response | Promise<Response>): void {
    globalThis.fetch = async (input, init) => {
      requests.push([input instanceof Request ? input.url : input.toString(), init]);
      return answer ? answer(init?.signal) : realFetch(input, init);
    };
  }

  function stream(...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
    return new ReadableStream({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(chunk);
        controller.close();
      },
    });
  }

  beforeEach(() => {
    requests = [];
    serve();
  });

  afterEach(() => {
    globalThis.fetch = realFetch;
  });

  describe('bytes and progress', () => {
    it('gives the bytes of the file, and its length as total', async () => {
      const steps: [number, number][] = [];
      const bytes = await loadWeightsBytes(FIXTURE_URL, { onProgress: (...step) => steps.push(step) });
      assert.deepEqual(bytes, await loadFixtureBytes(FIXTURE));
      assert.deepEqual(steps[0], [0, bytes.length]);
      assert.deepEqual(steps.at(-1), [bytes.length, bytes.length]);
    });

    it('tells of every chunk', async () => {
      serve(() => new Response(stream(new Uint8Array(3), new Uint8Array(4)), { headers: { 'content-length': '7' } }));
      const steps: [number, number][] = [];
      assert.lengthOf(await loadWeightsBytes('https://x.test/w', { onProgress: (...step) => steps.push(step) }), 7);
      assert.deepEqual(steps, [
        [0, 7],
        [3, 7],
        [7, 7],
      ]);
    });

    it('does not take the length of compressed content for the total', async () => {
      serve(() => new Response(stream(new Uint8Array(9)), { headers: { 'content-length': '5', 'content-encoding': 'gzip' } }));
      const totals = new Set<number>();
      await loadWeightsBytes('https://x.test/w', { onProgress: (_, total) => totals.add(total) });
      assert.deepEqual([...totals], [0]);
    });

    it('gives up a total that turns out too small', async () => {
      serve(() => new Response(stream(new Uint8Array(4), new Uint8Array(4)), { headers: { 'content-length': '5' } }));
      const steps: [number, number][] = [];
      await loadWeightsBytes('https://x.test/w', { onProgress: (...step) => steps.push(step) });
      assert.deepEqual(steps, [
        [0, 5],
        [4, 5],
        [8, 0],
      ]);
    });

    it('knows no total without a valid content-length', async () => {
      for (const headers of [{}, { 'content-length': 'many' }, { 'content-length': '-5' }] as Record<string, string>[]) {
        serve(() => new Response(stream(new Uint8Array(4)), { headers }));
        await loadWeightsBytes('https://x.test/w', {
          onProgress: (_, total) => {
            assert.equal(total, 0);
          },
        });
      }
    });

    it('sends credentials to other origins only when asked', async () => {
      serve(() => new Response(stream(new Uint8Array(1))));
      await loadWeightsBytes('https://x.test/w');
      await loadWeightsBytes('https://x.test/w', { crossOrigin: 'anonymous' });
      await loadWeightsBytes('https://x.test/w', { crossOrigin: 'use-credentials' });
      assert.deepEqual(
        requests.map(([, init]) => init?.credentials),
        ['same-origin', 'same-origin', 'include'],
      );
    });

    it('reads blob: and data: URLs', async () => {
      assert.deepEqual(await loadWeightsBytes('data:application/octet-stream;base64,AQID'), Uint8Array.of(1, 2, 3));
      const url = URL.createObjectURL(new Blob([Uint8Array.of(4, 5)]));
      assert.deepEqual(await loadWeightsBytes(url), Uint8Array.of(4, 5));
      URL.revokeObjectURL(url);
    });
  });

  describe('failures', () => {
    it('names status and URL of a file that is not there', async () => {
      const url = new URL('../fixtures/none.safetensors', import.meta.url).href;
      await assertRejectsCode(loadWeightsBytes(url), 'weights-fetch', '404', url, 'Check the URL');
    });

    it('names the status of a server that fails', async () => {
      serve(() => new Response('', { status: 503, statusText: 'Busy' }));
      await assertRejectsCode(loadWeightsBytes('https://x.test/w'), 'weights-fetch', '503 Busy', 'https://x.test/w');
    });

    it('says what may be the matter when there is no answer', async () => {
      await assertRejectsCode(loadWeightsBytes('http://localhost:1/w'), 'weights-fetch', 'http://localhost:1/w', 'CORS');
      await assertRejectsCode(loadWeightsBytes('http://['), 'weights-fetch', 'http://[');
    });

    it('says where a transfer broke off', async () => {
      serve(() => {
        let pulls = 0;
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            pulls += 1;
            if (pulls === 1) controller.enqueue(new Uint8Array(5));
            else controller.error(new TypeError('network error'));
          },
        });
        return new Response(body);
      });
      await assertRejectsCode(loadWeightsBytes('https://x.test/w'), 'weights-fetch', 'after 5 bytes', 'https://x.test/w');
    });
  });

  describe('abort', () => {
    it('rejects with AbortError before the request', async () => {
      assert.isTrue(isAbortError(await rejection(loadWeightsBytes(FIXTURE_URL, { signal: AbortSignal.abort() }))));
      assert.lengthOf(requests, 0);
    });

    it('rejects with AbortError while the request waits, whatever the reason is', async () => {
      for (const reason of [undefined, 'enough', new Error('enough')]) {
        const controller = new AbortController();
        serve((signal) => {
          controller.abort(reason);
          return realFetch(FIXTURE_URL, { signal: signal ?? null });
        });
        assert.isTrue(isAbortError(await rejection(loadWeightsBytes(FIXTURE_URL, { signal: controller.signal }))));
      }
    });

    it('rejects with AbortError in the middle of the body', async () => {
      const controller = new AbortController();
      const loading = loadWeightsBytes(FIXTURE_URL, {
        signal: controller.signal,
        onProgress: (loaded) => {
          if (loaded > 0) controller.abort();
        },
      });
      assert.isTrue(isAbortError(await rejection(loading)));
    });
  });

  describe('integrity and cache', () => {
    let integrity: string;

    beforeEach(async () => {
      integrity = await hashIntegrity(await loadFixtureBytes(FIXTURE));
      await deleteCachedWeights(integrity);
      requests = [];
    });

    it('fetches once, then reads the cache', async () => {
      const first = await loadWeightsBytes(FIXTURE_URL, { integrity });
      const steps: [number, number][] = [];
      const second = await loadWeightsBytes('https://elsewhere.test/same', { integrity, onProgress: (...step) => steps.push(step) });
      assert.deepEqual(second, first);
      assert.deepEqual(steps, [[first.length, first.length]]);
      assert.lengthOf(requests, 1);
    });

    it('refuses bytes with another hash, and does not cache them', async () => {
      await deleteCachedWeights(WRONG);
      await assertRejectsCode(loadWeightsBytes(FIXTURE_URL, { integrity: WRONG }), 'weights-integrity', FIXTURE_URL, integrity);
      assert.isNull(await readCachedWeights(WRONG));
    });

    it('refuses an integrity that is no hash, without a request', async () => {
      await assertRejectsCode(loadWeightsBytes(FIXTURE_URL, { integrity: 'md5-abc' }), 'weights-integrity', 'md5-abc');
      assert.lengthOf(requests, 0);
    });

    it('verifies cached bytes too, and fetches anew when they are wrong', async () => {
      await writeCachedWeights(integrity, Uint8Array.of(1, 2, 3));
      const bytes = await loadWeightsBytes(FIXTURE_URL, { integrity });
      assert.deepEqual(bytes, await loadFixtureBytes(FIXTURE));
      assert.deepEqual(await readCachedWeights(integrity), bytes);
    });

    it('caches nothing without an integrity', async () => {
      await loadWeightsBytes(FIXTURE_URL);
      await loadWeightsBytes(FIXTURE_URL, { integrity: '  ' });
      assert.isNull(await readCachedWeights(integrity));
      assert.lengthOf(requests, 2);
    });

    for (const [what, value] of [
      ['is missing', undefined],
      ['refuses', { open: () => Promise.reject(new DOMException('no', 'SecurityError')) }],
      [
        'is full',
        { open: () => Promise.resolve({ match: () => Promise.resolve(undefined), put: () => Promise.reject(new Error('quota')) }) },
      ],
      ['throws', new Proxy({}, { get: () => assert.fail('should be caught') })],
    ] as const) {
      it(`works where Cache Storage ${what}`, async () => {
        Object.defineProperty(globalThis, 'caches', { value, configurable: true });
        try {
          assert.deepEqual(await loadWeightsBytes(FIXTURE_URL, { integrity }), await loadFixtureBytes(FIXTURE));
        } finally {
          delete (globalThis as { caches?: unknown }).caches;
        }
      });
    }

    it('says that hashes cannot be checked in an insecure context, before the download', async () => {
      Object.defineProperty(crypto, 'subtle', { value: undefined, configurable: true });
      try {
        await assertRejectsCode(loadWeightsBytes(FIXTURE_URL, { integrity }), 'weights-integrity', 'crypto.subtle', 'https');
      } finally {
        delete (crypto as { subtle?: unknown }).subtle;
      }
      assert.lengthOf(requests, 0);
    });
  });
});
