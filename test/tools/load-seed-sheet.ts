import { decode } from 'fast-png';
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import type { Picture } from '../../src/engine/generator.ts';

/** A sheet of pictures in test/fixtures, in Node; see test/support/seed-sheets.ts. */
export async function loadSeedSheet(file: string): Promise<Picture> {
  const { data, width, height, channels } = decode(await readFile(new URL(`../fixtures/${file}`, import.meta.url)));
  assert.equal(channels, 3);
  const rgba = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1) rgba.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  return { data: rgba, width, height };
}
