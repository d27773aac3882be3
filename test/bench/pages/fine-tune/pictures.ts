/** Reads picture files as a visitor's are read. */
import { readTrainingPicture } from '../../../../src/engine/pictures/read-training-picture.ts';

/** What the driver calls (test/bench/fine-tune/read-picture-folder.ts). */
export interface PicturesPage {
  /** A picture file as base64 to side · side · 3 bytes, RGB, as base64. */
  read(file: string, side: number): Promise<string>;
}

const toBytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

export const bench: PicturesPage = {
  async read(file, side) {
    const { pixels } = await readTrainingPicture(new Blob([toBytes(file)]), { side, background: [255, 255, 255] });
    return btoa(Array.from(pixels, (value) => String.fromCharCode(value)).join(''));
  },
};
