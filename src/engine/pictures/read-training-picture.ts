/**
 * Pictures in: between what a visitor gives and the pixels that training sees. Knows no tensor and no document; runs in the
 * engine's worker, and in Node with raw pixels.
 */
import { GanCanvasError } from '../../support/errors.ts';
import { runInSlices } from '../run-in-slices.ts';
import { assertPictureSize, createPictureError, decodePicture } from './decode-picture.ts';
import { openBitmapRows, openRawRows, type PixelRows, type RawPicture, type Rgb } from './pixel-rows.ts';
import { scaleSquare, type SquareArea } from './scale-square.ts';

export type { RawPicture, Rgb } from './pixel-rows.ts';

/** A picture to train on: a file, a bitmap or raw pixels. It is borrowed: no bitmap is closed. */
export type PictureSource = Blob | ImageBitmap | RawPicture;

/** The square of a picture that is used. What reaches beyond the picture is moved into it. */
export interface PictureCrop {
  /** Its centre, as a fraction of the picture's width, from the left. */
  readonly x: number;
  /** Its centre, as a fraction of the picture's height, from the top. */
  readonly y: number;
  /** Its side, as a share of the picture's shorter side. */
  readonly size: number;
}

export interface ReadPictureOptions {
  /** Side of the pixels wanted, 1…1024. */
  readonly side: number;
  /** The colour under transparent parts, each 0…255. */
  readonly background: Rgb;
  readonly crop?: PictureCrop | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A picture as training sees it. */
export interface TrainingPicture {
  /** RGB, row by row, side·side·3 bytes. */
  readonly pixels: Uint8Array;
  /** The size of the picture that was given, turned as it is shown. */
  readonly width: number;
  readonly height: number;
}

const MAX_SIDE = 1024;
const WHOLE: PictureCrop = { x: 0.5, y: 0.5, size: 1 };

/**
 * Reads one picture: turned as its EXIF says, in sRGB, laid over the background, cropped to a square, and scaled (see
 * {@link scaleSquare}). Of an animation, the first frame. Everything is done in this realm, in slices; decoding by the browser,
 * off its threads.
 *
 * Memory: the decoded picture, 4 bytes a pixel, so at most 200 MB for the 50 megapixels that are taken (while it turns or converts
 * the picture, a browser may hold it twice), and less than 1 MB for reading it a few rows at a time; never a copy of it in JavaScript's memory.
 *
 * Rejects with `picture-unreadable`, whose message is the reason; `invalid-argument` for options out of range; `AbortError`.
 */
export async function readTrainingPicture(source: PictureSource, options: ReadPictureOptions): Promise<TrainingPicture> {
  assertReadOptions(options);
  const { background } = options;
  if (source instanceof Blob) {
    const bitmap = await decodePicture(source);
    try {
      return await readRows(openBitmapRows(bitmap, background), options);
    } finally {
      bitmap.close();
    }
  }
  if (isBitmap(source)) return readRows(openBitmapRows(source, background), options);
  assertRawPicture(source);
  return readRows(openRawRows(source, background), options);
}

async function readRows(rows: PixelRows, { side, crop = WHOLE, signal }: ReadPictureOptions): Promise<TrainingPicture> {
  const { width, height } = rows;
  if (width === 0 || height === 0) throw createPictureError('It has no pixels; an ImageBitmap that was closed or sent away has none left.');
  assertPictureSize(width, height);
  const pixels = await runInSlices(scaleSquare(rows, placeSquare(crop, width, height), side), signal);
  return { pixels, width, height };
}

/**
 * The square that a crop means: at least a pixel, at most the shorter side, and moved into the picture. In whole pixels, because
 * half a one would blur a picture that needs no scaling.
 */
function placeSquare(crop: PictureCrop, width: number, height: number): SquareArea {
  const shorter = Math.min(width, height);
  const size = Math.min(shorter, Math.max(1, Math.round(crop.size * shorter)));
  const place = (centre: number, extent: number) => Math.min(extent - size, Math.max(0, Math.floor(centre * extent - size / 2)));
  return { left: place(crop.x, width), top: place(crop.y, height), size };
}

function isBitmap(source: object): source is ImageBitmap {
  return typeof ImageBitmap === 'function' && source instanceof ImageBitmap;
}

function assertRawPicture(source: unknown): asserts source is RawPicture {
  const { data, width, height } = (source ?? {}) as Partial<RawPicture>;
  const isBytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array;
  if (!isBytes || width === undefined || height === undefined) {
    throw createPictureError('A picture is a Blob, an ImageBitmap or {data, width, height} with RGBA bytes; it is none of them.');
  }
  const isWhole = Number.isInteger(width) && Number.isInteger(height) && width >= 0 && height >= 0;
  if (isWhole && data.length === 4 * width * height) return;
  throw createPictureError(`Its data must have 4 bytes for each of ${width}×${height} pixels; it has ${data.length} bytes.`);
}

/** Throws `invalid-argument` for options that no picture can be read with. */
export function assertReadOptions({ side, background, crop }: Pick<ReadPictureOptions, 'side' | 'background' | 'crop'>): void {
  if (!(Number.isInteger(side) && side >= 1 && side <= MAX_SIDE)) {
    throw new GanCanvasError('invalid-argument', `side must be an integer, 1…${MAX_SIDE}; it is ${String(side)}.`);
  }
  const isColour = Array.isArray(background) && background.length === 3 && background.every((value) => value >= 0 && value <= 255);
  if (!isColour) {
    throw new GanCanvasError('invalid-argument', `background must be three numbers, 0…255; it is ${JSON.stringify(background)}.`);
  }
  if (crop !== undefined && ![crop.x, crop.y, crop.size].every(Number.isFinite)) {
    throw new GanCanvasError('invalid-argument', `crop must be {x, y, size} in finite numbers; it is ${JSON.stringify(crop)}.`);
  }
}
