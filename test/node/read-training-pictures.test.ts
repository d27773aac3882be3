import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTrainingPictures } from '../../src/engine/pictures/read-training-pictures.ts';

describe('pictures to train on, in Node', () => {
  it('reads raw pixels, and says of files that it needs pixels', async () => {
    const source = { data: Uint8Array.of(255, 0, 0, 255, 0, 0, 255, 255, 255, 0, 0, 255, 0, 0, 255, 255), width: 2, height: 2 };
    const { pictures, refused } = await readTrainingPictures(
      [
        { name: 'raw', source },
        { name: 'file', source: new Blob(['x']) },
      ],
      { side: 1, background: [255, 255, 255] },
    );
    assert.deepEqual(pictures, [{ name: 'raw', pixels: Uint8Array.of(188, 0, 188), width: 2, height: 2 }]);
    assert.equal(refused[0]?.name, 'file');
    assert.match(refused[0].reason, /browsers only.*\{data \(RGBA\), width, height\}/);
  });
});
