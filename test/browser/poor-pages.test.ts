import { assert } from 'chai';
import { drawElementInPage } from './draw-element-in-page.ts';
import { createCanvas } from './show.ts';

const SRC = new URL('../../weights/pomona.safetensors', import.meta.url).href;
const NO_WORKERS = "worker-src 'none'";

describe('browser/poor-pages', () => {
  let expected: Uint8ClampedArray;
  before(async () => {
    expected = (await createCanvas({ src: SRC, backend: 'wasm', seed: 'poor' }).generate()).data;
  });

  function assertSame(data: Uint8ClampedArray | null): void {
    assert.isNotNull(data);
    assert.isTrue(data?.every((value, index) => Math.abs(value - (expected[index] ?? 0)) <= 2));
  }

  it('draws in the page itself where a policy blocks workers, and says so', async () => {
    const { error, data, backendReport } = await drawElementInPage({ src: SRC, backend: 'wasm', seed: 'poor' }, { csp: NO_WORKERS });
    assert.isNull(error);
    assertSame(data);
    assert.isTrue(backendReport.some(({ name, ok, detail }) => name === 'worker' && !ok && detail !== ''));
  });

  it('keeps its styles under a strict policy', async () => {
    const csp = "script-src 'self' 'wasm-unsafe-eval' 'unsafe-inline'; style-src 'self'; img-src 'self'";
    const { error, display } = await drawElementInPage({ src: SRC, backend: 'wasm' }, { csp });
    assert.isNull(error);
    assert.equal(display, 'inline-block');
  });

  it('draws on wasm where there is no WebGPU, with the reason', async () => {
    const parameters = { csp: NO_WORKERS, without: 'webgpu' };
    const { data, activeBackend, backendReport } = await drawElementInPage({ src: SRC, seed: 'poor' }, parameters);
    assert.equal(activeBackend, 'wasm');
    assertSame(data);
    assert.isTrue(backendReport.some(({ name, ok, detail }) => name === 'webgpu' && !ok && detail !== ''));
  });

  it('fails for backend=webgpu where there is no WebGPU, with the reason', async () => {
    const parameters = { csp: NO_WORKERS, without: 'webgpu' };
    const { error } = await drawElementInPage({ src: SRC, backend: 'webgpu' }, parameters);
    assert.match(error ?? '', /^backend-unavailable: .*webgpu/i);
  });

  it('draws on cpu where there is neither WebGPU nor WASM-SIMD, with both reasons', async () => {
    const parameters = { csp: NO_WORKERS, without: 'webgpu,simd' };
    const { data, activeBackend, backendReport } = await drawElementInPage({ src: SRC, seed: 'poor' }, parameters);
    assert.equal(activeBackend, 'cpu');
    assertSame(data);
    assert.deepEqual(
      backendReport.filter(({ ok, name }) => !ok && name !== 'worker').map(({ name }) => name),
      ['webgpu', 'wasm'],
    );
  });
});
