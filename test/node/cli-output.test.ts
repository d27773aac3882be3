import { decode } from 'fast-png';
import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createSheet, enlargePicture, placeInSheet } from '../../src/cli/compose-picture.ts';
import { encodePicture } from '../../src/cli/encode-picture.ts';
import { encodeFileName, planOutputs } from '../../src/cli/plan-outputs.ts';
import { parseLatent } from '../../src/cli/read-latent.ts';
import { writeOutput } from '../../src/cli/write-output.ts';
import type { Picture } from '../../src/engine/generator.ts';

const plan = (out: string, seeds: readonly string[] | null, isFolder = false): readonly string[] =>
  planOutputs({ out, seeds, isFolder, name: 'pomona' });

/** A picture whose pixel i is (i, 2i, 3i, 255). */
function createRamp(width: number, height: number): Picture {
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, index) =>
    index % 4 === 3 ? 255 : Math.floor(index / 4) * ((index % 4) + 1),
  );
  return { data, width, height };
}

describe('cli/plan-outputs', () => {
  it('writes one picture or one sheet to the file that is named', () => {
    assert.deepEqual(plan('a/fruit.png', ['42']), ['a/fruit.png']);
    assert.deepEqual(plan('sheet.PNG', null), ['sheet.PNG']);
    assert.deepEqual(plan('-', ['42']), ['-']);
  });

  it('names the files of a folder after model and seed', () => {
    assert.deepEqual(plan('fruits/', ['1', '2']), ['fruits/pomona-1.png', 'fruits/pomona-2.png']);
    assert.deepEqual(plan('fruits', ['1'], true), ['fruits/pomona-1.png']);
    assert.deepEqual(plan('fruits/', null), ['fruits/pomona-sheet.png']);
  });

  it('fills a pattern with the seed and the padded index', () => {
    const seeds = Array.from({ length: 11 }, (_, index) => `s${String(index)}`);
    assert.equal(plan('{index}-{seed}.png', seeds)[3], '03-s3.png');
    assert.deepEqual(plan('$&{seed}.png', ['$&']), ['$&%24%26.png']);
  });

  it('keeps seeds apart that have odd characters, within the folder', () => {
    assert.equal(encodeFileName('../é b/c'), '%2E.%2Fé%20b%2Fc');
    assert.notEqual(encodeFileName('a/b'), encodeFileName('a b'));
  });

  it('refuses one file for many pictures, two pictures for one file, and other formats', () => {
    assert.throws(() => plan('fruit.png', ['1', '2']), /one file for 2 pictures; add --sheet/);
    assert.throws(() => plan('-', ['1', '2']), /one file for 2 pictures/);
    assert.throws(() => plan('{seed}.png', ['1', '1']), /Two pictures would be written to 1\.png/);
    assert.throws(() => plan('fruit.jpg', ['1']), /does not end in \.png/);
  });
});

describe('cli/compose-picture', () => {
  it('repeats pixels when pixelated', () => {
    const { data, width, height } = enlargePicture(createRamp(2, 2), 3, true);
    assert.deepEqual([width, height], [6, 6]);
    const red = Array.from({ length: 36 }, (_, index) => data[index * 4]);
    assert.deepEqual(red.slice(0, 6), [0, 0, 0, 1, 1, 1]);
    assert.deepEqual(red.slice(30), [2, 2, 2, 3, 3, 3]);
  });

  it('blends between pixel centres otherwise, and keeps the corners', () => {
    const picture: Picture = { data: Uint8ClampedArray.of(0, 0, 0, 255, 100, 100, 100, 255), width: 2, height: 1 };
    const { data } = enlargePicture(picture, 2, false);
    assert.deepEqual(
      Array.from({ length: 8 }, (_, index) => data[index * 4]),
      [0, 25, 75, 100, 0, 25, 75, 100],
    );
  });

  it('places cells row by row and leaves the others transparent', () => {
    const sheet = createSheet(2, 2, 2, 1);
    placeInSheet(sheet, createRamp(2, 1), 2);
    assert.deepEqual([...sheet.data.subarray(0, 16)], Array(16).fill(0));
    assert.deepEqual([...sheet.data.subarray(16, 24)], [0, 0, 0, 255, 1, 2, 3, 255]);
    assert.deepEqual([...sheet.data.subarray(24)], Array(8).fill(0));
  });
});

describe('cli/encode-picture', () => {
  it('writes opaque pictures without alpha, and how they were made as ASCII', () => {
    const png = decode(encodePicture(createRamp(3, 2), { seed: 'é\n日', latentDim: undefined }));
    assert.deepEqual([png.width, png.height, png.channels, png.depth], [3, 2, 3, 8]);
    assert.deepEqual([...png.data].slice(0, 6), [0, 0, 0, 1, 2, 3]);
    assert.deepEqual(JSON.parse(png.text['gan-canvas'] ?? ''), { seed: 'é\n日' });
  });

  it('keeps alpha where there is some', () => {
    assert.equal(decode(encodePicture(createSheet(1, 1, 2, 2), {})).channels, 4);
  });
});

describe('cli/read-latent', () => {
  it('takes an array of numbers', () => {
    assert.deepEqual(parseLatent('[0.5, -1, 2e-1]', 'z.json'), Float32Array.of(0.5, -1, 0.2));
  });

  it('names the file and what is wrong with it', () => {
    assert.throws(() => parseLatent('[1,', 'z.json'), /--latent z\.json is no JSON/);
    assert.throws(() => parseLatent('{"z": []}', 'z.json'), /z\.json holds no array/);
    assert.throws(() => parseLatent('[]', 'z.json'), /z\.json holds no array/);
    assert.throws(() => parseLatent('[1, "2"]', 'z.json'), /entry 1 is "2"/);
    assert.throws(() => parseLatent('[1, 1e300]', 'z.json'), /entry 1/);
  });
});

describe('cli/write-output', () => {
  it('makes folders, replaces files through links, and leaves no other file behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gan-canvas-'));
    try {
      const file = join(folder, 'a/b.png');
      await writeOutput(file, Uint8Array.of(1));
      await symlink(file, join(folder, 'a/link.png'));
      await writeOutput(join(folder, 'a/link.png'), Uint8Array.of(2));
      assert.deepEqual([...(await readFile(file))], [2]);
      assert.deepEqual((await readdir(join(folder, 'a'))).sort(), ['b.png', 'link.png']);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('says which file cannot be written', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gan-canvas-'));
    try {
      await writeFile(join(folder, 'file'), '');
      await assert.rejects(writeOutput(join(folder, 'file/b.png'), Uint8Array.of(1)), /file/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
