/** The pictures of a folder, read in Chromium by what reads visitors' pictures. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PicturesPage } from '../pages/fine-tune/pictures.ts';
import type { Place } from '../place.ts';

const PICTURE = /\.(jpe?g|png|webp|gif|bmp)$/i;

/** side · side · 3 bytes each, RGB, in the order of their file names. */
export async function readPictureFolder(place: Place, folder: string, side: number): Promise<Uint8Array[]> {
  const names = (await readdir(folder)).filter((name) => PICTURE.test(name)).sort();
  if (names.length === 0) throw new Error(`${folder} holds no pictures.`);
  const page = await place.open<PicturesPage>({ peer: 'pictures', threads: 1 });
  try {
    const pictures: Uint8Array[] = [];
    for (const name of names) {
      const file = await readFile(join(folder, name));
      pictures.push(new Uint8Array(Buffer.from(await page.call('read', file.toString('base64'), side), 'base64')));
    }
    return pictures;
  } finally {
    await page.close();
  }
}
