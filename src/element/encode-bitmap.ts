import { GanCanvasError } from '../support/errors.ts';
import type { ToBlobOptions } from './check-arguments.ts';

const MAX_SIDE_PIXELS = 8192;

/** Writes a bitmap as a picture file; closes the bitmap. */
export async function encodeBitmap(bitmap: ImageBitmap, options: ToBlobOptions & { readonly smooth: boolean }): Promise<Blob> {
  const { type = 'image/png', quality, scale = 1, smooth } = options;
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  try {
    if (Math.max(width, height) > MAX_SIDE_PIXELS) {
      throw new GanCanvasError(
        'invalid-argument',
        `scale ${scale} makes a picture of ${width}×${height}; at most ${MAX_SIDE_PIXELS} a side.`,
      );
    }
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext('2d');
    if (!context) throw new GanCanvasError('internal', 'The browser gave no 2d context to write the picture with.');
    context.imageSmoothingEnabled = smooth;
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const blob = await canvas.convertToBlob({ type, ...(quality !== undefined && { quality }) });
    if (blob.type === type) return blob;
    throw new GanCanvasError('invalid-argument', `This browser cannot write ${type}; it can write image/png.`);
  } finally {
    bitmap.close();
  }
}
