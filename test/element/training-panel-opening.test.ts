import { sendKeys } from '@web/test-runner-commands';
import { assert } from 'chai';
import { GanCanvasError } from '../../src/support/errors.ts';
import { drawFile, findIn, findPanel, textIn, transferOf } from '../support/training-panel.ts';
import { until } from '../support/until.ts';
import { createFakeCanvas, nextEvent, type FakeCanvas } from './fake-generator.ts';

describe('element/training-panel-opening', () => {
  let element: FakeCanvas;
  let panel: ShadowRoot;
  const says = (text: string) => until(() => textIn(panel, '[role="status"]').includes(text));

  beforeEach(async () => {
    element = createFakeCanvas({ trainable: true });
    const loaded = nextEvent(element, 'load');
    document.body.append(element);
    await loaded;
    panel = await findPanel(element);
  });
  afterEach(() => element.remove());

  /** Chooses a file in the dialog that the button opens, which is worked by keys. */
  async function open(name: string, content: string): Promise<void> {
    const input = findIn<HTMLInputElement>(panel, '#weights');
    const asked = new Promise<void>((resolve) => {
      const handleClick = (event: Event) => {
        event.preventDefault();
        resolve();
      };
      input.addEventListener('click', handleClick, { once: true });
    });
    findIn(panel, '#open').focus();
    await sendKeys({ press: 'Enter' });
    await asked;
    input.files = transferOf([new File([content], name)]).files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }

  it('draws by a model that was saved, and goes back to the first', async () => {
    await open('mine.safetensors', 'abc');
    await says('mine.safetensors is open: the pictures are drawn by it now.');
    const [generator] = element.opened;
    assert.deepEqual(generator?.imported, [new TextEncoder().encode('abc')]);
    await until(() => panel.activeElement?.id === 'opened');
    assert.equal(textIn(panel, '#start'), 'Train further');
    findIn(panel, '#undo').click();
    await says('Undone: the first model draws again.');
    assert.isNull(panel.querySelector('#opened'));
    assert.equal(textIn(panel, '#start'), 'Start');
  });

  it('says beside its button what is wrong with a file, and keeps what is open', async () => {
    await open('mine.safetensors', 'abc');
    await until(() => panel.querySelector('#opened'));
    const [generator] = element.opened;
    if (generator) generator.importWeights = () => Promise.reject(new GanCanvasError('weights-format', 'It is no weights file.'));
    await open('notes.txt', 'x');
    await says('Opening notes.txt did not work. It is no weights file.');
    assert.include(textIn(panel, '.failure'), 'It is no weights file.');
    assert.include(textIn(panel, '#opened'), 'mine.safetensors');
    assert.isFalse(findIn<HTMLButtonElement>(panel, '#open').disabled);
  });

  it('has one button to open a model, before a training and after one that failed', async () => {
    assert.lengthOf(panel.querySelectorAll('#open'), 1);
    // The fake gives no training.
    element.dispatchEvent(new DragEvent('drop', { dataTransfer: transferOf([await drawFile('black.png')]), cancelable: true }));
    await says('1 picture added.');
    findIn(panel, '#start').click();
    await until(() => panel.querySelector('#outcome'));
    assert.lengthOf(panel.querySelectorAll('#open'), 1);
  });
});
