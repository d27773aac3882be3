/**
 * Draws what fine-tuning does, for the README: `npx tsx test/tools/make-tuning-sheets.ts DATA`, where DATA is the folder of folders of pictures that
 * `npm run bench -- fine-tune --data` takes. A sheet for each adaptation: eight seeds before it, and the same after 300 steps by the defaults. The files
 * that the benchmark kept are used; what it does not train is trained here, which takes some minutes. Only generated pictures are in a sheet.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createGenerator, type CreateGeneratorOptions } from '../../src/core.ts';
import type { Picture } from '../../src/engine/generator.ts';
import { BrowserPlace } from '../bench/browser-place.ts';
import { serveCompressed } from '../bench/compressing-server.ts';
import { ADAPTATION_PAIRS, adaptationFile, type AdaptationPair } from '../bench/fine-tune/adaptation.ts';
import { namePictures } from '../bench/fine-tune/name-pictures.ts';
import { readPictureFolder } from '../bench/fine-tune/read-picture-folder.ts';
import { prepareFineTuneSite } from '../bench/site.ts';
import { launchBrowser } from './browser.ts';
import { encodeSheet } from './encode-sheet.ts';

const PAIRS: readonly AdaptationPair[] = [...ADAPTATION_PAIRS, { model: 'flowers', set: 'cherries' }];
const STEPS = 300;
const SEEDS = Array.from({ length: 8 }, (_, index) => `sheet ${String(index + 1)}`);
const TARGET = fileURLToPath(new URL('../../stories/docs/images/tuning/', import.meta.url));

async function readSet(data: string, set: string, side: number): Promise<Uint8Array[]> {
  const server = await serveCompressed(await prepareFineTuneSite(), 'gzip');
  const browser = await launchBrowser();
  try {
    return await readPictureFolder(new BrowserPlace(browser, server), join(data, set), side);
  } finally {
    await browser.close();
    await server.close();
  }
}

/** Trains by the defaults on all pictures of the set, and keeps the file where the benchmark would. */
async function train({ model, set }: AdaptationPair, data: string): Promise<Uint8Array> {
  const generator = await createGenerator({ model, backend: 'wasm' });
  const pictures = namePictures(await readSet(data, set, generator.info.resolution));
  const run = generator.fineTune(pictures, { method: 'adversarial', steps: STEPS, keeps: false });
  for await (const { step, notice } of run) {
    if (notice) console.log(notice);
    if (step % 50 === 0) console.log(`${model} to ${set}: step ${step.toString()}`);
  }
  await run.done;
  const bytes = await generator.exportWeights();
  generator.dispose();
  return bytes;
}

async function drawRow(source: CreateGeneratorOptions): Promise<Picture[]> {
  const generator = await createGenerator({ ...source, backend: 'wasm' });
  const row: Picture[] = [];
  for (const seed of SEEDS) row.push(await generator.generate({ seed }));
  generator.dispose();
  return row;
}

async function makeSheet(pair: AdaptationPair, data: string): Promise<void> {
  const file = adaptationFile(pair, 'a', STEPS);
  if (!existsSync(file)) await writeFile(file, await train(pair, data));
  const png = encodeSheet([await drawRow({ model: pair.model }), await drawRow({ bytes: new Uint8Array(await readFile(file)) })]);
  const path = `${TARGET}${pair.model}-${pair.set}.png`;
  await writeFile(path, png);
  console.log(`${path}: ${png.length.toLocaleString('en-US')} bytes`);
}

const [data] = process.argv.slice(2);
if (data === undefined) {
  console.error('Name the folder of folders of pictures: npx tsx test/tools/make-tuning-sheets.ts ../shared/data/fine-tune');
  process.exitCode = 1;
} else {
  await mkdir(TARGET, { recursive: true });
  for (const pair of PAIRS) await makeSheet(pair, data);
}
