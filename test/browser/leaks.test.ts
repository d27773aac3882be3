import { assert } from 'chai';
import { memory } from '../../src/engine/engine-client.ts';
import type { GanCanvas } from '../../src/index.ts';
import { eachBackend } from '../support/backends.ts';
import { tinySource } from '../support/tiny-source.ts';
import { createCanvas, showPicture } from './show.ts';

const CYCLES = 200;
/** Every so many cycles the element stays until it has drawn; the others leave while they load. */
const DRAWN = 20;

/** What the engine holds once only the element that stays has a generator. */
async function readSettled(): ReturnType<typeof memory> {
  let held = await memory();
  while (held.generators > 1) held = await memory();
  return held;
}

describe('browser/leaks', () => {
  eachBackend(
    (backend) => {
      it(`keeps memory flat over ${CYCLES} times that an element is connected and disconnected`, async function () {
        this.timeout(300_000);
        const src = await tinySource('tiny-dcgan');
        const create = (seed: string): GanCanvas => createCanvas({ src, backend, seed, loading: 'eager' });
        const keeper = create('keeper');
        await showPicture(keeper);
        const cycle = async (index: number): Promise<void> => {
          const element = create(String(index));
          if (index % DRAWN === 0) await showPicture(element);
          else document.body.append(element);
          await element.updateComplete;
          element.remove();
        };
        await cycle(0);
        const before = await readSettled();
        for (let index = 0; index < CYCLES; index += 1) await cycle(index);
        assert.deepEqual(await readSettled(), before);
        assert.equal(keeper.activeBackend, backend);
        keeper.remove();
      });
    },
    ['webgpu', 'wasm'],
  );
});
