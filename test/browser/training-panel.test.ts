import { assert } from 'chai';
import type { GanCanvas } from '../../src/index.ts';
import { serveTrainable } from '../support/serve-files.ts';
import { chooseFiles, drawFiles, findIn, findPanel, setField, textIn } from '../support/training-panel.ts';
import { until } from '../support/until.ts';
import { createCanvas, nextEvent, readPixels, showPicture } from './show.ts';

describe('browser/training-panel', () => {
  let element: GanCanvas;
  afterEach(() => element.remove());

  it('teaches a model the visitor’s pictures, and undoes it', async () => {
    element = createCanvas({ src: await serveTrainable(), backend: 'wasm', trainable: '' });
    await showPicture(element);
    const panel = await findPanel(element);
    const before = readPixels(element);
    chooseFiles(panel, [...(await drawFiles(11)), new File(['no picture'], 'notes.png')]);
    await until(() => panel.querySelector('.refused'));
    await until(() => textIn(panel, '#count') === '11 pictures');
    setField(panel, 'steps', '6');
    setField(panel, 'batch', '2');
    findIn(panel, '#start').click();
    await until(() => panel.querySelector('#outcome'));
    assert.include(textIn(panel, '#outcome'), 'Done: 6 steps in a few seconds.');
    await until(() => readPixels(element).data.some((value, at) => value !== before.data[at]));
    const still = findIn<HTMLCanvasElement>(panel, '[part="before"] canvas')
      .getContext('2d')
      ?.getImageData(0, 0, before.width, before.height);
    assert.deepEqual(still?.data, before.data);
    const drawn = nextEvent(element, 'render');
    findIn(panel, '#undo').click();
    await drawn;
    assert.deepEqual(readPixels(element).data, before.data);
  });

  it('works in another document, under a policy that allows no inline styles or scripts', async () => {
    element = createCanvas({ src: await serveTrainable(), backend: 'wasm' });
    await showPicture(element);
    const violations: string[] = [];
    const frame = document.createElement('iframe');
    frame.srcdoc = `<meta http-equiv="Content-Security-Policy" content="style-src 'none'; script-src 'none'; img-src blob:"><body></body>`;
    document.body.append(frame);
    await until(() => frame.contentDocument?.querySelector('meta'));
    frame.contentDocument?.addEventListener('securitypolicyviolation', (event) => violations.push(event.violatedDirective));
    frame.contentDocument?.body.append(element);
    element.trainable = true;
    const panel = await findPanel(element);
    chooseFiles(panel, await drawFiles(2));
    await until(() => panel.querySelector<HTMLImageElement>('.thumbnails img')?.naturalWidth);
    assert.equal(getComputedStyle(findIn(panel, '.panel')).display, 'grid');
    document.body.append(element);
    assert.equal(getComputedStyle(findIn(panel, '.panel')).display, 'grid');
    assert.deepEqual(violations, []);
    frame.remove();
  });
});
