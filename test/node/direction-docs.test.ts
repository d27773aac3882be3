/** stories/docs/directions.md shows the shipped weights. After a change of them: `npx tsx test/tools/make-direction-sheets.ts MODEL`. */
import { decode } from 'fast-png';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createGenerator } from '../../src/core.ts';
import { checksumTensors } from '../../src/weights/weights-delta.ts';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import { NAMED_DIRECTIONS } from '../support/named-directions.ts';
import { fillDocs, formatSheets, listModels, sheetPath } from '../tools/direction-docs.ts';
import { encodeSmallPng } from '../tools/encode-small-png.ts';

const DOCS = 'stories/docs/';
const docs = await readFile(`${DOCS}directions.md`, 'utf8');

describe('the page of directions', () => {
  for (const model of listModels(docs)) {
    it(`has the figures and sheets of ${model} as it is shipped`, async () => {
      const bytes = new Uint8Array(await readFile(`weights/${model}.safetensors`));
      const generator = await createGenerator({ bytes, backend: 'cpu' });
      const named = generator.info.directions;
      const pca = await generator.discoverDirections({ method: 'pca' });
      const sefa = await generator.discoverDirections({ method: 'sefa' });
      generator.dispose();
      const sheets = formatSheets({ model, checksum: checksumTensors(decodeWeights(bytes)), named, pca, sefa });
      assert.equal(fillDocs(docs, model, sheets), docs);
      for (const name of [...named.map((direction) => direction.name), 'pca', 'sefa']) {
        const { width } = decode(await readFile(`${DOCS}${sheetPath(model, name)}`));
        assert.equal(width % generator.info.resolution, 0);
      }
    });
  }

  it('says of a named direction what its file says', () => {
    const text = formatSheets({ model: 'tiny', checksum: '0123', named: NAMED_DIRECTIONS, pca: [], sefa: [] });
    for (const part of [
      '### `redness`\n\n![redness, from -3 to 3](images/directions/tiny/redness.png)',
      'Moves layers 2 to 5; from size −3 to 3 its own attribute changes by 3.51 standard deviations (−1.71, −1.20, −0.61, 0.00, 0.63, 1.21, 1.80; monotone)',
      '3.82 times as much as any other, on 1000 seeds',
      'The others: `light_from_left` −0.92, `size` 0.31.',
      'Moves all layers; from size −2 to 2',
    ])
      assert.ok(text.includes(part), `${part} in ${text}`);
  });

  it('puts a model’s part in its place, or at the end', () => {
    const first = fillDocs('# Page\n', 'one', 'a');
    const both = fillDocs(first, 'two', 'b');
    assert.deepEqual(listModels(both), ['one', 'two']);
    assert.equal(fillDocs(both, 'one', 'a'), both);
    assert.equal(fillDocs(both, 'one', 'c'), fillDocs(fillDocs('# Page\n', 'one', 'c'), 'two', 'b'));
  });
});

describe('small PNGs', () => {
  it('hold the pixels that were given', () => {
    const [width, height] = [61, 47];
    const rgb = Uint8Array.from({ length: 3 * width * height }, (_, index) => {
      const [x, y] = [Math.floor(index / 3) % width, Math.floor(index / 3 / width)];
      return 128 + 60 * Math.sin(x / 9 + (index % 3)) + 60 * Math.cos(y / 7);
    });
    const decoded = decode(encodeSmallPng(width, height, rgb), { checkCrc: true });
    assert.deepEqual([decoded.width, decoded.height, decoded.channels], [width, height, 3]);
    assert.deepEqual(new Uint8Array(decoded.data), rgb);
  });
});
