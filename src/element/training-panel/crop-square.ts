import type { PictureCrop } from '../../engine/pictures/read-training-picture.ts';

/** Pixels of a picture as it is shown, turned as its EXIF says. */
export interface ShownSize {
  readonly width: number;
  readonly height: number;
}

/** The largest square, in the middle. */
export const MIDDLE_SQUARE: PictureCrop = { x: 0.5, y: 0.5, size: 1 };

/** Share of the shorter side below which a square has too few pixels to learn from. */
export const SMALLEST_SQUARE = 0.1;

const clamp = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, value));

/** How far a centre may go along a side, as fractions of it, without the square leaving the picture. */
export function centreRange(size: number, extent: number, shorter: number): readonly [least: number, most: number] {
  const half = Math.min(0.5, (size * shorter) / (2 * extent));
  return [half, 1 - half];
}

/** The nearest square that lies within the picture. */
export function clampCrop({ x, y, size }: PictureCrop, { width, height }: ShownSize): PictureCrop {
  const shorter = Math.min(width, height);
  const share = clamp(size, SMALLEST_SQUARE, 1);
  return {
    x: clamp(x, ...centreRange(share, width, shorter)),
    y: clamp(y, ...centreRange(share, height, shorter)),
    size: share,
  };
}

/** Moves the square by pixels of the picture. */
export function moveCrop(crop: PictureCrop, shown: ShownSize, right: number, down: number): PictureCrop {
  return clampCrop({ ...crop, x: crop.x + right / shown.width, y: crop.y + down / shown.height }, shown);
}

/** Makes the square larger or smaller around its centre. */
export function resizeCrop(crop: PictureCrop, shown: ShownSize, factor: number): PictureCrop {
  return clampCrop({ ...crop, size: crop.size * factor }, shown);
}

/** The square in pixels of the picture. */
export function placeCrop({ x, y, size }: PictureCrop, { width, height }: ShownSize): { left: number; top: number; side: number } {
  const side = size * Math.min(width, height);
  return { left: x * width - side / 2, top: y * height - side / 2, side };
}

/** True for the square that is used without any choice. */
export function isMiddleSquare({ x, y, size }: PictureCrop): boolean {
  return [x - 0.5, y - 0.5, size - 1].every((difference) => Math.abs(difference) < 1e-3);
}
