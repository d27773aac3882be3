import { assert } from 'chai';
import type { GanCanvas } from '../../src/index.ts';
import { tinySource } from '../support/tiny-source.ts';
import { createCanvas, findPart, nextEvent, readPixels, showFailure, showPicture } from './show.ts';

const DOT = 'data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7';

describe('browser/appearance', () => {
  let element: GanCanvas;
  let src: string;
  before(async () => {
    src = await tinySource();
  });
  afterEach(() => element.remove());

  it('keeps its box when the picture comes', async () => {
    element = createCanvas({ src, backend: 'wasm', samples: '6', columns: '3' });
    document.body.append(element);
    await element.updateComplete;
    const before = element.getBoundingClientRect();
    await nextEvent(element, 'load');
    await element.updateComplete;
    const after = element.getBoundingClientRect();
    assert.deepEqual([after.width, after.height], [before.width, before.height]);
    assert.closeTo(after.width / after.height, 1.5, 0.02);
  });

  it('takes its size from the page’s styles', async () => {
    element = createCanvas({ src, backend: 'wasm', style: 'width: 300px; height: 100px' });
    await showPicture(element);
    const { width, height } = findPart(element, 'canvas')?.getBoundingClientRect() ?? {};
    assert.deepEqual([width, height], [300, 100]);
    element.hidden = true;
    assert.equal(element.offsetHeight, 0);
  });

  it('gives the canvas its role and text, and the host none', async () => {
    element = createCanvas({ src, backend: 'wasm', seed: '42' });
    await showPicture(element);
    await element.updateComplete;
    const canvas = findPart(element, 'canvas');
    assert.isNull(element.getAttribute('role'));
    assert.equal(canvas?.getAttribute('role'), 'img');
    assert.match(canvas?.ariaLabel ?? '', /^Generated picture: stylegan2-tiny-classes, seed 42/);
    element.alt = 'A pear';
    await element.updateComplete;
    assert.equal(canvas?.ariaLabel, 'A pear');
    element.alt = '';
    await element.updateComplete;
    assert.equal(canvas?.getAttribute('role'), 'presentation');
    assert.isFalse(canvas?.hasAttribute('aria-label'));
  });

  it('shows the poster before the picture, and none after', async () => {
    element = createCanvas({ src, backend: 'wasm', poster: DOT, alt: 'A pear' });
    document.body.append(element);
    await element.updateComplete;
    const poster = findPart(element, 'poster') as HTMLImageElement;
    assert.deepEqual([poster.alt, poster.loading, poster.decoding], ['A pear', 'lazy', 'async']);
    await nextEvent(element, 'load');
    await element.updateComplete;
    assert.isNull(findPart(element, 'poster'));
  });

  it('shows the slotted poster rather than that of the attribute', async () => {
    element = createCanvas({ model: 'none', poster: DOT }, `<img slot="poster" src="${DOT}" alt="mine">`);
    await showFailure(element);
    await element.updateComplete;
    assert.isAbove(element.querySelector('img')?.offsetHeight ?? 0, 0);
    assert.equal(findPart(element, 'poster')?.offsetHeight ?? 0, 0);
  });

  it('shows default content after an error, and a message when the poster is broken and there is none', async () => {
    element = createCanvas({ model: 'none' }, '\n <p>No fruit today.</p>\n');
    await showFailure(element);
    await element.updateComplete;
    assert.isAbove(element.querySelector('p')?.offsetHeight ?? 0, 0);
    assert.equal(findPart(element, 'message')?.offsetHeight, 0);
    element.remove();

    element = createCanvas({ model: 'none', poster: 'data:image/png;base64,AAAA' }, '\n ');
    await showFailure(element);
    await new Promise<void>((resolve) => {
      const observer = new MutationObserver(() => {
        if (findPart(element, 'message')) resolve();
      });
      observer.observe(element.shadowRoot as ShadowRoot, { childList: true, subtree: true });
      if (findPart(element, 'message')) resolve();
    });
    assert.isAbove(findPart(element, 'message')?.offsetHeight ?? 0, 0);
  });

  it('announces errors in a live region that is there from the start', async () => {
    element = createCanvas({ model: 'none', loading: 'lazy' });
    const failed = showFailure(element);
    await element.updateComplete;
    const region = element.shadowRoot?.querySelector('[role="status"]');
    assert.equal(region?.textContent, '');
    const { message } = await failed;
    await element.updateComplete;
    assert.include(region?.textContent, message);
  });

  it('passes progress on while it loads', async () => {
    element = createCanvas({ src: await tinySource(), backend: 'wasm' });
    const phases = new Set<string>();
    element.addEventListener('progress', ({ phase, loaded, total }) => {
      phases.add(phase);
      assert.isTrue(total === 0 || loaded <= total);
    });
    await showPicture(element);
    assert.include([...phases], 'download');
    await element.updateComplete;
    assert.isNull(findPart(element, 'progress'));
  });

  it('shows its pixels as the page’s styles say', async () => {
    element = createCanvas({ src, backend: 'wasm', style: '--gan-canvas-rendering: pixelated; --gan-canvas-radius: 9px' });
    await showPicture(element);
    const canvas = findPart(element, 'canvas') as HTMLElement;
    assert.equal(getComputedStyle(canvas).imageRendering, 'pixelated');
    assert.equal(getComputedStyle(findPart(element, 'base') as HTMLElement).borderTopLeftRadius, '9px');
  });

  it('is moved in the document without loading anew', async () => {
    element = createCanvas({ src, backend: 'wasm' });
    await showPicture(element);
    const before = readPixels(element).data;
    let loads = 0;
    element.addEventListener('load', () => (loads += 1));
    const section = document.body.appendChild(document.createElement('section'));
    section.append(element);
    assert.deepEqual(readPixels(element).data, before);
    element.seed = '5';
    await nextEvent(element, 'render');
    assert.equal(loads, 0);
    section.remove();
  });

  it('goes to a frame’s document and back with picture and styles, and draws there', async () => {
    element = createCanvas({ src, backend: 'wasm' });
    await showPicture(element);
    const before = readPixels(element).data;
    const frame = document.body.appendChild(document.createElement('iframe'));
    const there = frame.contentDocument as Document;
    for (const home of [there, document]) {
      home.body.append(home.adoptNode(element));
      assert.deepEqual(readPixels(element).data, before);
      assert.equal(getComputedStyle(element).display, 'inline-block');
      element.seed = `in ${home === there ? 'the frame' : 'the page'}`;
      const { seed } = await nextEvent(element, 'render');
      assert.equal(seed, element.seed);
      element.seed = '0';
      await nextEvent(element, 'render');
    }
    frame.remove();
  });

  it('is removed while loading without an error', async () => {
    element = createCanvas({ src: await tinySource(), backend: 'wasm', loading: 'eager' });
    element.addEventListener('error', (event) => assert.fail(event.message));
    document.body.append(element);
    await element.updateComplete;
    element.remove();
    const other = createCanvas({ src, backend: 'wasm' });
    await showPicture(other);
    other.remove();
    await showPicture(element);
  });
});
