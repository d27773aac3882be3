import { GanCanvasError } from '../../support/errors.ts';

/** Pixels of red, green and blue, 0…255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A part of a picture, in whole pixels inside it. */
export interface PixelArea {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * A picture whose pixels are read a few rows at a time, laid over a background: what comes is opaque, so that nothing of the
 * colours under transparent pixels, which are often black, gets into the averages of scaling.
 */
export interface PixelRows {
  readonly width: number;
  readonly height: number;
  /** RGBA of that area, row by row; A is 255. Valid until the next call. */
  read(area: PixelArea): Uint8ClampedArray;
}

/** Pixels as bytes: RGBA, straight alpha, row by row. */
export interface RawPicture {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The rows of a bitmap, which is borrowed. They come through a canvas the size of the first area read, which must be the largest. */
export function openBitmapRows(bitmap: ImageBitmap, background: Rgb): PixelRows {
  let context: OffscreenCanvasRenderingContext2D | null = null;
  return {
    width: bitmap.width,
    height: bitmap.height,
    read({ left, top, width, height }) {
      context ??= createContext(width, height, background);
      context.fillRect(0, 0, width, height);
      context.drawImage(bitmap, -left, -top);
      return context.getImageData(0, 0, width, height).data;
    },
  };
}

function createContext(width: number, height: number, [red, green, blue]: Rgb): OffscreenCanvasRenderingContext2D {
  // Kept out of the GPU, where a large bitmap would have to go first.
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (!context) throw new GanCanvasError('internal', 'The browser gave no 2d context to read a picture with.');
  context.fillStyle = `rgb(${red} ${green} ${blue})`;
  return context;
}

/** The rows of raw pixels, which are borrowed. */
export function openRawRows({ data, width: stride, height: rowCount }: RawPicture, background: Rgb): PixelRows {
  return {
    width: stride,
    height: rowCount,
    read({ left, top, width, height }) {
      const area = new Uint8ClampedArray(4 * width * height);
      for (let row = 0; row < height; row += 1) {
        const start = 4 * ((top + row) * stride + left);
        layOver(area.subarray(4 * row * width, 4 * (row + 1) * width), data.subarray(start, start + 4 * width), background);
      }
      return area;
    },
  };
}

/** Lays straight RGBA over a background, in sRGB values, as browsers do. */
function layOver(target: Uint8ClampedArray, source: Uint8ClampedArray | Uint8Array, background: Rgb): void {
  for (let i = 0; i < source.length; i += 4) {
    const alpha = (source[i + 3] ?? 0) / 255;
    for (let channel = 0; channel < 3; channel += 1) {
      target[i + channel] = (source[i + channel] ?? 0) * alpha + (background[channel] ?? 0) * (1 - alpha);
    }
    target[i + 3] = 255;
  }
}
