import { encode } from 'fast-png';
import type { Picture } from '../engine/generator.ts';

/** JSON in ASCII only, since PNG's plain text chunks are Latin-1. */
function encodeAscii(value: unknown): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** RGBA to RGB. */
function dropAlpha(data: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) rgb.set(data.subarray(from, from + 3), to);
  return rgb;
}

/** A picture as a PNG, without an alpha channel when it is opaque. `origin` says how it was made, as JSON in the text chunk `gan-canvas`. */
export function encodePicture(picture: Picture, origin: Readonly<Record<string, unknown>>): Uint8Array {
  const opaque = picture.data.every((value, index) => index % 4 !== 3 || value === 255);
  const pixels = opaque ? { data: dropAlpha(picture.data), channels: 3 } : { data: picture.data, channels: 4 };
  const text = { Software: 'gan-canvas', 'gan-canvas': encodeAscii(origin) };
  return encode({ ...pixels, width: picture.width, height: picture.height, text }, { zlib: { level: 9 } });
}
