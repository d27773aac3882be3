import type { Picture } from '../engine/generator.ts';

const CHANNELS = 4;

/** Two neighbours along one axis and the second one's share, for each pixel of the larger picture. */
function sampleAxis(size: number, factor: number): readonly (readonly [number, number, number])[] {
  return Array.from({ length: size * factor }, (_, index) => {
    const at = Math.min(Math.max((index + 0.5) / factor - 0.5, 0), size - 1);
    const first = Math.floor(at);
    return [first, Math.min(first + 1, size - 1), at - first];
  });
}

/** Repeats every pixel factor × factor times, or blends linearly between pixel centres; factor is a whole number from 1. */
export function enlargePicture(picture: Picture, factor: number, pixelated: boolean): Picture {
  if (factor === 1) return picture;
  const { data, width, height } = picture;
  const columns = sampleAxis(width, factor);
  const rows = sampleAxis(height, factor);
  const larger = new Uint8ClampedArray(columns.length * rows.length * CHANNELS);
  let to = 0;
  rows.forEach(([top, bottom, down], y) => {
    columns.forEach(([left, right, across], x) => {
      for (let channel = 0; channel < CHANNELS; channel++) {
        const read = (row: number, column: number): number => data[(row * width + column) * CHANNELS + channel] ?? 0;
        if (pixelated) larger[to++] = read(Math.floor(y / factor), Math.floor(x / factor));
        else {
          const above = read(top, left) * (1 - across) + read(top, right) * across;
          const below = read(bottom, left) * (1 - across) + read(bottom, right) * across;
          larger[to++] = above * (1 - down) + below * down;
        }
      }
    });
  });
  return { data: larger, width: columns.length, height: rows.length };
}

/** A sheet of `columns` × `rows` cells of width × height pixels, transparent until pictures are placed. */
export function createSheet(columns: number, rows: number, width: number, height: number): Picture {
  const data = new Uint8ClampedArray(columns * width * rows * height * CHANNELS);
  return { data, width: columns * width, height: rows * height };
}

/** Writes a picture into cell `index` (row by row) of a sheet of such cells. */
export function placeInSheet(sheet: Picture, picture: Picture, index: number): void {
  const columns = sheet.width / picture.width;
  const left = (index % columns) * picture.width;
  const top = Math.floor(index / columns) * picture.height;
  for (let y = 0; y < picture.height; y++) {
    const row = picture.data.subarray(y * picture.width * CHANNELS, (y + 1) * picture.width * CHANNELS);
    sheet.data.set(row, ((top + y) * sheet.width + left) * CHANNELS);
  }
}
