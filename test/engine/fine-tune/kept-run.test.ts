import { assert } from 'chai';
import type { TrainingSettings } from '../../../src/training/training-settings.ts';
import { eraseKeptRun, findKeptRun, keepRun, loadKeptRun, type KeptRun } from '../../../src/engine/fine-tune/kept-run.ts';

const NAME = 'test/kept-run';
const RUN: KeptRun = {
  ...{ name: NAME, savedAt: 5, weights: Uint8Array.of(1, 2), learningRateFactor: 0.5, step: 30, seconds: 12 },
  settings: { steps: 300 } as TrainingSettings,
  pictures: [{ name: 'a.png', pixels: Uint8Array.of(9, 9, 9) }],
  snapshot: { steps: 30, vector: { shape: [2], values: Float32Array.of(1, 2) } },
};

describe('engine/fine-tune/kept-run', () => {
  afterEach(() => eraseKeptRun(NAME));

  it('keeps a training, tells of it, and forgets it', async () => {
    assert.isNull(await findKeptRun(NAME));
    await keepRun(RUN);
    assert.deepEqual(await findKeptRun(NAME), { name: NAME, savedAt: 5, step: 30, steps: 300, pictures: 1 });
    assert.deepEqual(await loadKeptRun(NAME), RUN);
    await eraseKeptRun(NAME);
    assert.isNull(await findKeptRun(NAME));
  });

  it('keeps the last of one name', async () => {
    await keepRun(RUN);
    await keepRun({ ...RUN, step: 60 });
    assert.strictEqual((await loadKeptRun(NAME)).step, 60);
  });

  it('says what to do where nothing is kept', async () => {
    const message = await loadKeptRun(NAME).catch((error: unknown) => String(error));
    assert.match(String(message), /No training of "test\/kept-run" is kept .* begin a new one/);
  });

  it('says that the storage is full, and that it is forbidden', async () => {
    const { put } = IDBObjectStore.prototype;
    const { open } = IDBFactory.prototype;
    try {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('no room', 'QuotaExceededError');
      };
      assert.match(String(await keepRun(RUN).catch(String)), /the storage of this browser is full/);
      IDBFactory.prototype.open = () => {
        throw new DOMException('The operation is insecure.', 'SecurityError');
      };
      assert.match(String(await keepRun(RUN).catch(String)), /insecure/);
      assert.isNull(await findKeptRun(NAME));
    } finally {
      IDBObjectStore.prototype.put = put;
      IDBFactory.prototype.open = open;
    }
  });
});
