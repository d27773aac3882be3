import { assert } from 'chai';
import { sniffPicture, type PictureFormat } from '../../../src/engine/pictures/sniff-picture.ts';
import { createNormalStream } from '../../../src/latent/seeded-random.ts';
import { joinBytes, little } from '../../support/checkpoint-bytes.ts';
import {
  animatedGif,
  big,
  bmpHeader,
  box,
  encodePicture,
  exifSegment,
  heifHeader,
  insertSegments,
  jpegHeader,
  jpegSegment,
  pngHeader,
  RED,
  webpFile,
} from './picture-files.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

const FRAME_MARKERS = [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf];
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>';

/** A WebP's first frame as `VP8 ` begins; the upper bits of the sizes are scales. */
const VP8 = webpFile('VP8 ', 0x10, 0, 0, 0x9d, 0x01, 0x2a, little(640 + 0x4000, 2), little(360 + 0x8000, 2));
const VP8L = webpFile('VP8L', 0x2f, little(1999 + 999 * 2 ** 14 + 2 ** 28, 4));
const VP8X = webpFile('VP8X', 0x10, 0, 0, 0, little(70_000 - 1, 3), little(3 - 1, 3));

const PICTURES: readonly [title: string, bytes: Uint8Array, format: PictureFormat, width: number | null, height: number | null][] = [
  ...FRAME_MARKERS.map(
    (marker) =>
      [`a JPEG of frame ${marker.toString(16)}`, jpegHeader(1920, 1080, marker), 'JPEG', 1920, 1080] as [
        string,
        Uint8Array,
        'JPEG',
        number,
        number,
      ],
  ),
  [
    'a JPEG whose frame comes after EXIF, tables and fill bytes',
    joinBytes(
      '\xff\xd8',
      exifSegment(6),
      '\xff\xff',
      jpegSegment(0xc4, new Uint8Array(300)),
      jpegSegment(0xcc, 1),
      jpegHeader(30, 20).subarray(2),
    ),
    'JPEG',
    30,
    20,
  ],
  [
    'a JPEG without a frame before its scan',
    joinBytes('\xff\xd8', jpegSegment(0xda, 1, 2, 3), jpegHeader(30, 20).subarray(2)),
    'JPEG',
    null,
    null,
  ],
  ['a JPEG that tells its height later', jpegHeader(30, 0), 'JPEG', null, null],
  [
    'a JPEG whose segment has an impossible length',
    joinBytes('\xff\xd8\xff\xe0', big(1, 2), jpegHeader(30, 20).subarray(2)),
    'JPEG',
    null,
    null,
  ],
  ['a JPEG cut off', jpegHeader(30, 20).subarray(0, 24), 'JPEG', null, null],
  ['a PNG', pngHeader(12_000, 9_000), 'PNG', 12_000, 9_000],
  ['a PNG of no width', pngHeader(0, 9), 'PNG', null, null],
  ['a PNG whose first chunk is another', joinBytes('\x89PNG\r\n\x1a\n', big(4, 4), 'CgBI', new Uint8Array(40)), 'PNG', null, null],
  ['a GIF', animatedGif([RED]), 'GIF', 2, 2],
  ['an old GIF', joinBytes('GIF87a', little(320, 2), little(200, 2)), 'GIF', 320, 200],
  ['a lossy WebP', VP8, 'WebP', 640, 360],
  ['a lossless WebP', VP8L, 'WebP', 2000, 1000],
  ['an extended WebP', VP8X, 'WebP', 70_000, 3],
  ['a WebP of another kind', webpFile('ICCP', new Uint8Array(40)), 'WebP', null, null],
  ['a lossy WebP that does not begin with a key frame', webpFile('VP8 ', new Uint8Array(40)), 'WebP', null, null],
  ['a BMP', bmpHeader(300, 200), 'BMP', 300, 200],
  ['a BMP with rows from the top', bmpHeader(300, -200), 'BMP', 300, 200],
  ['a BMP of negative width', bmpHeader(-300, 200), 'BMP', null, null],
  ['an OS/2 BMP', joinBytes('BM', new Uint8Array(12), little(12, 4), little(7, 2), little(5, 2)), 'BMP', 7, 5],
  ['an AVIF', heifHeader('avif', [800, 600]), 'AVIF', 800, 600],
  ['a HEIC put together from tiles', heifHeader('heic', [512, 512], [4032, 3024], [320, 240]), 'HEIC', 4032, 3024],
  [
    'an AVIF with a box of long size before',
    joinBytes(heifHeader('avif').subarray(0, 24), big(1, 4), 'free', big(20, 8), 0, 0, 0, 0, heifHeader('avif', [9, 8]).subarray(24)),
    'AVIF',
    9,
    8,
  ],
  ['a HEIC without sizes', heifHeader('heic'), 'HEIC', null, null],
  ['a HEIC whose box has size 3', joinBytes(box('ftyp', 'heic', big(0, 4)), big(3, 4), 'meta', new Uint8Array(40)), 'HEIC', null, null],
  ['an SVG', utf8(SVG), 'SVG', null, null],
  [
    'an SVG after declarations',
    utf8(`\ufeff<?xml version="1.0"?>\n<!-- <html> -->\n<!DOCTYPE svg PUBLIC "x" "y">\n${SVG}`),
    'SVG',
    null,
    null,
  ],
  ['an SVG with a prefix', utf8('<s:svg xmlns:s="http://www.w3.org/2000/svg"/>'), 'SVG', null, null],
  [
    'an SVG in UTF-16',
    joinBytes(
      '\xff\xfe',
      [...SVG].map((character) => [character, 0]),
    ),
    'SVG',
    null,
    null,
  ],
];

const OTHERS: readonly [bytes: Uint8Array, kind: string][] = [
  [new Uint8Array(0), 'an empty file'],
  [utf8('name,price\ncherry,1\n'), 'a text file'],
  [utf8('BMW is a maker of cars, and no bitmap'), 'a text file'],
  [utf8(`<!DOCTYPE html><body>${SVG}`), 'an HTML page'],
  [utf8(`<html>${SVG}</html>`), 'an HTML page'],
  [utf8(`<?xml version="1.0"?><feed>${SVG}</feed>`), 'an XML document'],
  [utf8('ü'.repeat(2000)).subarray(1, 1001), 'a file of no kind that is known here'],
  [utf8('ü'.repeat(2000)).subarray(0, 1001), 'a text file'],
  [joinBytes('%PDF-1.7'), 'a PDF document'],
  [joinBytes('PK\x03\x04'), 'a ZIP archive'],
  [joinBytes('II*\0', new Uint8Array(8)), 'a TIFF or raw camera picture'],
  [box('ftyp', 'isom', big(0, 4), 'mp41'), 'a video'],
  [joinBytes('RIFF', little(4, 4), 'AVI '), 'a video or sound file'],
  [new Uint8Array(100), 'a file of no kind that is known here'],
];

describe('engine/pictures/sniff-picture', () => {
  for (const [title, bytes, format, width, height] of PICTURES) {
    it(`tells ${title}`, () => {
      assert.deepEqual(sniffPicture(bytes), { format, width, height });
    });
  }

  for (const [bytes, kind] of OTHERS) {
    it(`tells ${kind} of ${bytes.length} bytes`, () => {
      assert.deepEqual(sniffPicture(bytes), { format: null, kind });
    });
  }

  for (const [type, format] of [
    ['image/jpeg', 'JPEG'],
    ['image/png', 'PNG'],
    ['image/webp', 'WebP'],
  ] as const) {
    it(`tells the size of a ${format} that the browser wrote`, async () => {
      const bytes = await encodePicture([37, 53], (context) => context.fillRect(3, 3, 20, 20), { type });
      assert.deepEqual(sniffPicture(bytes), { format, width: 37, height: 53 });
    });
  }

  it('reads a view that does not begin where its buffer does', () => {
    const bytes = joinBytes('xyz', insertSegments(jpegHeader(30, 20), exifSegment(1))).subarray(3);
    assert.deepEqual(sniffPicture(bytes), { format: 'JPEG', width: 30, height: 20 });
  });

  it('throws for no beginning of a file, and tells no size that is not there whole', () => {
    for (const [title, bytes, format, width, height] of PICTURES) {
      for (let end = 0; end < bytes.length; end += 1) {
        const header = sniffPicture(bytes.slice(0, end));
        if (header.format !== format || header.width === null) continue;
        assert.deepEqual(header, { format, width, height }, `${title}, ${end} bytes`);
      }
    }
  });

  it('throws for no file with bytes changed at random', () => {
    const draw = createNormalStream('sniff', 'bytes');
    for (const [title, bytes] of PICTURES) {
      for (let round = 0; round < 100; round += 1) {
        const changed = bytes.slice();
        const [where = 0, value = 0, other = 0] = draw(3);
        changed[Math.floor(Math.abs(where * 1e6)) % bytes.length] = Math.floor(Math.abs(value * 1e6)) % 256;
        if (round % 2 === 1) changed[Math.floor(Math.abs(other * 1e6)) % bytes.length] = 0xff;
        assert.doesNotThrow(() => sniffPicture(changed), undefined, title);
      }
    }
  });
});
