import { assert } from 'chai';
import { createEngineClient } from '../../src/engine/engine-client.ts';
import type { Generator } from '../../src/engine/generator.ts';
import type { EngineMemory } from '../../src/engine/protocol.ts';
import { eachBackend } from '../support/backends.ts';
import { tinySource } from '../support/tiny-source.ts';

const RENDERS = 1_000;
const CYCLES = 200;

describe('memory', () => {
  eachBackend(
    (backend) => {
      let src: string;
      const client = createEngineClient();
      const open = (): Promise<Generator> => client.openGenerator({ src, backend });

      before(async () => {
        src = await tinySource('stylegan2-tiny');
      });

      it(`is flat over ${String(RENDERS)} renders in the worker`, async function () {
        this.timeout(600_000);
        const generator = await open();
        const render = async (index: number): Promise<void> => {
          const { bitmap } = await generator.renderBitmap({ seed: String(index), noise: index % 2 === 0 ? 'const' : 'random' });
          bitmap.close();
        };
        // GPU buffers are pooled: the first renders fill the pool.
        for (let index = 0; index < 10; index += 1) await render(index);
        const before = await client.memory();
        for (let index = 0; index < RENDERS; index += 1) await render(index);
        assert.deepEqual(await client.memory(), before);
        assert.equal(generator.activeBackend, backend);
        generator.dispose();
      });

      it(`is flat over ${String(CYCLES)} generators that are opened, draw and are disposed of`, async function () {
        this.timeout(600_000);
        // One stays, so that there is a backend whose memory can be asked for.
        const keeper = await open();
        await keeper.generate();
        const cycle = async (index: number): Promise<void> => {
          const generator = await open();
          if (index % 20 === 0) await generator.generate({ seed: String(index) });
          generator.dispose();
        };
        await cycle(0);
        const before: EngineMemory = await client.memory();
        for (let index = 0; index < CYCLES; index += 1) await cycle(index);
        assert.deepEqual(await client.memory(), before);
        keeper.dispose();
      });

      it('is given back with the last generator: another source finds it as the first did', async () => {
        const readAlone = async (): Promise<EngineMemory> => {
          src = await tinySource('stylegan2-tiny');
          const generator = await open();
          await generator.generate();
          const held = await client.memory();
          generator.dispose();
          return held;
        };
        const first = await readAlone();
        const second = await readAlone();
        assert.deepEqual(second, first);
      });
    },
    ['webgpu', 'wasm'],
  );
});
