import { assert } from 'chai';
import { createFakeCanvas, createGate, nextEvent, settle } from './fake-generator.ts';
import type { FakeCanvas } from './fake-generator.ts';

describe('element/life', () => {
  let element: FakeCanvas;
  const errors: unknown[] = [];
  beforeEach(() => {
    errors.length = 0;
    element = createFakeCanvas();
    element.addEventListener('error', (event) => errors.push(event));
  });
  afterEach(() => element.remove());

  async function show(): Promise<void> {
    const loaded = nextEvent(element, 'load');
    document.body.append(element);
    await loaded;
  }

  it('opens nothing before it is visible', async () => {
    const spacer = document.createElement('div');
    spacer.style.height = '300vh';
    document.body.prepend(spacer);
    document.body.append(element);
    await settle();
    await settle();
    assert.lengthOf(element.asked, 0);
    element.scrollIntoView();
    await nextEvent(element, 'load');
    assert.lengthOf(element.asked, 1);
    spacer.remove();
  });

  it('opens at once with loading=eager, even where nobody sees it', async () => {
    element.hidden = true;
    element.setAttribute('loading', 'eager');
    await show();
    assert.isTrue(element.ready);
  });

  it('keeps generator and picture when it is moved', async () => {
    await show();
    const place = document.body.appendChild(document.createElement('section'));
    place.append(element);
    await settle();
    element.seed = '1';
    await nextEvent(element, 'render');
    assert.equal(element.asked.length, 1);
    assert.equal(element.opened[0]?.disposals, 0);
    place.remove();
  });

  it('disposes of the generator when it leaves, and opens one when it is back and something is to be drawn', async () => {
    await show();
    element.remove();
    await settle();
    assert.equal(element.opened[0]?.disposals, 1);
    document.body.append(element);
    assert.isTrue(element.ready);
    element.seed = '1';
    await nextEvent(element, 'render');
    assert.lengthOf(element.opened, 2);
  });

  it('aborts without an error when it is removed while loading', async () => {
    element.openGate = createGate();
    document.body.append(element);
    while (element.asked.length === 0) await settle();
    element.remove();
    await settle();
    assert.isTrue(element.asked[0]?.signal?.aborted);
    element.openGate.open();
    await settle();
    assert.lengthOf(element.opened, 0);
    assert.lengthOf(errors, 0);
  });

  it('draws for methods outside the document, and disposes when it was idle for a while', async () => {
    const timers: (() => void)[] = [];
    const setTimeoutBefore = globalThis.setTimeout;
    globalThis.setTimeout = ((callback: () => void) => timers.push(callback)) as unknown as typeof setTimeout;
    try {
      const image = await element.generate({ seed: 'a' });
      assert.equal(image.width, 4);
      await element.generate({ seed: 'b' });
      assert.lengthOf(element.opened, 1);
      assert.equal(element.opened[0]?.disposals, 0);
      for (const timer of timers) timer();
      assert.equal(element.opened[0]?.disposals, 1);
    } finally {
      globalThis.setTimeout = setTimeoutBefore;
    }
  });

  it('puts imported weights in place again in the next generator, until they are reset', async () => {
    await show();
    await element.importWeights(new Blob([Uint8Array.of(1, 2)]));
    await nextEvent(element, 'render');
    element.backend = 'wasm';
    await nextEvent(element, 'load');
    assert.deepEqual(element.opened[1]?.imported, [Uint8Array.of(1, 2)]);
    await element.resetWeights();
    element.backend = 'cpu';
    await nextEvent(element, 'load');
    assert.deepEqual(element.opened[2]?.imported, []);
  });

  it('gives up waiting when a method’s signal is aborted', async () => {
    element.openGate = createGate();
    const abort = new AbortController();
    const picture = element.generate({ signal: abort.signal });
    abort.abort();
    const error: unknown = await picture.catch((reason: unknown) => reason);
    assert.equal((error as DOMException).name, 'AbortError');
    element.openGate.open();
  });

  it('keeps the settings that were made before it was upgraded', async () => {
    const early = document.createElement('late-canvas');
    Object.assign(early, { seed: 'early', latentDim: 2 });
    document.body.append(early);
    customElements.define('late-canvas', class extends (element.constructor as typeof FakeCanvas) {});
    await nextEvent(early as FakeCanvas, 'load');
    assert.deepInclude((early as FakeCanvas).opened[0]?.rendered[0], { seed: 'early', latentDim: 2 });
    early.remove();
  });
});
