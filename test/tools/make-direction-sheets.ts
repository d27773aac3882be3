/**
 * Draws a bundled model's directions for stories/docs/directions.md: `npx tsx test/tools/make-direction-sheets.ts MODEL [FOLDER]`. A sheet for
 * each named direction (a row for each of some seeds, of classes far apart, which nothing was fitted on; columns from the least size of its
 * range to the most), one for the first principal components and one for SeFa (a row for each direction of one seed), as PNGs of 6 bits a
 * channel, and the model's part of the page. With FOLDER the sheets go there, to be looked at, and the page stays.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createGenerator } from '../../src/core.ts';
import type { DiscoveredDirection, Generator, Picture, RenderOptions } from '../../src/engine/generator.ts';
import { resolveModel } from '../../src/weights/bundled-models.ts';
import { checksumTensors } from '../../src/weights/weights-delta.ts';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import { fillDocs, formatSheets, sheetPath } from './direction-docs.ts';
import { encodeSheet } from './encode-sheet.ts';

const SEEDS = ['sheet 1', 'sheet 2', 'sheet 3'];
const NAMED_STEPS = 7;
const FOUND_STEPS = 5;
const DOCS = fileURLToPath(new URL('../../stories/docs/', import.meta.url));

/** Sizes from least to most in equal steps. */
function sizesOf([least, most]: readonly [number, number], steps: number): number[] {
  return Array.from({ length: steps }, (_, step) => least + ((most - least) * step) / (steps - 1));
}

async function drawRow(generator: Generator, sizes: readonly number[], options: (size: number) => RenderOptions): Promise<Picture[]> {
  const row: Picture[] = [];
  for (const size of sizes) row.push(await generator.generate(options(size)));
  return row;
}

/** Seed `index` in a class of its own, as far from the others' as there are classes. */
function rowOptions({ info }: Generator, index: number): RenderOptions {
  const { classes } = info.architecture;
  return { seed: SEEDS[index], ...(classes > 0 && { classLabel: Math.floor((index * classes) / SEEDS.length) }) };
}

async function drawNamed(generator: Generator, name: string, range: readonly [number, number]): Promise<Uint8Array> {
  const rows: Picture[][] = [];
  for (const index of SEEDS.keys()) {
    const own = rowOptions(generator, index);
    rows.push(await drawRow(generator, sizesOf(range, NAMED_STEPS), (size) => ({ ...own, directions: { [name]: size } })));
  }
  return encodeSheet(rows);
}

async function drawFound(generator: Generator, found: readonly DiscoveredDirection[]): Promise<Uint8Array> {
  const rows: Picture[][] = [];
  for (const { vector, layers, range } of found) {
    const own = rowOptions(generator, 0);
    const options = (size: number): RenderOptions => ({ ...own, directions: { found: { vector, layers, size } } });
    rows.push(await drawRow(generator, sizesOf(range, FOUND_STEPS), options));
  }
  return encodeSheet(rows);
}

async function makeSheets(model: string, folder: string | undefined): Promise<void> {
  const file = decodeWeights(new Uint8Array(await readFile(fileURLToPath(resolveModel(model).url()))));
  const generator = await createGenerator({ model, backend: 'wasm' });
  const { directions: named } = generator.info;
  const pca = await generator.discoverDirections({ method: 'pca' });
  const sefa = await generator.discoverDirections({ method: 'sefa' });
  const sheets = new Map<string, Uint8Array>();
  for (const { name, range } of named) sheets.set(name, await drawNamed(generator, name, range));
  sheets.set('pca', await drawFound(generator, pca)).set('sefa', await drawFound(generator, sefa));
  generator.dispose();

  const target = folder ?? `${DOCS}${sheetPath(model, '').replace(/\/[^/]*$/, '')}`;
  // Sheets of directions that the model no longer has must not stay.
  if (folder === undefined) await rm(target, { recursive: true, force: true });
  await mkdir(target, { recursive: true });
  for (const [name, png] of sheets) {
    await writeFile(`${target}/${name}.png`, png);
    console.log(`${target}/${name}.png: ${png.length.toLocaleString('en-US')} bytes`);
  }
  if (folder !== undefined) return;
  const docs = await readFile(`${DOCS}directions.md`, 'utf8');
  await writeFile(
    `${DOCS}directions.md`,
    fillDocs(docs, model, formatSheets({ model, checksum: checksumTensors(file), named, pca, sefa })),
  );
}

const [model, folder] = process.argv.slice(2);
if (model === undefined) {
  console.error('Name a bundled model: npx tsx test/tools/make-direction-sheets.ts pomona');
  process.exitCode = 1;
} else await makeSheets(model, folder);
