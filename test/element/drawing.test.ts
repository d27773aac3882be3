import { assert } from 'chai';
import type { GanCanvasRenderEvent } from '../../src/element.ts';
import { GanCanvasError } from '../../src/support/errors.ts';
import { createFakeCanvas, createGate, nextEvent, settle } from './fake-generator.ts';
import type { FakeCanvas } from './fake-generator.ts';

/** Connects an element and waits for its first picture. */
async function show(element: FakeCanvas): Promise<FakeCanvas> {
  const loaded = nextEvent(element, 'load');
  document.body.append(element);
  await loaded;
  return element;
}

describe('element/drawing', () => {
  let element: FakeCanvas;
  const events: string[] = [];
  beforeEach(() => {
    events.length = 0;
    element = createFakeCanvas();
    for (const name of ['load', 'error', 'render', 'backend-change']) element.addEventListener(name, () => events.push(name));
  });
  afterEach(() => element.remove());

  it('draws once for any number of changes in one task', async () => {
    await show(element);
    const before = element.opened[0]?.rendered.length ?? 0;
    for (let index = 0; index < 200; index += 1) element.setAttribute('seed', `s${index}`);
    const { seed } = await nextEvent(element, 'render');
    assert.equal(seed, 's199');
    assert.equal(element.opened[0]?.rendered.length, before + 1);
  });

  it('draws one picture at a time, then the latest, for changes while it is busy', async () => {
    await show(element);
    const [generator] = element.opened;
    assert.exists(generator);
    const gate = createGate();
    generator.gate = gate;
    const seeds: string[] = [];
    element.addEventListener('render', (event) => seeds.push(event.seed));
    for (let index = 0; index < 200; index += 1) {
      element.seed = `s${index}`;
      await element.updateComplete;
    }
    gate.open();
    await new Promise<void>((resolve) =>
      element.addEventListener('render', (event: GanCanvasRenderEvent) => {
        if (event.seed === 's199') resolve();
      }),
    );
    await settle();
    assert.lengthOf(seeds, 2);
    assert.equal(seeds[1], 's199');
    assert.equal(generator.mostConcurrent, 1);
  });

  it('fires load once per source and render for every picture', async () => {
    await show(element);
    element.seed = '1';
    await nextEvent(element, 'render');
    assert.deepEqual(events, ['load', 'render', 'render']);
    element.model = 'other';
    await nextEvent(element, 'load');
    assert.equal(element.asked.at(-1)?.model, 'other');
    assert.equal(element.opened.length, 2);
  });

  it('keeps the old generator until the new one is open, then disposes of it', async () => {
    await show(element);
    element.openGate = createGate();
    element.backend = 'wasm';
    await element.updateComplete;
    assert.equal(element.opened[0]?.disposals, 0);
    assert.isFalse(element.ready);
    element.openGate.open();
    await nextEvent(element, 'load');
    assert.equal(element.opened[0]?.disposals, 1);
    assert.equal(element.opened[1]?.disposals, 0);
  });

  it('does not open a source anew for changes of the picture', async () => {
    await show(element);
    Object.assign(element, { seed: '1', latentDim: 3, truncation: 0.5, noise: 'none', samples: 4, alt: 'x' });
    await nextEvent(element, 'render');
    assert.lengthOf(element.opened, 1);
    assert.deepInclude(element.opened[0]?.rendered.at(-1), {
      seed: '1',
      latentDim: 3,
      truncation: 0.5,
      noise: 'none',
      samples: 4,
      columns: 2,
    });
  });

  it('fires one error, shows it, and recovers when the attribute is mended', async () => {
    element.prepare = (generator) => {
      const render = generator.renderBitmap.bind(generator);
      generator.renderBitmap = (options) =>
        options?.classLabel === 'nope' ? Promise.reject(new GanCanvasError('unknown-class', 'no such class')) : render(options);
    };
    await show(element);
    element.setAttribute('class-label', 'nope');
    const error = await nextEvent(element, 'error');
    assert.deepInclude({ code: error.code, message: error.message }, { code: 'unknown-class', message: 'no such class' });
    element.alt = 'a change that mends nothing';
    await element.updateComplete;
    await settle();
    assert.deepEqual(events, ['load', 'render', 'error']);
    assert.isFalse(element.ready);
    assert.include(element.shadowRoot?.textContent, 'no such class');
    element.removeAttribute('class-label');
    await nextEvent(element, 'render');
    assert.isTrue(element.ready);
    assert.notInclude(element.shadowRoot?.textContent, 'no such class');
  });

  it('does not try a broken source again when only the picture changes', async () => {
    element.prepare = (_, options) => {
      if (options.model === 'gone') throw new GanCanvasError('weights-fetch', 'gone');
    };
    element.model = 'gone';
    document.body.append(element);
    await nextEvent(element, 'error');
    element.seed = '7';
    await element.updateComplete;
    await settle();
    assert.lengthOf(element.asked, 1);
    element.model = 'there';
    await nextEvent(element, 'load');
    assert.equal(element.opened[0]?.rendered[0]?.seed, '7');
  });

  it('lets a latent win until the seed changes', async () => {
    await show(element);
    const latent = Float32Array.from({ length: 8 }, (_, index) => index);
    element.latent = latent;
    latent.fill(9);
    await nextEvent(element, 'render');
    assert.deepEqual(element.opened[0]?.rendered.at(-1)?.latent, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    assert.deepEqual(element.latent, Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7));
    element.seed = 'next';
    await nextEvent(element, 'render');
    assert.isUndefined(element.opened[0]?.rendered.at(-1)?.latent);
  });

  it('draws a mix that the attribute or the property names', async () => {
    await show(element);
    const [generator] = element.opened;
    element.setAttribute('mix', '7@4-7');
    await nextEvent(element, 'render');
    assert.equal(generator?.rendered.at(-1)?.mix, '7@4-7');
    element.mix = { seed: '8', layers: [1, 2] };
    await nextEvent(element, 'render');
    assert.deepEqual(generator?.rendered.at(-1)?.mix, { seed: '8', layers: [1, 2] });
    await element.generate({ mix: '9@0' });
    assert.equal(generator?.rendered.at(-1)?.mix, '9@0');
  });

  it('lets the property of directions beat the attribute', async () => {
    element.setAttribute('directions', 'a:1');
    await show(element);
    const [generator] = element.opened;
    assert.deepEqual(generator?.rendered.at(-1)?.directions, 'a:1');
    element.directions = { b: 2 };
    await nextEvent(element, 'render');
    element.setAttribute('directions', 'c:3');
    await nextEvent(element, 'render');
    assert.deepEqual(generator?.rendered.at(-1)?.directions, { b: 2 });
    element.directions = null;
    await nextEvent(element, 'render');
    assert.deepEqual(generator?.rendered.at(-1)?.directions, 'c:3');
  });

  it('tells of a backend that changed by itself', async () => {
    await show(element);
    const changed = nextEvent(element, 'backend-change');
    element.opened[0]?.listener?.('wasm', [{ name: 'wasm', ok: true, detail: 'after the loss' }]);
    const { backend, previousBackend } = await changed;
    assert.deepEqual([backend, previousBackend, element.activeBackend], ['wasm', 'cpu', 'wasm']);
    assert.equal(element.backendReport[0]?.detail, 'after the loss');
  });

  it('takes strings in number properties, as some frameworks give them', async () => {
    Object.assign(element, { truncation: '0.25', latentDim: '3', seed: 42 });
    await show(element);
    assert.deepInclude(element.opened[0]?.rendered[0], { truncation: 0.25, latentDim: 3, seed: '42' });
  });

  it('warns once for each kind of bad value', async () => {
    const warn = console.warn;
    const messages: string[] = [];
    console.warn = (message: string) => messages.push(message);
    try {
      element.setAttribute('latent-dim', 'abs');
      await show(element);
      for (const value of ['0', '-3', '10000']) {
        element.setAttribute('latent-dim', value);
        await nextEvent(element, 'render');
      }
      element.setAttribute('truncation', 'x');
      await nextEvent(element, 'render');
    } finally {
      console.warn = warn;
    }
    assert.lengthOf(messages, 2);
    assert.match(messages[0] ?? '', /latent-dim/);
    assert.match(messages[1] ?? '', /truncation/);
  });
});
