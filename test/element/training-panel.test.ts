import { sendKeys } from '@web/test-runner-commands';
import { assert } from 'chai';
import type { FineTuneOptions, NamedPicture } from '../../src/engine/fine-tune/fine-tune.ts';
import { eraseKeptRun, findKeptRun, keepRun } from '../../src/engine/fine-tune/kept-run.ts';
import { readFineTuneSettings } from '../../src/engine/fine-tune/fine-tune-settings.ts';
import { GanCanvasError } from '../../src/support/errors.ts';
import type { ModelInfo } from '../../src/weights/model-info.ts';
import { chooseFiles, drawFile, drawFiles, findIn, findPanel, textIn, transferOf } from '../support/training-panel.ts';
import { until } from '../support/until.ts';
import { createFakeCanvas, fakeInfo, nextEvent, settle, type FakeCanvas } from './fake-generator.ts';
import { FakeRun } from './fake-run.ts';

const DCGAN = { kind: 'dcgan', resolution: 4, z_dim: 8, classes: 0, generator: [], discriminator: [] } as const;
const WITH_DISCRIMINATOR = { discriminator: { url: 'd.safetensors', integrity: null } };

interface Begun {
  readonly pictures: readonly NamedPicture[] | null;
  readonly options: FineTuneOptions;
  readonly run: FakeRun;
}

describe('element/training-panel', () => {
  let element: FakeCanvas;
  let panel: ShadowRoot;
  const begun: Begun[] = [];

  async function show(changes: Partial<ModelInfo> = WITH_DISCRIMINATOR): Promise<void> {
    element = createFakeCanvas({ trainable: true });
    element.prepare = (generator) => {
      Object.assign(generator, { info: fakeInfo(changes) });
      // The element's own signal comes with every training.
      generator.train = (pictures, { signal: _, ...options }) => {
        const run = new FakeRun();
        begun.push({ pictures, options, run });
        return run;
      };
    };
    const loaded = nextEvent(element, 'load');
    document.body.append(element);
    await loaded;
    panel = await findPanel(element);
  }

  async function give(files: readonly File[]): Promise<void> {
    const before = panel.querySelector('#count')?.textContent;
    chooseFiles(panel, files);
    await until(() => panel.querySelector('#count')?.textContent !== before && !panel.querySelector('[aria-busy="true"]'));
  }

  function press(id: string): void {
    findIn(panel, `#${id}`).click();
  }

  async function start(files = 12): Promise<Begun> {
    await give(await drawFiles(files));
    press('start');
    return until(() => begun.at(-1));
  }

  const says = (text: string) => until(() => textIn(panel, '[role="status"]').includes(text));
  const shows = (text: string) => until(() => textIn(panel).includes(text));

  beforeEach(() => begun.splice(0));
  afterEach(async () => {
    for (const { run } of begun) run.finish();
    element.remove();
    await eraseKeptRun('fake');
  });

  describe('without pictures', () => {
    it('is there with trainable alone, below the picture', async () => {
      await show();
      const host = panel.host as HTMLElement;
      const canvas = element.shadowRoot?.querySelector('canvas');
      assert.isAtLeast(host.getBoundingClientRect().top, canvas?.getBoundingClientRect().bottom ?? Infinity);
      element.trainable = false;
      await element.updateComplete;
      assert.isFalse(host.isConnected);
      element.toggleAttribute('trainable', true);
      await element.updateComplete;
      assert.isTrue(host.isConnected);
    });

    it('says what pictures are wanted and that they stay, and asks for some when it is to start', async () => {
      await show();
      assert.include(textIn(panel), 'Your pictures stay in this page');
      press('start');
      await says('Add pictures first.');
      await until(() => panel.activeElement?.id === 'choose');
      assert.include(textIn(panel, '.failure'), 'Add pictures first.');
      assert.isEmpty(begun);
    });

    it('has a second copy of the library beside it', async () => {
      await show();
      const copy = new URL('../../src/element/training-panel/training-panel.ts?copy', import.meta.url).href;
      const { TrainingPanel } = (await import(copy)) as { TrainingPanel: new () => HTMLElement };
      assert.equal(panel.host.localName, 'gan-canvas-training-panel');
      assert.equal(new TrainingPanel().localName, 'gan-canvas-training-panel-2');
    });

    it('names every control', async () => {
      await show({ ...WITH_DISCRIMINATOR, labels: ['apple', 'pear'] });
      findIn<HTMLDetailsElement>(panel, '#advanced').open = true;
      const controls = [...panel.querySelectorAll<HTMLInputElement>('button, select, input:not([hidden])')];
      assert.isAbove(controls.length, 15);
      for (const control of controls) {
        const name = control.ariaLabel ?? control.labels?.[0]?.textContent ?? control.textContent;
        assert.isAbove(name.trim().length, 2, control.outerHTML);
      }
    });

    it('fits 280 pixels', async () => {
      await show({ ...WITH_DISCRIMINATOR, labels: ['A class with quite a long name that goes on and on and on'] });
      element.style.inlineSize = '280px';
      findIn<HTMLDetailsElement>(panel, '#advanced').open = true;
      await give([
        await drawFile('a-very-long-name-without-any-space-that-a-browser-could-break-it-at-all.png'),
        new File(['x'], `${'n'.repeat(90)}.png`),
      ]);
      const edge = element.getBoundingClientRect().right;
      for (const each of panel.querySelectorAll('.panel *:not(.live, option)'))
        assert.isAtMost(each.getBoundingClientRect().right, edge, each.outerHTML);
      assert.isAtMost(findIn(panel, '.panel').scrollWidth, 280);
    });
  });

  describe('with pictures', () => {
    it('takes what is dropped anywhere on the element, and leaves to the page what it has taken', async () => {
      await show();
      const drop = async (files: File[], take = false) => {
        const listener = (event: Event) => event.preventDefault();
        if (take) element.addEventListener('drop', listener, { capture: true, once: true });
        const event = new DragEvent('drop', { dataTransfer: transferOf(files), bubbles: true, cancelable: true, composed: true });
        element.shadowRoot?.querySelector('canvas')?.dispatchEvent(event);
        return event.defaultPrevented;
      };
      assert.isTrue(await drop(await drawFiles(2), true));
      assert.isTrue(await drop(await drawFiles(3)));
      await says('3 pictures added.');
      assert.equal(textIn(panel, '#count'), '3 pictures');
    });

    it('shows where to drop while something is dragged over it', async () => {
      await show();
      const drag = (type: string) =>
        element.dispatchEvent(new DragEvent(type, { dataTransfer: transferOf([new File([''], 'a.png')]), cancelable: true }));
      assert.isFalse(drag('dragover'));
      await until(() => panel.querySelector('.drop-zone.over'));
      drag('dragleave');
      await until(() => !panel.querySelector('.drop-zone.over'));
    });

    it('takes what is pasted within it, but leaves text to its fields', async () => {
      await show();
      const paste = (target: Element, clipboardData: DataTransfer) =>
        target.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }));
      const text = new DataTransfer();
      text.setData('text/plain', 'a seed');
      assert.isTrue(paste(findIn(panel, '[name="seed"]'), text));
      assert.isFalse(paste(findIn(panel, '#choose'), transferOf([await drawFile('pasted.png')])));
      await says('1 picture added.');
    });

    it('shows them by URLs that it gives back', async () => {
      await show();
      const revoked: string[] = [];
      const original = URL.revokeObjectURL;
      URL.revokeObjectURL = (url) => {
        revoked.push(url);
        original.call(URL, url);
      };
      await give(await drawFiles(3));
      const shown = () => [...panel.querySelectorAll<HTMLImageElement>('.thumbnails img')].map(({ src }) => src);
      const [first, ...others] = shown();
      await until(() => panel.querySelector<HTMLImageElement>('.thumbnails img')?.naturalWidth);
      findIn(panel, '[aria-label="Remove 0.png"]').focus();
      findIn(panel, '[aria-label="Remove 0.png"]').click();
      await says('0.png removed, 2 pictures left.');
      assert.deepEqual(revoked, [first]);
      assert.equal(panel.activeElement?.ariaLabel, 'Remove 1.png');
      element.remove();
      assert.deepEqual(revoked, [first, ...others]);
      document.body.append(element);
      await until(() => shown().length === 2 && !shown().includes(others[0] ?? ''));
      URL.revokeObjectURL = original;
    });

    it('counts those that it does not show', async () => {
      await show();
      await give(await drawFiles(203));
      assert.equal(panel.querySelectorAll('.thumbnails img').length, 200);
      assert.equal(textIn(panel, '.more'), 'and 3 more');
      press('remove-all');
      await says('All pictures removed.');
      assert.isNull(panel.querySelector('.thumbnails'));
    });

    it('lists by name and reason what cannot be read', async () => {
      await show();
      const damaged = await drawFile('damaged.png');
      const cut = new File([damaged.slice(0, 40)], 'cut.png');
      await give([new File(['no picture at all'], 'notes.png'), cut, await drawFile('cat.png')]);
      await until(() => panel.querySelectorAll('.refused li').length === 2);
      const text = textIn(panel, '.refused');
      assert.match(text, /notes\.png It is a text file, though its name ends in \.png/);
      assert.match(text, /cut\.png This browser cannot show it/);
      assert.include(text, '2 files cannot be used');
      assert.equal(textIn(panel, '#count'), '1 picture');
    });

    it('chooses the method by their number until the visitor does', async () => {
      await show();
      const chosen = () => findIn<HTMLInputElement>(panel, '[name="method"]:checked').value;
      assert.equal(chosen(), 'adversarial');
      await give(await drawFiles(9));
      assert.equal(chosen(), 'reconstruction');
      await give([await drawFile('tenth.png')]);
      assert.equal(chosen(), 'adversarial');
      findIn(panel, '[value="reconstruction"]').click();
      await give([await drawFile('eleventh.png')]);
      assert.equal(chosen(), 'reconstruction');
    });

    it('starts from nothing with what was chosen of the network, and offers nothing else to what began so', async () => {
      await show();
      await give(await drawFiles(12));
      const choose = (name: string, value: string): void => {
        const input = findIn<HTMLInputElement>(panel, `[name="${name}"][value="${value}"]`);
        input.click();
      };
      const select = (name: string, title: string): void => {
        const field = findIn<HTMLSelectElement>(panel, `select[name="${name}"]`);
        field.selectedIndex = [...field.options].findIndex(({ text }) => text === title);
        field.dispatchEvent(new Event('change'));
      };
      choose('method', 'from-nothing');
      await shows('grey noise');
      assert.equal(findIn<HTMLInputElement>(panel, '[name="strength"]:checked').value, '2000');
      for (const name of ['moving', 'frozenBlocks', 'addsToModel']) assert.isNull(panel.querySelector(`[name="${name}"]`), name);
      select('resolution', '16 × 16 pixels');
      select('depth', '2');
      select('loss', 'Hinge');
      press('start');
      const gan = await until(() => begun.at(-1));
      assert.deepInclude(gan.options, { method: 'textbook-gan', steps: 2000, loss: 'hinge' });
      assert.deepEqual(gan.options.network, { resolution: 16, depth: 2 });
      assert.notProperty(gan.options, 'addsToModel');

      Object.assign(element.opened[0] ?? {}, { info: fakeInfo({ architecture: DCGAN }) });
      gan.run.finish();
      await until(() => panel.querySelector('#outcome'));
      await shows('your pictures are still here');
      assert.isNull(panel.querySelector('#save-delta'));
      for (const method of ['adversarial', 'reconstruction'])
        assert.isTrue(findIn<HTMLInputElement>(panel, `[name="method"][value="${method}"]`).disabled, method);
      choose('kind', 'vae');
      await until(() => panel.querySelector('select[name="loss"]') === null);
      press('start');
      const vae = await until(() => begun.at(1));
      assert.equal(vae.options.method, 'vae');
      assert.deepEqual(vae.options.network, { resolution: 16, depth: 2 });
      assert.lengthOf(vae.pictures ?? [], 12);
    });

    it('offers no style where the model has no discriminator', async () => {
      await show({});
      assert.isTrue(findIn<HTMLInputElement>(panel, '[value="adversarial"]').disabled);
      assert.isTrue(findIn<HTMLInputElement>(panel, '[value="reconstruction"]').checked);
    });

    it('starts with what was chosen, and leaves the rest to the defaults', async () => {
      await show();
      const { pictures, options } = await start();
      const expected = {
        method: 'adversarial',
        steps: 300,
        addsToModel: false,
        mirror: true,
        background: [255, 255, 255],
        seed: '0',
        keeps: true,
      };
      assert.deepEqual(JSON.parse(JSON.stringify(options)), expected);
      assert.deepEqual(
        pictures?.map(({ name }) => name),
        Array.from({ length: 12 }, (_, index) => `${index}.png`),
      );
    });

    it('passes all advanced settings on', async () => {
      await show({ ...WITH_DISCRIMINATOR, labels: ['apple', 'pear'] });
      const set = (name: string, value: string) => {
        const field = findIn<HTMLInputElement>(panel, `[name="${name}"]`);
        field.value = value;
        field.dispatchEvent(new Event('change'));
      };
      for (const [name, value] of Object.entries({ steps: '50', batch: '4', learningRate: '0.001', frozenBlocks: '2' })) set(name, value);
      for (const [name, value] of Object.entries({ moving: 'styles', classLabel: 'pear', background: '#0a1020', seed: 'mine' }))
        set(name, value);
      for (const name of ['addsToModel', 'mirror', 'keeps']) findIn(panel, `[name="${name}"]`).click();
      const { options } = await start();
      assert.isNull(panel.querySelector('[name="strength"]:checked'));
      assert.deepEqual(options, {
        ...{ method: 'adversarial', steps: 50, batch: 4, learningRate: 0.001, frozenBlocks: 2, moving: 'styles', classLabel: 'pear' },
        ...{ addsToModel: true, mirror: false, background: [10, 16, 32], seed: 'mine', keeps: false },
      } as FineTuneOptions);
      assert.notInclude(textIn(panel), 'this browser stores your pictures');
    });

    it('shows a setting out of range instead of starting', async () => {
      await show();
      await give(await drawFiles(1));
      const batch = findIn<HTMLInputElement>(panel, '[name="batch"]');
      batch.value = '65';
      batch.dispatchEvent(new Event('change'));
      press('start');
      await until(() => findIn<HTMLDetailsElement>(panel, '#advanced').open && panel.activeElement === batch);
      assert.isEmpty(begun);
    });
  });

  describe('cropping', () => {
    async function openCrop(): Promise<HTMLDialogElement> {
      await show();
      await give([await drawFile('wide.png', 'red', [40, 20])]);
      findIn(panel, '.crop').focus();
      findIn(panel, '.crop').click();
      return until(() => panel.querySelector<HTMLDialogElement>('dialog[open]'));
    }

    it('moves and resizes the square by keys, and trains on it', async () => {
      const dialog = await openCrop();
      findIn(panel, '.square').focus();
      // Two fifths of the shorter side, of 20 pixels, are a fifth of the width.
      await sendKeys({ down: 'Shift' });
      for (let times = 0; times < 4; times += 1) await sendKeys({ press: 'ArrowLeft' });
      await sendKeys({ up: 'Shift' });
      for (let times = 0; times < 7; times += 1) await sendKeys({ press: '-' });
      await sendKeys({ press: 'ArrowUp' });
      press('take');
      await until(() => !dialog.open);
      await until(() => panel.querySelector('.crop svg'));
      await settle();
      assert.isFalse(dialog.open);
      press('start');
      const { crop } = (await until(() => begun.at(-1))).pictures?.[0] ?? {};
      assert.closeTo(crop?.x ?? 0, 0.3, 1e-9);
      assert.closeTo(crop?.y ?? 0, 0.48, 1e-9);
      assert.closeTo(crop?.size ?? 0, 1.1 ** -7, 1e-9);
    });

    it('moves it by dragging, but not out of the picture', async () => {
      await openCrop();
      const square = findIn(panel, '.square');
      const { left, top, width } = square.getBoundingClientRect();
      const point = (type: string, x: number) =>
        square.dispatchEvent(
          new PointerEvent(type, { pointerId: 1, button: 0, clientX: left + x * width, clientY: top + 5, bubbles: true }),
        );
      square.setPointerCapture = () => undefined;
      point('pointerdown', 0.5);
      point('pointermove', 0.4);
      await until(() => square.ariaLabel?.includes('40 % across'));
      point('pointermove', -3);
      point('pointerup', -3);
      await until(() => square.ariaLabel?.includes('25 % across'));
      point('pointermove', 1);
      press('take');
      press('start');
      const { pictures } = await until(() => begun.at(-1));
      assert.closeTo(pictures?.[0]?.crop?.x ?? 0, 0.25, 1e-6);
    });

    it('changes nothing when it is closed, and takes the middle for no crop', async () => {
      const dialog = await openCrop();
      findIn(panel, '.square').focus();
      await sendKeys({ press: 'ArrowRight' });
      await sendKeys({ press: 'Escape' });
      await until(() => !dialog.open);
      assert.isTrue(panel.activeElement?.classList.contains('crop'));
      press('start');
      const { pictures } = await until(() => begun.at(-1));
      assert.isUndefined(pictures?.[0]?.crop);
    });
  });

  describe('while it trains', () => {
    it('shows step, time left, speed, the picture before, and plots with their values in words', async () => {
      await show();
      const { run } = await start();
      await shows('Getting ready…');
      assert.isFalse(findIn(panel, 'progress').hasAttribute('value'));
      run.take(1);
      await shows('Step 1 of 100');
      run.take(40, { diversity: 0.5 });
      await shows('Step 40 of 100');
      assert.include(textIn(panel, '.figures'), 'about 2 minutes left');
      assert.include(textIn(panel, '.figures'), '4 pictures a second');
      assert.equal(findIn<HTMLProgressElement>(panel, 'progress').value, 40);
      assert.exists(panel.querySelector('[part="before"] canvas[role="img"]'));
      const plots = [...panel.querySelectorAll('.plot svg')].map(({ ariaLabel }) => ariaLabel);
      assert.deepEqual(plots, [
        'Losses by step: generator 0.03, at first 1.00; discriminator 0.70, at first 0.70.',
        'Diversity (1: as at the start) by step: now 0.50, at first 0.90.',
      ]);
      assert.include(textIn(panel), 'Meanwhile this browser stores your pictures');
      assert.isNull(panel.querySelector('#files'));
    });

    it('speaks at the start, at every quarter, and of what happens', async () => {
      await show();
      const spoken: string[] = [];
      const region = findIn(panel, '[role="status"]');
      new MutationObserver(() => spoken.push(region.textContent)).observe(region, { characterData: true, childList: true, subtree: true });
      const { run } = await start();
      for (const step of [1, 10, 25, 26, 49, 50, 60, 76, 99, 100]) {
        run.take(step, { notice: step === 60 ? 'Back to step 50.' : null });
        await shows(`Step ${step} of 100`);
      }
      run.finish();
      await says('Done:');
      assert.deepEqual(spoken.slice(spoken.indexOf('Training is starting.')), [
        'Training is starting.',
        'Training has begun: 100 steps, about 3 minutes.',
        '25 % done, about 3 minutes left.',
        '50 % done, about 2 minutes left.',
        'Back to step 50.',
        '75 % done, about 50 seconds left.',
        'Done: 100 steps in about 3 minutes.',
      ]);
      assert.include(textIn(panel, '.notices'), 'Back to step 50.');
    });

    it('pauses, goes on and stops', async () => {
      await show();
      const { run } = await start();
      run.take(3);
      await shows('Step 3 of 100');
      press('pause');
      await says('Paused at step 3 of 100.');
      await until(() => panel.activeElement?.id === 'go-on');
      press('go-on');
      await says('Training goes on.');
      press('pause');
      await says('Paused at step 3 of 100.');
      press('stop');
      await shows('Stopping after this step…');
      assert.deepEqual(run.said, ['pause', 'resume', 'pause', 'stop', 'resume']);
      run.finish({ reason: 'stopped', steps: 3 });
      await shows('Stopped: 3 steps in about 3 minutes. What was learnt so far stays.');
    });

    it('shows the picture as it becomes beside the one before', async () => {
      await show();
      const { run } = await start();
      const now = findIn<HTMLCanvasElement>(panel, '[part="now"] canvas');
      now.width = 1;
      run.take(1, { isShown: true });
      await until(() => now.width === 4);
    });

    it('goes on when the element is moved, and is found again', async () => {
      await show();
      const { run } = await start();
      run.take(5);
      await shows('Step 5 of 100');
      const place = document.body.appendChild(document.createElement('section'));
      place.append(element);
      run.take(6);
      await shows('Step 6 of 100');
      place.append(element);
      run.finish();
      await shows('Done:');
      place.replaceWith(element);
    });
  });

  describe('afterwards', () => {
    async function finish(changes: Parameters<FakeRun['finish']>[0] = {}): Promise<void> {
      const { run } = await start();
      run.take(99);
      await shows('Step 99 of 100');
      run.finish(changes);
      await shows('100 steps in about 3 minutes.');
    }

    it('has the focus on how it ended', async () => {
      await show();
      await give(await drawFiles(12));
      findIn(panel, '#start').focus();
      press('start');
      const { run } = await until(() => begun.at(-1));
      await until(() => panel.activeElement?.id === 'running');
      run.finish();
      await until(() => panel.activeElement?.id === 'outcome');
    });

    it('leaves the focus where it is elsewhere on the page', async () => {
      await show();
      const other = document.body.appendChild(document.createElement('input'));
      const { run } = await start();
      other.focus();
      run.finish();
      await shows('Done:');
      assert.equal(document.activeElement, other);
      other.remove();
    });

    it('saves the model, or the difference', async () => {
      await show();
      await finish();
      const saved: string[] = [];
      const original = HTMLAnchorElement.prototype.click;
      HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
        saved.push(`${this.download} ${this.href.slice(0, 5)}`);
      };
      press('save');
      await says('Saved as fake-taught.safetensors.');
      press('save-delta');
      await says('Saved as fake-taught-difference.safetensors.');
      HTMLAnchorElement.prototype.click = original;
      assert.deepEqual(saved, ['fake-taught.safetensors blob:', 'fake-taught-difference.safetensors blob:']);
    });

    it('undoes', async () => {
      await show();
      await finish();
      let resets = 0;
      const [generator] = element.opened;
      if (generator) generator.resetWeights = () => Promise.resolve(void (resets += 1));
      press('undo');
      await says('Undone: the first model draws again.');
      assert.equal(resets, 1);
      assert.isNull(panel.querySelector('.outcome'));
      assert.equal(textIn(panel, '#start'), 'Start');
    });

    it('shares the model as a file, where the browser can', async () => {
      const shared: ShareData[] = [];
      const { canShare } = navigator;
      const share = (data: ShareData) => Promise.resolve(void shared.push(data));
      Object.assign(navigator, { canShare: () => true, share });
      await show();
      await finish();
      press('share');
      await until(() => shared.length === 1 && !findIn<HTMLButtonElement>(panel, '#share').disabled);
      assert.equal(shared[0]?.files?.[0]?.name, 'fake-taught.safetensors');
      Object.assign(navigator, { share: () => Promise.reject(new DOMException('closed', 'AbortError')) });
      press('share');
      await until(() => !findIn<HTMLButtonElement>(panel, '#share').disabled);
      assert.isNull(panel.querySelector('.failure'));
      element.remove();
      begun.splice(0);
      Object.assign(navigator, { canShare: () => false });
      await show();
      await finish();
      assert.isNull(panel.querySelector('#share'));
      Object.assign(navigator, { canShare });
    });

    it('says what did not work with saving, and lets try again', async () => {
      await show();
      await finish();
      element.exportWeights = () => Promise.reject(new GanCanvasError('internal', 'No memory is left.'));
      press('save');
      await says('Saving did not work. No memory is left.');
      assert.include(textIn(panel, '.outcome'), 'Saving did not work. No memory is left.');
      assert.isFalse(findIn<HTMLButtonElement>(panel, '#save').disabled);
    });

    it('trains further, and takes out what could not be read', async () => {
      await show();
      await finish({ refused: [{ name: '3.png', reason: 'It is damaged.' }] });
      assert.include(textIn(panel, '.refused'), '3.png It is damaged.');
      assert.equal(textIn(panel, '#start'), 'Train further');
      press('start');
      const second = await until(() => begun[1]);
      assert.lengthOf(second.pictures ?? [], 11);
    });

    it('says why a training ended early', async () => {
      await show();
      await finish({ reason: 'collapsed' });
      assert.include(textIn(panel, '#outcome'), 'too much alike');
    });

    it('shows why a training failed, and lets try again', async () => {
      await show();
      const { run } = await start();
      run.fail(new GanCanvasError('invalid-argument', 'Reconstruction takes at most 10 pictures.'));
      await shows('The training did not work. Reconstruction takes at most 10 pictures.');
      await says('The training ended with an error. Reconstruction');
      assert.isNull(panel.querySelector('#undo'));
      press('start');
      await until(() => begun[1]);
    });

    it('forgets it when another source is loaded', async () => {
      await show();
      await finish();
      element.model = 'cats';
      await until(() => !panel.querySelector('.outcome'));
      assert.equal(textIn(panel, '#count'), '12 pictures');
    });
  });

  describe('with an interrupted training', () => {
    beforeEach(async () => {
      const settings = readFineTuneSettings({ steps: 300 }, fakeInfo(WITH_DISCRIMINATOR), 12);
      const pictures = [{ name: 'a.png', pixels: new Uint8Array(48) }];
      const state = { weights: new Uint8Array(1), pictures, snapshot: {}, learningRateFactor: 1, step: 120, seconds: 60 };
      await keepRun({ name: 'fake', savedAt: Date.now(), settings, ...state });
      await show();
      await shows('A training of yours was interrupted at step 120 of 300.');
    });

    it('goes on with it', async () => {
      press('resume');
      const { pictures, run } = await until(() => begun.at(-1));
      assert.isNull(pictures);
      run.take(121, { steps: 300 });
      await shows('Step 121 of 300');
      assert.notInclude(textIn(panel), 'interrupted');
    });

    it('says that it is stored here, and erases it', async () => {
      assert.include(textIn(panel, '.kept'), 'This browser has stored it, with your 1 picture.');
      press('erase');
      await says('The interrupted training and its pictures are erased.');
      assert.isNull(panel.querySelector('.kept'));
      assert.isNull(await findKeptRun('fake'));
    });
  });

  it('is worked by keys alone', async () => {
    await show();
    findIn(panel, '#choose').focus();
    const clipboardData = transferOf(await drawFiles(12));
    panel.activeElement?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true, composed: true }));
    await says('12 pictures added.');
    const tabTo = async (isThere: (active: Element) => boolean): Promise<void> => {
      for (let presses = 0; presses < 60; presses += 1) {
        const active = panel.activeElement;
        if (active && isThere(active)) return;
        await sendKeys({ press: 'Tab' });
      }
      throw new Error('Tab does not lead there.');
    };
    await tabTo(({ ariaLabel }) => ariaLabel === 'Remove 11.png');
    await sendKeys({ press: 'Enter' });
    await says('11.png removed, 11 pictures left.');
    await tabTo((active) => active.matches('[name="method"]'));
    await sendKeys({ press: 'ArrowDown' });
    await tabTo((active) => active.matches('[name="strength"]'));
    await sendKeys({ press: 'ArrowLeft' });
    await tabTo(({ id }) => id === 'start');
    await sendKeys({ press: 'Space' });
    const { options, pictures, run } = await until(() => begun.at(-1));
    assert.deepInclude(options, { method: 'reconstruction', steps: 100 });
    assert.lengthOf(pictures ?? [], 11);
    run.take(1);
    await shows('Step 1 of 100');
    await tabTo(({ id }) => id === 'pause');
    await sendKeys({ press: 'Enter' });
    await says('Paused');
    await tabTo(({ id }) => id === 'stop');
    await sendKeys({ press: 'Enter' });
    run.finish({ reason: 'stopped' });
    await shows('Stopped:');
    await tabTo(({ id }) => id === 'undo');
    await sendKeys({ press: 'Enter' });
    await says('Undone');
  });
});
