/** The same seed gives the same picture in Node as in browsers: see test/engine/same-picture.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createGenerator } from '../../src/core.ts';
import { DISCOVERY_HASHES, discoverHashes, loadDiscoveryWeights } from '../support/discovery-golden.ts';
import { differenceFromSheet, drawSheetPicture, SEED_SHEETS, SHEET_SEEDS } from '../support/seed-sheets.ts';
import { loadSeedSheet } from '../tools/load-seed-sheet.ts';

describe('the same seed', () => {
  for (const [name, { file, source }] of Object.entries(SEED_SHEETS)) {
    it(`gives the same picture of ${name} in Node within 2/255 at the worst pixel, over 32 seeds`, async () => {
      const sheet = await loadSeedSheet(file);
      const generator = await createGenerator({ ...(await source()), backend: 'wasm' });
      assert.equal(generator.activeBackend, 'wasm');
      for (const [index, seed] of SHEET_SEEDS.entries()) {
        const worst = differenceFromSheet(await drawSheetPicture(generator, index), sheet, index);
        assert.ok(worst <= 2, `seed "${seed}" differs by ${String(worst)}/255`);
      }
      generator.dispose();
    });
  }
});

describe('the same weights', () => {
  it('give the same directions in Node as in browsers, bit for bit', async () => {
    const generator = await createGenerator({ bytes: await loadDiscoveryWeights(), backend: 'wasm' });
    assert.deepEqual(await discoverHashes(generator), DISCOVERY_HASHES);
    generator.dispose();
  });
});
