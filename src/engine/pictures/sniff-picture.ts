import { readHeaderSize, readTag, type RasterFormat } from './read-header-size.ts';

/** The formats that are told apart; SVG is known so that it can be refused by its name. */
export type PictureFormat = RasterFormat | 'SVG';

/** A file that begins as a picture does. */
export interface PictureHeader {
  readonly format: PictureFormat;
  /** In pixels, before any orientation; null where the bytes given do not tell it: they are too few, or broken, or an SVG's. */
  readonly width: number | null;
  readonly height: number | null;
}

/** A file that is no picture of those formats. */
export interface OtherFile {
  readonly format: null;
  /** What it is instead, to be said after "it is". */
  readonly kind: string;
}

/** How many of the first bytes are looked at to tell text. */
const TEXT_BYTES = 1024;

/**
 * Tells from the first bytes of a file what picture it is, and how large, whatever its name claims. Nothing is decoded, and no
 * bytes make it throw.
 */
export function sniffPicture(bytes: Uint8Array): PictureHeader | OtherFile {
  const format = findRasterFormat(bytes);
  if (format !== null) {
    const size = readHeaderSize(format, bytes);
    return { format, width: size?.width ?? null, height: size?.height ?? null };
  }
  if (bytes.length === 0) return { format: null, kind: 'an empty file' };
  const known = OTHER_FILES.find(({ start, offset = 0 }) => startsWith(bytes, start, offset));
  if (known !== undefined) return { format: null, kind: known.kind };
  const text = decodeText(bytes.subarray(0, TEXT_BYTES));
  return text === null ? { format: null, kind: 'a file of no kind that is known here' } : sniffText(text);
}

function findRasterFormat(bytes: Uint8Array): RasterFormat | null {
  if (startsWith(bytes, '\xff\xd8')) return 'JPEG';
  if (startsWith(bytes, '\x89PNG\r\n\x1a\n')) return 'PNG';
  if (startsWith(bytes, 'GIF87a') || startsWith(bytes, 'GIF89a')) return 'GIF';
  if (startsWith(bytes, 'RIFF') && startsWith(bytes, 'WEBP', 8)) return 'WebP';
  if (isBmp(bytes)) return 'BMP';
  return startsWith(bytes, 'ftyp', 4) ? findBrand(bytes) : null;
}

/** Sizes of the headers that follow a BMP's first 14 bytes: by them a text that begins with BM is told apart. */
const BMP_HEADER_BYTES = [12, 16, 40, 52, 56, 64, 108, 124];

function isBmp(bytes: Uint8Array): boolean {
  if (!startsWith(bytes, 'BM')) return false;
  return BMP_HEADER_BYTES.some((size) => startsWith(bytes, `${String.fromCharCode(size)}\0\0\0`, 14));
}

const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** What an ISO media file says it is; AVIF files name the general brand `mif1` too. */
function findBrand(bytes: Uint8Array): RasterFormat | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = Math.min(view.getUint32(0), bytes.length);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    // After the main brand comes its version.
    if (at !== 12) brands.push(readTag(view, at));
  }
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'AVIF';
  return brands.some((brand) => HEIC_BRANDS.includes(brand)) ? 'HEIC' : null;
}

/** How other files begin that a visitor may take for pictures. */
const OTHER_FILES: readonly { readonly start: string; readonly offset?: number; readonly kind: string }[] = [
  { start: '%PDF', kind: 'a PDF document' },
  { start: 'PK\x03\x04', kind: 'a ZIP archive' },
  { start: '\x1f\x8b', kind: 'a gzip archive' },
  { start: 'II*\0', kind: 'a TIFF or raw camera picture' },
  { start: 'MM\0*', kind: 'a TIFF or raw camera picture' },
  { start: '8BPS', kind: 'a Photoshop document' },
  { start: '\0\0\x01\0', kind: 'an icon (ICO)' },
  { start: '\xff\x0a', kind: 'a JPEG XL picture' },
  { start: 'JXL ', offset: 4, kind: 'a JPEG XL picture' },
  { start: 'jP  ', offset: 4, kind: 'a JPEG 2000 picture' },
  { start: 'ftyp', offset: 4, kind: 'a video' },
  { start: '\x1a\x45\xdf\xa3', kind: 'a video' },
  { start: 'RIFF', kind: 'a video or sound file' },
];

/** True if the bytes from `offset` on are those characters, each of one byte. */
function startsWith(bytes: Uint8Array, start: string, offset = 0): boolean {
  for (let i = 0; i < start.length; i += 1) {
    if (bytes[offset + i] !== start.charCodeAt(i)) return false;
  }
  return true;
}

/** The bytes as text, in UTF-8 or, with its mark, UTF-16; null where they are none. A character cut off at the end is let go. */
function decodeText(bytes: Uint8Array): string | null {
  const encoding = startsWith(bytes, '\xff\xfe') ? 'utf-16le' : startsWith(bytes, '\xfe\xff') ? 'utf-16be' : 'utf-8';
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    // Control characters other than tab, line feed, form feed and carriage return.
    // eslint-disable-next-line no-control-regex
    return /[\0-\x08\x0b\x0e-\x1f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

function sniffText(text: string): PictureHeader | OtherFile {
  const start = text.trimStart().toLowerCase();
  if (/^<(!doctype html|html)\b/.test(start)) return { format: null, kind: 'an HTML page' };
  // Other XML may carry an SVG inside; an SVG's own tag comes first, after declarations, comments and a DOCTYPE.
  const firstTag = /<([a-z][\w.:-]*)/.exec(start.replace(/<!--[\s\S]*?(-->|$)/g, ''))?.[1];
  if (start.startsWith('<') && (firstTag === 'svg' || firstTag?.endsWith(':svg'))) return { format: 'SVG', width: null, height: null };
  return { format: null, kind: start.startsWith('<?xml') ? 'an XML document' : 'a text file' };
}
