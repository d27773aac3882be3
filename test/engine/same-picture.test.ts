import { assert } from 'chai';
import { createGenerator } from '../../src/engine/create-generator.ts';
import type { Generator, Picture } from '../../src/engine/generator.ts';
import { eachBackend } from '../support/backends.ts';
import { differenceFromSheet, drawSheetPicture, SEED_SHEETS, SHEET_SEEDS } from '../support/seed-sheets.ts';

/** How many of pomona's pictures WebGPU in software has the time for; some 10 s each on a busy machine. */
const SOFTWARE_SEEDS = 4;

/** The pictures that Node drew; made by `npx tsx test/tools/make-seed-sheets.ts`. */
async function loadSheet(file: string): Promise<Picture> {
  const response = await fetch(new URL(`../fixtures/${file}`, import.meta.url));
  const bitmap = await createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { data: context?.getImageData(0, 0, width, height).data ?? new Uint8ClampedArray(), width, height };
}

function isSoftwareGpu({ backendReport }: Generator): boolean {
  return /swiftshader|llvmpipe|software/i.test(backendReport.at(-1)?.detail ?? '');
}

describe('the same seed', () => {
  eachBackend((backend) => {
    for (const [name, { file, source }] of Object.entries(SEED_SHEETS)) {
      it(`gives the picture of ${name} that Node draws within 2/255 at the worst pixel, over 32 seeds`, async function () {
        // Plain JavaScript takes seconds for a picture of pomona.
        this.timeout(600_000);
        const sheet = await loadSheet(file);
        const generator = await createGenerator({ ...(await source()), backend });
        const tooSlow = name === 'pomona' && isSoftwareGpu(generator);
        if (tooSlow) console.warn(`LOUD: WebGPU runs in software: compared ${String(SOFTWARE_SEEDS)} seeds of pomona on it instead of 32.`);
        for (const [index, seed] of SHEET_SEEDS.slice(0, tooSlow ? SOFTWARE_SEEDS : undefined).entries()) {
          const worst = differenceFromSheet(await drawSheetPicture(generator, index), sheet, index);
          assert.isAtMost(worst, 2, `seed "${seed}"`);
          assert.equal(generator.activeBackend, backend, 'the backend that drew');
        }
        generator.dispose();
      });
    }
  });
});
