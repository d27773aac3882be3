import { assert } from 'chai';
import { createEngineClient } from '../../src/engine/engine-client.ts';
import type { Generator } from '../../src/engine/generator.ts';
import type { EngineMemory } from '../../src/engine/protocol.ts';
import type { BackendName } from '../../src/runtime/backend.ts';
import { eachBackend } from '../support/backends.ts';
import type { FixtureNetwork } from '../support/fixture-weights.ts';
import { tinySource } from '../support/tiny-source.ts';

const CYCLES = 200;
/** A StyleGAN2 on WebGPU in software takes half a second for a picture of any size; there the DCGAN stands for it. */
const RENDERS = {
  webgpu: { 'tiny-dcgan': 1_000, 'stylegan2-tiny': 100 },
  wasm: { 'tiny-dcgan': 1_000, 'stylegan2-tiny': 1_000 },
  cpu: {},
} as const satisfies Record<BackendName, Partial<Record<FixtureNetwork, number>>>;

describe('memory', () => {
  eachBackend(
    (backend) => {
      const client = createEngineClient();

      for (const [network, renders] of Object.entries(RENDERS[backend])) {
        it(`is flat over ${String(renders)} renders of ${network} in the worker`, async function () {
          this.timeout(600_000);
          const generator = await client.openGenerator({ src: await tinySource(network as FixtureNetwork), backend });
          const render = async (index: number): Promise<void> => {
            const { bitmap } = await generator.renderBitmap({ seed: String(index), noise: index % 2 === 0 ? 'const' : 'random' });
            bitmap.close();
          };
          // GPU buffers are pooled: the first renders fill the pool.
          for (let index = 0; index < 10; index += 1) await render(index);
          const before = await client.memory();
          for (let index = 0; index < renders; index += 1) await render(index);
          assert.deepEqual(await client.memory(), before);
          assert.equal(generator.activeBackend, backend);
          generator.dispose();
        });
      }

      it(`is flat over ${String(CYCLES)} generators that are opened, draw and are disposed of`, async function () {
        this.timeout(600_000);
        const src = await tinySource('tiny-dcgan');
        const open = (): Promise<Generator> => client.openGenerator({ src, backend });
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
          const generator = await client.openGenerator({ src: await tinySource('tiny-dcgan'), backend });
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
