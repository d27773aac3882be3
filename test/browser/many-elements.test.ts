import { assert } from 'chai';
import { memory } from '../../src/engine/engine-client.ts';
import type { GanCanvas } from '../../src/index.ts';
import { tinySource } from '../support/tiny-source.ts';
import { createCanvas, nextEvent, showPicture } from './show.ts';

const COUNT = 200;
const SEEN = 8;

/** Elements one below the other, of which the first eight are on the screen, the last of them by half. */
function createColumn(src: string): { readonly column: HTMLElement; readonly elements: readonly GanCanvas[] } {
  const column = document.createElement('div');
  column.style.cssText = 'position: absolute; inset: 0 auto auto 0';
  const style = `display: block; width: 40px; height: ${(innerHeight / (SEEN - 0.5)).toString()}px`;
  const elements = Array.from({ length: COUNT }, (_, index) => createCanvas({ src, backend: 'wasm', seed: String(index), style }));
  column.append(...elements);
  return { column, elements };
}

/** Waits until an element shows a picture. */
async function untilReady(element: GanCanvas | undefined): Promise<void> {
  if (element && !element.ready) await nextEvent(element, 'load');
}

describe('browser/many-elements', () => {
  it(`draws only the ${SEEN.toString()} of ${COUNT.toString()} elements that are seen, with the memory of one model`, async () => {
    const src = await tinySource();
    const single = createCanvas({ src, backend: 'wasm' });
    await showPicture(single);
    const ofOne = await memory();

    const { column, elements } = createColumn(src);
    const renders = elements.map(() => 0);
    for (const [index, element] of elements.entries()) {
      element.addEventListener('render', () => {
        renders[index] = (renders[index] ?? 0) + 1;
      });
    }
    document.body.append(column);
    await Promise.all(elements.slice(0, SEEN).map(untilReady));
    assert.deepEqual(
      elements.map(({ ready }) => ready),
      elements.map((_, index) => index < SEEN),
    );
    assert.deepEqual(await memory(), { ...ofOne, generators: 1 + SEEN });

    // Walking, too, is done where somebody looks.
    for (const element of elements) Object.assign(element, { interval: 100, autoplay: true });
    const last = elements.at(-1);
    last?.scrollIntoView();
    await untilReady(last);
    if (last) await nextEvent(last, 'render');
    const before = [...renders];
    if (last) for (let step = 0; step < 5; step += 1) await nextEvent(last, 'render');
    assert.deepEqual(renders.slice(0, COUNT / 2), before.slice(0, COUNT / 2));
    assert.isAbove(renders.at(-1) ?? 0, before.at(-1) ?? 0);
    const { weights, bytes } = await memory();
    assert.deepEqual({ weights, bytes }, { weights: ofOne.weights, bytes: ofOne.bytes });
    column.remove();
    single.remove();
  });
});
