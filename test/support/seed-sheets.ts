import type { GeneratorSource, Generator, Picture } from '../../src/engine/generator.ts';
import { loadFixtureWeights } from './fixture-weights.ts';

/** A fixture with the pictures of {@link SHEET_SEEDS}, drawn in Node on WASM. */
export interface SeedSheet {
  readonly file: string;
  readonly source: () => Promise<GeneratorSource>;
}

/** The pomona that ships, and a network of the same kind, small enough for WebGPU in software. */
export const SEED_SHEETS: Readonly<Record<'pomona' | 'tiny', SeedSheet>> = {
  pomona: { file: 'pomona-32-seeds.png', source: async () => ({ model: 'pomona' }) },
  tiny: { file: 'tiny-32-seeds.png', source: async () => ({ bytes: await loadFixtureWeights('stylegan2-tiny-classes') }) },
};
export const SHEET_SEEDS: readonly string[] = Array.from({ length: 32 }, (_, i) => `same ${String(i)}`);
export const SHEET_COLUMNS = 8;

/** One picture of a sheet. Half of them are truncated, and latent-dim and noise vary, so that these too are compared. */
export function drawSheetPicture(generator: Generator, index: number): Promise<Picture> {
  const { zDim } = generator.info;
  return generator.generate({
    seed: SHEET_SEEDS[index] ?? '',
    truncation: index % 2 === 0 ? 1 : 0.6,
    latentDim: index % 4 === 3 ? Math.ceil(zDim / 4) : zDim,
    noise: index % 8 === 4 ? 'random' : 'const',
  });
}

/** The largest difference of any channel of any pixel between a picture and its cell of the sheet. */
export function differenceFromSheet({ data, width, height }: Picture, sheet: Picture, index: number): number {
  const left = (index % SHEET_COLUMNS) * width;
  const top = Math.floor(index / SHEET_COLUMNS) * height;
  let worst = 0;
  for (let y = 0; y < height; y += 1) {
    for (let i = 0; i < 4 * width; i += 1) {
      const expected = sheet.data[4 * ((top + y) * sheet.width + left) + i] ?? NaN;
      const difference = Math.abs((data[4 * y * width + i] ?? NaN) - expected);
      // NaN, of a sheet of another size, must count as different.
      if (!(difference <= worst)) worst = difference;
    }
  }
  return worst;
}
