import { assert } from 'chai';
import { BatchSource } from '../../src/training/batch-source.ts';
import { eachBackend } from '../support/backends.ts';

const SIDE = 2;
/** Pictures told apart by their first byte; the second pixel of the first row is 255 more to the right. */
const picture = (value: number): Uint8Array => Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, at) => (at < 3 ? value : 255));
const PICTURES = [10, 20, 30, 40, 50].map(picture);
const OPTIONS = { pictures: PICTURES, side: SIDE, batch: 2, seed: 's', mirror: false };

describe('training/batch-source', () => {
  eachBackend(
    (_, acquire) => {
      /** The first bytes of the pictures of a step. */
      const firstBytes = async (source: BatchSource, step: number): Promise<number[]> => {
        const runtime = await acquire();
        const batch = runtime.run(() => source.pictures(step, source.streams(step)));
        const values = await batch.data();
        batch.dispose();
        return Array.from({ length: values.length / 12 }, (__, n) => Math.round(((values[n * 12] ?? 0) + 1) * 127.5));
      };

      it('shows every picture once before any comes again, in another order each time round', async () => {
        const source = new BatchSource(OPTIONS);
        const shown: number[] = [];
        for (let step = 0; step < 10; step++) shown.push(...(await firstBytes(source, step)));
        const rounds = [0, 1, 2, 3].map((round) => shown.slice(round * 5, round * 5 + 5));
        for (const round of rounds) assert.deepEqual([...round].sort(), [10, 20, 30, 40, 50]);
        assert.isAbove(new Set(rounds.map((round) => round.join())).size, 1);
      });

      it('gives a step the same pictures whatever was asked before, and other seeds others', async () => {
        const late = await firstBytes(new BatchSource(OPTIONS), 7);
        const source = new BatchSource(OPTIONS);
        await firstBytes(source, 9);
        assert.deepEqual(await firstBytes(source, 7), late);
        const orders = await Promise.all(
          ['s', 't', 'u', 'v'].map((seed) => firstBytes(new BatchSource({ ...OPTIONS, batch: 5, seed }), 0)),
        );
        assert.isAbove(new Set(orders.map((order) => order.join())).size, 1);
      });

      it('mirrors about half of the pictures when it may, and none otherwise', async () => {
        const mirrored = async (mirror: boolean): Promise<number> => {
          const source = new BatchSource({ ...OPTIONS, pictures: [picture(10)], batch: 200, mirror });
          return (await firstBytes(source, 0)).filter((value) => value === 255).length;
        };
        assert.strictEqual(await mirrored(false), 0);
        const count = await mirrored(true);
        assert.isTrue(count > 60 && count < 140, count.toString());
      });

      it('shortens some latents of a nested model, and none of another', async () => {
        const source = new BatchSource({ ...OPTIONS, batch: 100 });
        const runtime = await acquire();
        const shortened = async (nested: boolean): Promise<number> => {
          const z = runtime.run(() => source.latents(8, nested, source.streams(3)));
          const values = await z.data();
          z.dispose();
          return Array.from({ length: 100 }, (__, n) => values[n * 8 + 7]).filter((last) => last === 0).length;
        };
        assert.strictEqual(await shortened(false), 0);
        const count = await shortened(true);
        assert.isTrue(count > 10 && count < 50, count.toString());
      });
    },
    ['wasm'],
  );
});
