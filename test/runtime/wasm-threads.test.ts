import { assert } from 'chai';
import type { WasmPageOutcome } from './wasm-page.ts';

let pages = 0;

/** Opens wasm-page.html with these headers (see test/web-test-runner.config.mjs) in a window of its own, since isolation belongs to a top page. */
async function openPage(parameters: Record<string, string>): Promise<WasmPageOutcome> {
  const name = `wasm-page-${String(pages++)}-${String(performance.timeOrigin)}`;
  const url = new URL('./wasm-page.html', import.meta.url);
  for (const [key, value] of Object.entries({ ...parameters, channel: name })) url.searchParams.set(key, value);
  const channel = new BroadcastChannel(name);
  try {
    return await new Promise<WasmPageOutcome>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<WasmPageOutcome>) => resolve(data);
      window.open(url, '_blank', 'noopener,popup');
    });
  } finally {
    channel.close();
  }
}

/** 6·6 outputs of 8 channels, each a sum of 36 ones; and 9·4·8 taps, each a sum of 36 ones. */
const SUMS = [6 * 6 * 8 * 36, 9 * 4 * 8 * 36];

/** Winograd's tiles round about ten times as coarsely as plain sums. */
const TRAINING_TOLERANCE = 2e-5;

describe('runtime/backends/wasm', () => {
  it('starts threads in a cross-origin isolated page, and our kernels, those of training too, work on their shared memory', async () => {
    const { isolated, detail, sums, fusedDifference, trainingDifference } = await openPage({ isolated: '' });
    assert.isTrue(isolated);
    assert.match(detail, /^(relaxed )?SIMD, 4 threads$/);
    assert.deepEqual(sums, SUMS);
    assert.isBelow(fusedDifference, 1e-4);
    assert.isBelow(trainingDifference, TRAINING_TOLERANCE);
  });

  it('shares the work between two cores too', async () => {
    const { detail, sums, fusedDifference, trainingDifference } = await openPage({ isolated: '', cores: '2' });
    assert.match(detail, /^(relaxed )?SIMD, 2 threads$/);
    assert.deepEqual(sums, SUMS);
    assert.isBelow(fusedDifference, 1e-4);
    assert.isBelow(trainingDifference, TRAINING_TOLERANCE);
  });

  it('uses one thread on one core', async () => {
    const { detail, sums, fusedDifference, trainingDifference } = await openPage({ isolated: '', cores: '1' });
    assert.match(detail, /^(relaxed )?SIMD, 1 thread \(there is one processor core\)$/);
    assert.deepEqual(sums, SUMS);
    assert.isBelow(fusedDifference, 1e-4);
    assert.isBelow(trainingDifference, TRAINING_TOLERANCE);
  });

  it('uses one thread where the page is not isolated', async () => {
    const { isolated, detail, sums, fusedDifference } = await openPage({});
    assert.isFalse(isolated);
    assert.match(detail, /^(relaxed )?SIMD, 1 thread \(not cross-origin isolated\)$/);
    assert.deepEqual(sums, SUMS);
    assert.isBelow(fusedDifference, 1e-4);
  });

  it('uses one thread under a content security policy that forbids blob workers', async () => {
    const csp = "default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; connect-src *";
    const { isolated, detail, sums } = await openPage({ isolated: '', csp });
    assert.isTrue(isolated);
    assert.match(detail, /^(relaxed )?SIMD, 1 thread \(workers from blob: URLs are forbidden here\)$/);
    assert.deepEqual(sums, SUMS);
  });

  it('says why it cannot start under a policy that forbids WebAssembly', async () => {
    const { detail, sums } = await openPage({ csp: "default-src 'self'; script-src 'self' 'unsafe-inline'; connect-src *" });
    assert.match(detail, /backend-unavailable|wasm/i);
    assert.deepEqual(sums, []);
  });
});
