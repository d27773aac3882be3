import { assert } from 'chai';
import { drawInPage } from './draw-in-page.ts';

const SRC = new URL('../../weights/pomona.safetensors', import.meta.url).href;

describe('engine in a cross-origin isolated page', () => {
  it('draws in a worker that is isolated too, with threads where there are cores for them', async () => {
    const { report, isolated, picture } = await drawInPage({ src: SRC, isolated: '' }, 'window');
    assert.isTrue(isolated);
    assert.deepInclude(report[0], { name: 'worker', ok: true });
    assert.deepInclude(report[1], { name: 'wasm', ok: true });
    assert.match(report[1]?.detail ?? '', navigator.hardwareConcurrency >= 2 ? /[2-9] threads/ : /1 thread \(there is one processor core/);
    assert.equal(picture.width, 64);
  });
});
