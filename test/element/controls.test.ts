import { sendKeys } from '@web/test-runner-commands';
import axe from 'axe-core';
import { assert } from 'chai';
import type { RecordAnimationOptions } from '../../src/element/animation/animation-options.ts';
import { readSettings } from '../../src/element/controls/controlled-settings.ts';
import type { ModelInfo } from '../../src/weights/model-info.ts';
import { findIn, findPanel, textIn } from '../support/training-panel.ts';
import { until } from '../support/until.ts';
import { createFakeCanvas, createGate, fakeInfo, nextEvent, settle, type FakeCanvas } from './fake-generator.ts';

const direction = (name: string) => ({ name, kind: 'named', layers: [0, 1], range: [-3, 3], validation: {} }) as const;

const INFO: Partial<ModelInfo> = {
  labels: ['apple', 'pear'],
  numWs: 4,
  directions: [direction('redness'), direction('size')],
};

/** Ids of the groups, in the order of the page. */
const GROUPS = ['variety', 'directions', 'pad', 'variations', 'mix', 'walk', 'timeline', 'keep'];

describe('element/controls', () => {
  let element: FakeCanvas;
  let panel: ShadowRoot;

  async function show(properties: Partial<FakeCanvas> = {}, changes: Partial<ModelInfo> = INFO): Promise<void> {
    element = createFakeCanvas({ controls: true, seed: 'first', ...properties });
    const info = fakeInfo(changes);
    element.prepare = (generator) => Object.assign(generator, { info, listDirections: () => Promise.resolve(info.directions) });
    const loaded = nextEvent(element, 'load');
    document.body.append(element);
    await loaded;
    panel = await findPanel(element, 'controls');
    await until(() => panel.querySelector('#more'));
  }

  const find = <T extends HTMLElement = HTMLElement>(id: string) => findIn<T>(panel, `#${id}`);

  async function open(group: string): Promise<void> {
    if (find('more').ariaExpanded !== 'true') find('more').click();
    const summary = await until(() => panel.querySelector<HTMLElement>(`#group-${group}`));
    if (!(summary.parentElement as HTMLDetailsElement).open) summary.click();
    await until(() => summary.parentElement?.querySelector('.body'));
  }

  function slide(id: string, value: number): void {
    const slider = find<HTMLInputElement>(id);
    slider.value = String(value);
    slider.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  }

  /** What is copied from now on. */
  function catchCopies(): readonly string[] {
    const copied: string[] = [];
    const writeText = (text: string) => Promise.resolve(void copied.push(text));
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });
    return copied;
  }

  afterEach(() => element.remove());

  describe('beside the page', () => {
    it('is there with controls alone, and small at first', async () => {
      await show();
      assert.deepEqual(
        [...panel.querySelectorAll('button, input')].map(({ id }) => id),
        ['back', 'forward', 'seed', 'new-seed', 'more'],
      );
      element.controls = false;
      await element.updateComplete;
      assert.isFalse(panel.host.isConnected);
    });

    it('has its room before it is there, so that the picture stays where it is', async () => {
      element = createFakeCanvas({ controls: true });
      element.style.inlineSize = '900px';
      const places: string[] = [];
      const note = () => {
        const { x, y, width, height } = findIn(element.shadowRoot as ShadowRoot, '.picture').getBoundingClientRect();
        places.push([x, y, width, height].join(' '));
      };
      document.body.append(element);
      await element.updateComplete;
      assert.isNull(element.shadowRoot?.querySelector('[part="controls"]'));
      note();
      panel = await findPanel(element, 'controls');
      await until(() => panel.querySelector('#more'));
      note();
      assert.equal(places[1], places[0]);
      assert.isBelow(findIn(element.shadowRoot as ShadowRoot, '.picture').clientWidth, 700);
    });

    it('takes no room while a visitor who saves data has not asked for the picture', async () => {
      Object.defineProperty(navigator, 'connection', { value: { saveData: true }, configurable: true });
      try {
        element = createFakeCanvas({ controls: true });
        document.body.append(element);
        await element.updateComplete;
        const shadow = element.shadowRoot as ShadowRoot;
        assert.isNotNull(shadow.querySelector('[part="load"]'));
        assert.isNull(shadow.querySelector('.coming'));
        findIn<HTMLElement>(shadow, '[part="load"]').click();
        await findPanel(element, 'controls');
      } finally {
        Reflect.deleteProperty(navigator, 'connection');
      }
    });

    it('gives way to what the page puts into its slot', async () => {
      await show();
      const own = Object.assign(document.createElement('button'), { slot: 'controls', textContent: 'Mine' });
      element.append(own);
      await settle();
      assert.isAbove(own.getBoundingClientRect().height, 0);
      assert.equal(panel.host.getBoundingClientRect().height, 0);
      own.remove();
      await settle();
      assert.isAbove(panel.host.getBoundingClientRect().height, 0);
    });

    it('follows what the page sets, and the page what it sets', async () => {
      await show();
      await open('variety');
      element.setAttribute('seed', 'of-the-page');
      element.latentDim = 3;
      element.classLabel = 'pear';
      await until(() => find<HTMLInputElement>('latent-dim').value === '3');
      assert.equal(find<HTMLInputElement>('seed').value, 'of-the-page');
      assert.equal(find<HTMLSelectElement>('class-label').value, 'pear');
      slide('truncation', 0.5);
      await until(() => element.truncation === 0.5);
      await open('directions');
      slide('direction-redness', 1.5);
      await until(() => element.getAttribute('directions') === 'redness:1.5');
      element.setAttribute('directions', 'size:-2');
      await until(() => find<HTMLInputElement>('direction-size').value === '-2');
      assert.equal(find<HTMLInputElement>('direction-redness').value, '0');
    });

    it('keeps vectors of the page’s own', async () => {
      await show({ directions: { mine: { vector: new Float32Array(8), size: 1 }, redness: 1 } });
      await open('directions');
      slide('direction-mine', 0);
      slide('direction-redness', 0);
      await until(() => typeof element.directions === 'object');
      await settle();
      assert.deepEqual(element.directions, { mine: { vector: new Float32Array(8), size: 0 } });
      assert.equal(find<HTMLInputElement>('direction-mine').value, '0');
    });

    it('fires input once a frame while something moves, and change when it rests, after the element has the value', async () => {
      await show();
      await open('variety');
      const told: string[] = [];
      for (const type of ['input', 'change'])
        document.body.addEventListener(type, ({ target }) => told.push(`${type} ${String((target as FakeCanvas).truncation)}`));
      for (const value of [0.1, 0.2, 0.3]) slide('truncation', value);
      await settle();
      slide('truncation', 0.4);
      find('truncation').dispatchEvent(new Event('change', { bubbles: true }));
      assert.deepEqual(told, ['input 0.3', 'input 0.4', 'change 0.4']);
    });

    it('queues no pictures: of many values while one is drawn, only the latest is', async () => {
      await show();
      await open('walk');
      await open('variety');
      const generator = element.opened[0];
      assert.exists(generator);
      const gate = createGate();
      generator.gate = gate;
      generator.rendered.length = 0;
      for (let value = 1; value < 20; value += 1) {
        slide('truncation', value / 20);
        await settle();
      }
      assert.lengthOf(generator.rendered, 1);
      gate.open();
      await until(() => generator.rendered.at(-1)?.truncation === 0.95);
      assert.lengthOf(generator.rendered, 2);
      assert.equal(generator.mostConcurrent, 1);
    });
  });

  describe('seeds', () => {
    it('goes to new ones, back and on', async () => {
      await show();
      find('new-seed').click();
      await until(() => element.seed !== 'first');
      const second = element.seed;
      assert.match(second, /^\d{1,6}$/);
      find('back').click();
      assert.equal(element.seed, 'first');
      await until(() => find('forward').ariaDisabled === 'false');
      find('forward').click();
      assert.equal(element.seed, second);
      await until(() => textIn(panel, '[role="status"]') === `Seed ${second}.`);
    });

    it('resets to what the page asked for', async () => {
      await show({ latentDim: 4, truncation: 0.7 });
      await open('variety');
      find('randomise').click();
      slide('latent-dim', 2);
      await until(() => element.latentDim === 2);
      assert.notEqual(element.seed, 'first');
      find('reset').click();
      const { seed, latentDim, truncation, directions } = readSettings(element);
      assert.deepEqual([seed, latentDim, truncation, directions], ['first', 4, 0.7, {}]);
    });
  });

  it('draws small pictures of the open group alone, one at a time, and drops those that are no longer wanted', async () => {
    await show();
    const generator = element.opened[0];
    assert.exists(generator);
    let [running, most] = [0, 0];
    const drawn: unknown[] = [];
    generator.generate = async ({ seed, directions } = {}) => {
      running += 1;
      most = Math.max(most, running);
      drawn.push([seed, directions]);
      await settle();
      running -= 1;
      return { data: new Uint8ClampedArray(64), width: 4, height: 4 };
    };
    await open('directions');
    await until(() => drawn.length === 1);
    element.seed = 'second';
    await until(() => !panel.querySelector('canvas.empty'));
    assert.equal(most, 1);
    assert.isAtMost(drawn.length, 6);
    assert.deepEqual(drawn.slice(-4), [
      ['second', { redness: -3 }],
      ['second', { redness: 3 }],
      ['second', { size: -3 }],
      ['second', { size: 3 }],
    ]);
  });

  it('reads the diversity that a size leaves from the model’s figures', async () => {
    await show({}, { ...INFO, metrics: { latent_dim: { '1': { coverage: 0.1 }, '4': { coverage: 0.6 }, '8': { coverage: 0.8 } } } });
    await open('variety');
    slide('latent-dim', 4);
    await until(() => textIn(panel, '.diversity') === 'Diversity left 75 %');
    assert.closeTo(findIn<HTMLMeterElement>(panel, 'meter').value, 0.75, 1e-9);
  });

  it('measures that diversity where the model gives none', async () => {
    await show();
    const generator = element.opened[0];
    assert.exists(generator);
    // Pictures that lie apart in proportion to the size.
    generator.generate = ({ seed, latentDim = 0 } = {}) =>
      Promise.resolve({ data: new Uint8ClampedArray(64).fill(latentDim * Number(seed?.split('/')[1])), width: 4, height: 4 });
    await open('variety');
    slide('latent-dim', 2);
    find('latent-dim').dispatchEvent(new Event('change', { bubbles: true }));
    await until(() => textIn(panel, '.diversity') === 'Diversity left 25 %');
  });

  it('makes the picture that is chosen the seed’s', async () => {
    await show();
    await open('variations');
    find('variations-large').click();
    await until(() => element.samples === 9);
    find('variation-3').click();
    assert.deepEqual([element.seed, element.samples], ['first/3', null]);
  });

  it('drags in the plane of two directions', async () => {
    await show();
    await open('pad');
    const pad = findIn(panel, '.pad');
    const { left, bottom, width, height } = pad.getBoundingClientRect();
    const point = (type: string, x: number, y: number) =>
      pad.dispatchEvent(
        new PointerEvent(type, { pointerId: 1, clientX: left + x * width, clientY: bottom - y * height, bubbles: true, cancelable: true }),
      );
    // A made-up pointer cannot be captured.
    Object.assign(pad, { setPointerCapture: () => undefined, hasPointerCapture: () => true });
    point('pointerdown', 0.5, 0.5);
    point('pointermove', 1, 0.25);
    point('pointerup', 1, 0.25);
    assert.deepEqual(readSettings(element).directions, { redness: 3, size: -1.5 });
  });

  it('mixes with another seed, from a layer to a layer that is never before it', async () => {
    await show();
    await open('mix');
    find('mix-new').click();
    await until(() => panel.querySelector('#mix-first'));
    assert.match(String(element.mix), /^\d+@2-3$/);
    element.mix = { seed: 'b', layers: '1' };
    await until(() => find<HTMLInputElement>('mix-last').value === '1');
    slide('mix-first', 3);
    await until(() => element.mix === 'b@3-3');
    find('mix-none').click();
    assert.isNull(element.mix);
  });

  it('plays the pictures of a timeline, and comes to rest at the last', async () => {
    await show({ truncation: 0.5 });
    await open('timeline');
    find('add-frame').click();
    Object.assign(element, { seed: 'second', truncation: 1.5 });
    find('add-frame').click();
    await until(() => panel.querySelectorAll('.frame').length === 2);
    find('timeline-loop').click();
    await until(() => !find<HTMLInputElement>('timeline-loop').checked);
    slide('duration', 1);
    const seen: (number | null)[] = [];
    element.addEventListener('render', () => seen.push(element.truncation));
    find('play-timeline').click();
    await until(() => textIn(panel, '#play-timeline') === 'Stop');
    await until(() => textIn(panel, '#play-timeline') === 'Play');
    await until(() => element.opened[0]?.rendered.at(-1)?.latent === undefined);
    assert.isTrue(seen.every((truncation, at) => (truncation ?? 0) >= (seen[at - 1] ?? 0)));
    assert.isTrue(seen.some((truncation) => (truncation ?? 0) > 0.6 && (truncation ?? 0) < 1.4));
    assert.deepEqual([element.seed, element.truncation], ['second', 1.5]);
  });

  it('records a film of the timeline, tells how far it is, and can be told to stop', async () => {
    await show();
    await open('timeline');
    find('add-frame').click();
    element.setAttribute('directions', 'redness:2');
    find('add-frame').click();
    await open('keep');
    const asked: RecordAnimationOptions[] = [];
    element.recordAnimation = (options = {}) => {
      asked.push(options);
      return new Promise((_, reject) => options.signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError'))));
    };
    find('record').click();
    asked[0]?.onProgress?.(1, 4);
    await until(() => panel.querySelector('progress')?.value === 0.25);
    assert.deepEqual(asked[0]?.keyframes, [
      { seed: 'first', directions: {}, truncation: 1 },
      { seed: 'first', directions: { redness: 2 }, truncation: 1 },
    ]);
    find('record').click();
    await until(() => textIn(panel, '[role="status"]') === 'Recording is cancelled.');
    assert.isNull(panel.querySelector('progress'));
  });

  it('takes the picture away: as HTML, as a link, as a file', async () => {
    const copied = catchCopies();
    await show({ latentDim: 4, alt: 'A "fruit"' });
    element.setAttribute('directions', 'redness:1.5');
    await open('keep');
    find('copy-html').click();
    await until(() => copied.length === 1);
    assert.equal(
      copied[0],
      '<fake-canvas seed="first" latent-dim="4" directions="redness:1.5" alt="A &quot;fruit&quot;" controls></fake-canvas>',
    );
    find('copy-link').click();
    await until(() => copied.length === 2);
    const other = createFakeCanvas({ latentDim: 2, truncation: 0.1 });
    assert.isTrue(await other.showShared(copied[1]));
    assert.isFalse(await other.showShared('https://example.org/#section'));
    assert.deepEqual(readSettings(other), { ...readSettings(element) });
    const saved: string[] = [];
    const original = HTMLAnchorElement.prototype.click;
    HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
      saved.push(this.download);
    };
    find('save-png').click();
    await until(() => saved.length === 1);
    HTMLAnchorElement.prototype.click = original;
    assert.deepEqual(saved, ['fake-first.png']);
  });

  it('takes no address of a file from a link, nor another model where the page names a file', async () => {
    element = createFakeCanvas({ src: 'mine.safetensors' });
    const shared = new URLSearchParams({ src: 'https://evil.example/x', model: 'cats', seed: '5', onclick: 'x' });
    assert.isTrue(await element.showShared(`https://example.org/#gan-canvas=${encodeURIComponent(shared.toString())}`));
    assert.deepEqual([element.src, element.model, element.seed, element.hasAttribute('onclick')], ['mine.safetensors', null, '5', false]);
  });

  describe('by keyboard', () => {
    const press = (key: string) => sendKeys({ press: key });
    const activeId = () => panel.activeElement?.id ?? '';

    /** Each control that there is: the keys that are pressed in it, and what they change. */
    const KEYS: Readonly<Record<string, readonly [keys: readonly string[], read: () => unknown]>> = {
      'new-seed': [['Enter'], () => element.seed],
      seed: [['7', 'Enter'], () => element.seed],
      back: [['Enter'], () => element.seed],
      forward: [['Enter'], () => element.seed],
      more: [['Enter'], () => find('more').ariaExpanded],
      'class-label': [['ArrowDown'], () => element.classLabel],
      'latent-dim': [['ArrowLeft'], () => element.latentDim],
      truncation: [['ArrowLeft'], () => element.truncation],
      'direction-kind': [['ArrowDown'], () => find<HTMLSelectElement>('direction-kind').value],
      centre: [['Enter'], () => JSON.stringify(readSettings(element).directions)],
      'direction-redness': [['ArrowRight'], () => readSettings(element).directions.redness],
      'direction-size': [['ArrowRight'], () => readSettings(element).directions.size],
      'pad-x-direction': [['ArrowDown'], () => find('pad-x').ariaLabel],
      'pad-y-direction': [['ArrowUp'], () => find('pad-y').ariaLabel],
      'pad-x': [['ArrowUp'], () => JSON.stringify(readSettings(element).directions)],
      'pad-y': [['ArrowLeft'], () => JSON.stringify(readSettings(element).directions)],
      'variation-count': [['ArrowUp'], () => panel.querySelectorAll('.variation').length],
      'variations-large': [['Space'], () => element.samples],
      'variation-0': [['ArrowRight', 'Enter'], () => element.seed],
      play: [['Enter'], () => element.autoplay],
      loop: [['Space'], () => element.loop],
      interval: [['ArrowRight'], () => element.interval],
      // Its text is there to be copied: it is selected as soon as it is reached.
      'kept-text': [['Shift+End', 'Control+a'], () => textIn(panel, '#groups')],
      'copy-html': [['Enter'], () => textIn(panel, '[role="status"]')],
      'copy-link': [['Enter'], () => textIn(panel, '[role="status"]')],
      side: [['ArrowDown'], () => find<HTMLSelectElement>('side').value],
      'save-png': [['Enter'], () => textIn(panel, '[role="status"]')],
      'film-format': [['ArrowDown'], () => find<HTMLSelectElement>('film-format').value],
      record: [['Enter'], () => textIn(panel, '[role="status"]')],
      'mix-seed': [['7', 'Enter'], () => element.mix],
      'mix-new': [['Enter'], () => element.mix],
      'mix-first': [['ArrowRight'], () => element.mix],
      'mix-last': [['ArrowLeft'], () => element.mix],
      'mix-none': [['Enter'], () => element.mix],
      'add-frame': [['Enter'], () => frames()],
      'play-timeline': [['Enter'], () => textIn(panel, '#play-timeline')],
      'frame-1': [['Enter'], () => element.seed],
      'frame-2': [['Enter'], () => textIn(panel, '#play-timeline')],
      'frame-3': [['Enter'], () => element.seed],
      'earlier-2': [['Enter'], () => frames()],
      'earlier-3': [['Enter'], () => frames()],
      'later-1': [['Enter'], () => frames()],
      'later-2': [['Enter'], () => frames()],
      'remove-1': [['Enter'], () => frames()],
      'remove-2': [['Enter'], () => frames()],
      'remove-3': [['Enter'], () => frames()],
      duration: [['ArrowRight'], () => find<HTMLInputElement>('duration').value],
      'timeline-loop': [['Space'], () => find<HTMLInputElement>('timeline-loop').checked],
      randomise: [['Enter'], () => element.seed],
      reset: [['Enter'], () => element.seed],
    };

    /** The order in which the controls are tried where one changes what others can do. */
    const ORDERS: Readonly<Record<string, readonly string[]>> = {
      directions: ['centre', 'direction-redness', 'direction-size', 'direction-kind'],
      mix: ['mix-seed', 'mix-new', 'mix-first', 'mix-last', 'mix-none'],
      timeline: [
        ...['play-timeline', 'frame-2', 'frame-1', 'frame-3', 'earlier-2', 'later-2', 'later-1', 'earlier-3'],
        ...['remove-1', 'remove-2', 'remove-3', 'add-frame', 'duration', 'timeline-loop'],
      ],
    };

    const frames = () => [...panel.querySelectorAll('.frame .variation')].map(({ id }) => id).join();

    async function prepare(group: string): Promise<void> {
      if (group !== 'timeline') return;
      for (const seed of ['one', 'two', 'three']) {
        element.seed = seed;
        await element.updateComplete;
        find('add-frame').click();
      }
      await until(() => panel.querySelectorAll('.frame').length === 3);
    }

    async function tabTo(id: string): Promise<void> {
      for (let presses = 0; activeId() !== id; presses += 1) {
        assert.isBelow(presses, 90, `Tab does not reach ${id}`);
        await press('Tab');
      }
    }

    async function useControl(id: string): Promise<void> {
      const [keys, read] = KEYS[id] ?? [[], () => null];
      assert.isNotEmpty(keys, `no key is tried in ${id}`);
      if (id === 'kept-text') {
        const { selectionStart, selectionEnd, value } = find<HTMLTextAreaElement>(id);
        return assert.deepEqual([selectionStart, selectionEnd], [0, value.length]);
      }
      const before = read();
      for (const key of keys) await press(key);
      await until(() => read() !== before);
    }

    it('reaches every control, and each answers to its own key', async () => {
      const original = HTMLAnchorElement.prototype.click;
      HTMLAnchorElement.prototype.click = () => undefined;
      catchCopies();
      await show({ mix: 'b@1-2' });
      element.recordAnimation = () => Promise.resolve(new Blob());
      for (const seed of ['second', 'third']) {
        element.seed = seed;
        await element.updateComplete;
        await settle();
      }
      for (const id of ['back', 'forward', 'seed', 'new-seed', 'more']) {
        await tabTo(id);
        await useControl(id);
      }
      for (const group of GROUPS) {
        element.setAttribute('directions', 'size:1');
        await until(() => panel.querySelector(`#group-${group}`));
        (document.activeElement as HTMLElement | null)?.blur();
        await tabTo(`group-${group}`);
        const details = find(`group-${group}`).parentElement as HTMLDetailsElement;
        if (details.open) await press('Enter');
        await press('Enter');
        await until(() => details.querySelector('.body'));
        await prepare(group);
        const found = [...details.querySelectorAll<HTMLElement>('.body :is(button, input, select, textarea)')]
          .filter(({ tabIndex, ariaDisabled }) => tabIndex >= 0 && ariaDisabled !== 'true')
          .map(({ id }) => id);
        assert.isNotEmpty(found, group);
        const ids = ORDERS[group] ?? found;
        assert.sameMembers([...ids], found);
        for (const id of ids) {
          await tabTo(id);
          await useControl(id);
          element.setAttribute('directions', 'size:1');
          await element.updateComplete;
        }
      }
      for (const id of ['randomise', 'reset']) {
        await tabTo(id);
        await useControl(id);
      }
      HTMLAnchorElement.prototype.click = original;
    });
  });

  describe('to everybody', () => {
    it('leaves axe nothing to say, in any group', async () => {
      await show();
      for (const group of GROUPS) {
        await open(group);
        const { violations } = await axe.run(element, { rules: { region: { enabled: false } } });
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${group}: ${id} ${nodes.map(({ html }) => html).join(' ')}`),
          [],
        );
      }
    });

    it('fits 280 pixels, left to right and right to left', async () => {
      await show({}, { ...INFO, labels: ['A class with quite a long name that goes on and on and on'] });
      element.style.inlineSize = '280px';
      for (const group of GROUPS) {
        await open(group);
        if (group === 'timeline') find('add-frame').click();
        for (const dir of ['ltr', 'rtl']) {
          element.dir = dir;
          const { left, right } = element.getBoundingClientRect();
          for (const each of panel.querySelectorAll('.panel *:not(.live, option, .knob)')) {
            const box = each.getBoundingClientRect();
            assert.isAtMost(box.right, right + 0.5, each.outerHTML);
            assert.isAtLeast(box.left, left - 0.5, each.outerHTML);
          }
          assert.isAtMost(findIn(panel, '.panel').scrollWidth, 280);
        }
      }
    });

    it('stands beside the picture where there is room, and is scrolled there', async () => {
      await show();
      element.style.inlineSize = '900px';
      await open('keep');
      const picture = element.shadowRoot?.querySelector('.picture')?.getBoundingClientRect();
      const controls = panel.host.getBoundingClientRect();
      assert.isAtLeast(controls.left, picture?.right ?? Infinity);
      assert.closeTo(controls.height, Math.max(384, picture?.height ?? 0), 1);
      assert.isAbove(panel.host.scrollHeight, controls.height);
    });
  });
});
