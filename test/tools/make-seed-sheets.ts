/**
 * Writes test/fixtures/*-32-seeds.png, which the tests "the same seed" compare every backend with: `npx tsx test/tools/make-seed-sheets.ts
 * [NAME]`, all of them or one. test/tools/publish-model.ts runs it when pomona's weights change.
 */
import { encode } from 'fast-png';
import { writeFile } from 'node:fs/promises';
import { createGenerator } from '../../src/core.ts';
import { drawSheetPicture, SEED_SHEETS, SHEET_COLUMNS, SHEET_SEEDS, type SeedSheet } from '../support/seed-sheets.ts';

async function makeSheet({ file, source }: SeedSheet): Promise<void> {
  const generator = await createGenerator({ ...(await source()), backend: 'wasm' });
  const size = generator.info.resolution;
  const width = SHEET_COLUMNS * size;
  const height = Math.ceil(SHEET_SEEDS.length / SHEET_COLUMNS) * size;
  const data = new Uint8Array(3 * width * height);
  for (const index of SHEET_SEEDS.keys()) {
    const picture = await drawSheetPicture(generator, index);
    const left = (index % SHEET_COLUMNS) * size;
    const top = Math.floor(index / SHEET_COLUMNS) * size;
    for (let pixel = 0; pixel < size * size; pixel += 1) {
      const at = (top + Math.floor(pixel / size)) * width + left + (pixel % size);
      data.set(picture.data.subarray(4 * pixel, 4 * pixel + 3), 3 * at);
    }
  }
  await writeFile(new URL(`../fixtures/${file}`, import.meta.url), encode({ width, height, data, channels: 3, depth: 8 }));
  console.log(`${file}: ${String(SHEET_SEEDS.length)} seeds on ${generator.activeBackend}`);
  generator.dispose();
}

const [only] = process.argv.slice(2);
for (const [name, sheet] of Object.entries(SEED_SHEETS)) if (only === undefined || only === name) await makeSheet(sheet);
