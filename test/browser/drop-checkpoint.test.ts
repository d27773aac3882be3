import { assert } from 'chai';
import { importCheckpoint } from '../../src/core.ts';
import type { GanCanvas } from '../../src/index.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { joinBytes } from '../support/checkpoint-bytes.ts';
import { loadFixtureBytes } from '../support/fixture-weights.ts';
import { createCanvas, nextEvent, showPicture } from './show.ts';

/** Drops a file onto an element, as a hand does. */
function dropFile(element: Element, bytes: Uint8Array, name: string): void {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes as Uint8Array<ArrayBuffer>], name));
  element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}

describe('browser/drop-checkpoint', () => {
  let element: GanCanvas;
  afterEach(() => element.remove());

  // As the README says.
  it('draws a checkpoint that is dropped on the tag', async () => {
    element = createCanvas({ backend: 'wasm' });
    const dropped = new Promise<string>((resolve, reject) => {
      element.addEventListener('drop', (event) => {
        event.preventDefault();
        const [file] = event.dataTransfer?.files ?? [];
        if (file === undefined) throw new Error('No file was dropped.');
        void importCheckpoint(file).then(({ generator, summary }) => {
          if (generator === null) throw new Error('No generator was imported.');
          element.src = URL.createObjectURL(new Blob([generator as Uint8Array<ArrayBuffer>]));
          resolve(summary.family);
        }, reject);
      });
    });
    await showPicture(element);
    const drawn = nextEvent(element, 'render');
    dropFile(element, await loadFixtureBytes('tiny-stylegan2-ada.pkl'), 'tiny cat.pkl');
    assert.include(await dropped, 'StyleGAN2-ADA');
    await drawn;
    assert.deepInclude(element.modelInfo, { name: 'tiny cat', resolution: 16 });
    const { data, width } = await element.generate({ seed: '1' });
    assert.equal(width, 16);
    assert.isAbove(new Set(data).size, 50);
  });

  it('goes on drawing what it drew when the file is none', async () => {
    element = createCanvas({ backend: 'wasm' });
    await showPicture(element);
    const before = await element.generate({ seed: '1' });
    await assertRejectsCode(importCheckpoint(new File([joinBytes('GIF89a') as Uint8Array<ArrayBuffer>], 'cat.gif')), 'weights-format');
    assert.deepEqual(await element.generate({ seed: '1' }), before);
  });
});
