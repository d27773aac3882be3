import { GanCanvasError } from '../../support/errors.ts';
import { MAX_PICTURE_BYTES, MAX_PICTURE_PIXELS } from './picture-limits.ts';
import type { PictureSize, RasterFormat } from './read-header-size.ts';
import { sniffPicture, type OtherFile, type PictureHeader } from './sniff-picture.ts';

/** How much of a file is read for its header: at first, and where that does not tell the size, because previews or colour profiles come before it. */
const HEADER_BYTES = 64 * 1024;
const LONG_HEADER_BYTES = 8 * 1024 * 1024;

/** Error of a picture that cannot be had. Its message is what a list of refused pictures shows beside the name. */
export function createPictureError(message: string, cause?: unknown): GanCanvasError {
  return new GanCanvasError('picture-unreadable', message, cause === undefined ? {} : { cause });
}

/** Throws for a picture of more pixels than are taken. */
export function assertPictureSize(width: number, height: number): void {
  if (width * height <= MAX_PICTURE_PIXELS) return;
  const megapixels = Math.round((width * height) / 1e5) / 10;
  const limit = MAX_PICTURE_PIXELS / 1e6;
  throw createPictureError(`It has ${width}×${height} pixels, ${megapixels} megapixels; at most ${limit} are read. Give a smaller copy.`);
}

/** What the header of a file that may be decoded tells. */
export interface CheckedPicture extends PictureSize {
  readonly format: RasterFormat;
}

/**
 * Looks at a file's header, and at nothing else of it, for what would refuse it: that it is no picture, or too large. Throws
 * `picture-unreadable` with the reason.
 */
export async function checkPictureFile(file: Blob): Promise<CheckedPicture> {
  const header = await readHeader(file);
  if (header.format === null) throw createPictureError(refuseOther(header, file));
  const { format, width, height } = header;
  if (format === 'SVG') {
    throw createPictureError('It is an SVG drawing, which has no pixels of its own and cannot be drawn by a worker; export it as a PNG.');
  }
  if (width === null || height === null) {
    throw createPictureError(`It begins as a ${format} picture does, but its header is damaged or ends too early: no size is in it.`);
  }
  assertPictureSize(width, height);
  if (file.size > MAX_PICTURE_BYTES) {
    throw createPictureError(
      `Its file has ${Math.round(file.size / 1e6)} MB; at most ${MAX_PICTURE_BYTES / 1e6} are read. Give a smaller copy.`,
    );
  }
  return { format, width, height };
}

/**
 * Decodes a picture file as browsers show it: its first frame, turned as its EXIF says, its colours converted from their profile
 * to sRGB. The bitmap is the caller's to close. Its header is read first; what is no picture, or too large, is refused with
 * nothing decoded. Throws `picture-unreadable` with the reason.
 */
export async function decodePicture(file: Blob): Promise<ImageBitmap> {
  if (typeof createImageBitmap !== 'function') {
    throw createPictureError('Picture files are decoded by browsers only; here, give the pixels: {data (RGBA), width, height}.');
  }
  const { format, width, height } = await checkPictureFile(file);
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image', colorSpaceConversion: 'default', premultiplyAlpha: 'default' });
  } catch (cause) {
    // Not every browser knows these two; of the others, the file must be at fault.
    const isRare = format === 'AVIF' || format === 'HEIC';
    const reason = isRare ? `this browser cannot, or the file is damaged. Save it as JPEG or PNG` : 'the file is damaged or ends too early';
    throw createPictureError(`It is a ${format} picture of ${width}×${height} pixels that cannot be decoded: ${reason}.`, cause);
  }
}

async function readHeader(file: Blob): Promise<PictureHeader | OtherFile> {
  const header = sniffPicture(await readStart(file, HEADER_BYTES));
  const needsMore = header.format !== null && header.format !== 'SVG' && header.width === null && file.size > HEADER_BYTES;
  return needsMore ? sniffPicture(await readStart(file, LONG_HEADER_BYTES)) : header;
}

async function readStart(file: Blob, count: number): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.slice(0, count).arrayBuffer());
  } catch (cause) {
    // A file that was moved, deleted or changed after it was chosen, or that its owner may not read.
    throw createPictureError('Its file can no longer be read: was it moved, deleted or changed?', cause);
  }
}

/** Says what a file is instead of a picture. */
function refuseOther({ kind }: OtherFile, file: Blob): string {
  const claim = /\.(jpe?g|png|gif|webp|bmp|avif|heic|heif)$/i.exec('name' in file ? String(file.name) : '')?.[0];
  const despite = claim === undefined ? '' : `, though its name ends in ${claim}`;
  const hint = kind === 'an HTML page' ? ' Does the link lead to a page instead of the picture?' : '';
  return `It is ${kind}${despite}; JPEG, PNG, GIF, WebP, BMP, AVIF and HEIC pictures are read.${hint}`;
}
