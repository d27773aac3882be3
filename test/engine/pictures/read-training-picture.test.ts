import { assert } from 'chai';
import { readTrainingPicture, type PictureCrop, type RawPicture, type Rgb } from '../../../src/engine/pictures/read-training-picture.ts';
import { createNormalStream } from '../../../src/latent/seeded-random.ts';
import { assertRejectsCode } from '../../support/assert-error.ts';
import { joinBytes } from '../../support/checkpoint-bytes.ts';
import {
  animatedGif,
  BLUE,
  bmpHeader,
  drawQuarters,
  encodePicture,
  exifSegment,
  fileOf,
  GREEN,
  heifHeader,
  insertSegments,
  jpegHeader,
  jpegSegment,
  pngHeader,
  RED,
  WHITE,
  YELLOW,
  type Colour,
} from './picture-files.ts';

const QUARTERS = [RED, GREEN, BLUE, YELLOW];
const background: Rgb = WHITE;

/** Which stored quarter each shown one is, for orientation 1 and up. Quarters: top left 0, top right 1, bottom left 2, bottom right 3. */
const SHOWN_QUARTERS = [
  [0, 1, 2, 3],
  [1, 0, 3, 2],
  [3, 2, 1, 0],
  [2, 3, 0, 1],
  [0, 2, 1, 3],
  [2, 0, 3, 1],
  [3, 1, 2, 0],
  [1, 3, 0, 2],
];

function colourAt(pixels: Uint8Array, index: number): number[] {
  return [...pixels.subarray(3 * index, 3 * index + 3)];
}

function assertColour(pixels: Uint8Array, index: number, colour: Colour, tolerance: number): void {
  const found = colourAt(pixels, index);
  const isNear = found.every((value, channel) => Math.abs(value - (colour[channel] ?? NaN)) <= tolerance);
  assert.isTrue(isNear, `pixel ${index} is ${found.join(' ')}, expected ${colour.join(' ')}`);
}

/** A picture of noise that looks the same every time. */
function createNoise(width: number, height: number, opaque = true): RawPicture {
  const draw = createNormalStream(`${width}×${height}`, 'noise');
  const data = Uint8ClampedArray.from(draw(4 * width * height), (value, index) => (opaque && index % 4 === 3 ? 255 : 128 + 90 * value));
  return { data, width, height };
}

const toLight = (value: number) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
const toValue = (light: number) => 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);

/** Slow and obvious: each pixel by looking at every pixel of the picture for how much of it the target pixel covers. */
function shrinkSlowly({ data, width, height }: RawPicture, left: number, top: number, size: number, side: number): number[] {
  const overlap = (pixel: number, start: number, end: number) => Math.max(0, Math.min(pixel + 1, end) - Math.max(pixel, start));
  const ratio = size / side;
  return Array.from({ length: 3 * side * side }, (_, at) => {
    const [x, y, channel] = [Math.floor(at / 3) % side, Math.floor(at / 3 / side), at % 3];
    let [light, area] = [0, 0];
    for (let row = 0; row < height; row += 1) {
      const covered = overlap(row, top + y * ratio, top + (y + 1) * ratio);
      for (let column = 0; covered > 0 && column < width; column += 1) {
        const share = covered * overlap(column, left + x * ratio, left + (x + 1) * ratio);
        const place = 4 * (row * width + column);
        const alpha = (data[place + 3] ?? 0) / 255;
        light += share * toLight(Math.round((data[place + channel] ?? 0) * alpha + (background[channel] ?? 0) * (1 - alpha)));
        area += share;
      }
    }
    return toValue(light / area);
  });
}

function assertNear(pixels: Uint8Array, expected: readonly number[], tolerance: number): void {
  assert.lengthOf(pixels, expected.length);
  const worst = Math.max(...expected.map((value, index) => Math.abs(value - (pixels[index] ?? NaN))));
  assert.isAtMost(worst, tolerance);
}

/** The PNG without that chunk, which it must have. */
function dropChunk(png: Uint8Array, type: string): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  for (let at = 8; at < png.length; at += 12 + view.getUint32(at)) {
    const isFound = String.fromCharCode(...png.subarray(at + 4, at + 8)) === type;
    if (isFound) return joinBytes(png.subarray(0, at), png.subarray(at + 12 + view.getUint32(at)));
  }
  throw new Error(`The PNG has no chunk ${type}.`);
}

/** Runs with a `createImageBitmap` that records what it makes. */
async function recordBitmaps(action: () => Promise<unknown>): Promise<ImageBitmap[]> {
  const original = globalThis.createImageBitmap;
  const made: ImageBitmap[] = [];
  globalThis.createImageBitmap = async (...given: unknown[]) => {
    const bitmap = await (original as (...args: unknown[]) => Promise<ImageBitmap>)(...given);
    made.push(bitmap);
    return bitmap;
  };
  try {
    await action();
  } finally {
    globalThis.createImageBitmap = original;
  }
  return made;
}

describe('engine/pictures/read-training-picture', () => {
  describe('files', () => {
    for (const [index, shown] of SHOWN_QUARTERS.entries()) {
      it(`turns a JPEG of EXIF orientation ${index + 1} as it is shown`, async () => {
        const jpeg = await encodePicture([96, 64], drawQuarters(QUARTERS), { type: 'image/jpeg' });
        const file = fileOf(insertSegments(jpeg, exifSegment(index + 1)), 'a.jpg');
        const isTurned = index >= 4;
        const { pixels, width, height } = await readTrainingPicture(file, { side: 4, background });
        assert.deepEqual([width, height], isTurned ? [64, 96] : [96, 64]);
        // The corners; pixels by the middle are of mixed blocks.
        for (const [quarter, corner] of [0, 3, 12, 15].entries()) {
          assertColour(pixels, corner, QUARTERS[shown[quarter] ?? 0] ?? RED, 6);
        }
        // A crop is of what is shown.
        const crop: PictureCrop = isTurned ? { x: 0.25, y: 0, size: 0.5 } : { x: 0, y: 0.25, size: 0.5 };
        const cut = await readTrainingPicture(file, { side: 1, background, crop });
        assertColour(cut.pixels, 0, QUARTERS[shown[0] ?? 0] ?? RED, 6);
      });
    }

    it('converts colours from their profile to sRGB', async () => {
      const draw = (context: OffscreenCanvasRenderingContext2D) => {
        context.fillStyle = 'rgb(200 90 60)';
        context.fillRect(0, 0, 8, 8);
      };
      const wide = await encodePicture([8, 8], draw, { colorSpace: 'display-p3' });
      const { pixels } = await readTrainingPicture(fileOf(wide, 'wide.png'), { side: 1, background });
      assertColour(pixels, 0, [200, 90, 60], 2);
      // The file's own numbers are others: without its profile they are another colour.
      const bare = await readTrainingPicture(fileOf(dropChunk(wide, 'iCCP'), 'bare.png'), { side: 1, background });
      assert.isBelow(colourAt(bare.pixels, 0)[0] ?? NaN, 195);
    });

    it('lays transparent parts over the background, not over black', async () => {
      const png = await encodePicture([4, 2], (context) => {
        context.fillStyle = 'rgb(200 0 0 / 0.5)';
        context.fillRect(0, 0, 2, 2);
      });
      const { pixels } = await readTrainingPicture(fileOf(png, 'a.png'), {
        side: 1,
        background: [10, 200, 40],
        crop: { x: 1, y: 0.5, size: 1 },
      });
      assertColour(pixels, 0, [10, 200, 40], 0);
      const half = await readTrainingPicture(fileOf(png, 'a.png'), { side: 1, background: [0, 200, 40], crop: { x: 0, y: 0.5, size: 1 } });
      assertColour(half.pixels, 0, [100, 100, 20], 1);
    });

    it('takes the first frame of an animation', async () => {
      const gif = animatedGif([GREEN, RED, BLUE]);
      const { pixels, width, height } = await readTrainingPicture(fileOf(gif, 'a.gif'), { side: 2, background });
      assert.deepEqual([width, height], [2, 2]);
      assert.deepEqual([...pixels], [...GREEN, ...GREEN, ...GREEN, ...GREEN]);
    });

    it('finds the header of a JPEG behind a quarter of a megabyte of other segments', async () => {
      const jpeg = await encodePicture([32, 32], drawQuarters(QUARTERS), { type: 'image/jpeg' });
      const ballast = Array.from({ length: 4 }, () => jpegSegment(0xeb, new Uint8Array(65_000)));
      const { pixels } = await readTrainingPicture(fileOf(insertSegments(jpeg, ...ballast), 'a.jpg'), { side: 2, background });
      assertColour(pixels, 3, YELLOW, 15);
    });

    it('reads a picture in strips as it reads its raw pixels at once', async () => {
      const { width, height } = { width: 1400, height: 700 };
      const draw = drawQuarters(QUARTERS);
      const file = fileOf(await encodePicture([width, height], draw), 'a.png');
      const context = new OffscreenCanvas(width, height).getContext('2d');
      assert.exists(context);
      draw(context);
      const raw = context.getImageData(0, 0, width, height);
      const crop = { x: 0.45, y: 0.5, size: 0.83 };
      const [decoded, given] = await Promise.all([file, raw].map((source) => readTrainingPicture(source, { side: 31, background, crop })));
      assert.deepEqual(decoded, given);
    });

    it('closes what it decoded, also when it is told to stop', async () => {
      const file = fileOf(await encodePicture([64, 64], drawQuarters(QUARTERS)), 'a.png');
      const controller = new AbortController();
      const made = await recordBitmaps(async () => {
        await readTrainingPicture(file, { side: 8, background });
        const reading = readTrainingPicture(file, { side: 8, background, signal: controller.signal });
        controller.abort();
        await reading.catch(() => undefined);
      });
      assert.deepEqual(
        made.map(({ width }) => width),
        [0, 0],
      );
    });

    const huge: readonly [string, Uint8Array][] = [
      ['a.jpg', jpegHeader(12_000, 9_000)],
      ['a.png', pngHeader(12_000, 9_000)],
      ['a.bmp', bmpHeader(12_000, -9_000)],
      ['a.heic', heifHeader('heic', [512, 512], [12_000, 9_000])],
    ];
    for (const [name, bytes] of huge) {
      it(`refuses ${name} of 12,000×9,000 pixels by its header, with nothing decoded`, async () => {
        const made = await recordBitmaps(() =>
          assertRejectsCode(
            readTrainingPicture(fileOf(bytes, name), { side: 8, background }),
            'picture-unreadable',
            '12000×9000',
            '108 megapixels',
            'at most 50',
          ),
        );
        assert.isEmpty(made);
      });
    }

    it('refuses a file of more than 200 MB, with nothing decoded', async () => {
      const filler = new Blob([new Uint8Array(4_000_000)]);
      const file = new Blob([pngHeader(100, 100) as Uint8Array<ArrayBuffer>, ...Array.from({ length: 50 }, () => filler)]);
      const made = await recordBitmaps(() =>
        assertRejectsCode(readTrainingPicture(file, { side: 8, background }), 'picture-unreadable', '200 MB', 'smaller copy'),
      );
      assert.isEmpty(made);
    });

    for (const type of ['image/jpeg', 'image/png', 'image/webp']) {
      it(`refuses a file of ${type} that ends too early`, async () => {
        const bytes = await encodePicture([64, 64], drawQuarters(QUARTERS), { type });
        const file = fileOf(bytes.subarray(0, bytes.length * 0.8), 'a');
        await assertRejectsCode(
          readTrainingPicture(file, { side: 8, background }),
          'picture-unreadable',
          '64×64',
          'damaged or ends too early',
        );
      });
    }

    it('refuses a JPEG whose data are those of another file', async () => {
      const file = fileOf(joinBytes(jpegHeader(64, 64), new Uint8Array(500).fill(0x55)), 'a.jpg');
      await assertRejectsCode(readTrainingPicture(file, { side: 8, background }), 'picture-unreadable', 'JPEG', 'damaged');
    });

    const others: readonly [name: string, content: string, ...parts: string[]][] = [
      ['a.png', 'not a picture at all', 'a text file', 'though its name ends in .png'],
      ['a.txt', 'not a picture at all', 'a text file', 'JPEG, PNG, GIF'],
      ['a.jpg', '', 'an empty file'],
      ['a.jpg', '<!doctype html><p>404', 'an HTML page', 'Does the link lead to a page'],
      ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'an SVG drawing', 'export it as a PNG'],
      ['a.jpg', '\ufeff<svg/>', 'an SVG drawing'],
    ];
    for (const [name, content, ...parts] of others) {
      it(`refuses ${name} that holds ${JSON.stringify(content.slice(0, 12))}, and says what it is`, async () => {
        const reading = readTrainingPicture(new File([content], name), { side: 8, background });
        await assertRejectsCode(reading, 'picture-unreadable', ...parts);
      });
    }

    it('says that an AVIF which cannot be decoded may be one that the browser does not know', async () => {
      const reading = readTrainingPicture(fileOf(heifHeader('heic', [64, 48]), 'a.heic'), { side: 8, background });
      await assertRejectsCode(reading, 'picture-unreadable', 'HEIC', '64×48', 'Save it as JPEG or PNG');
    });

    it('says of a file that can no longer be read that it cannot', async () => {
      const gone = new File(['x'], 'gone.jpg');
      gone.slice = () => ({ arrayBuffer: () => Promise.reject(new DOMException('gone', 'NotReadableError')) }) as unknown as Blob;
      await assertRejectsCode(readTrainingPicture(gone, { side: 8, background }), 'picture-unreadable', 'can no longer be read');
    });
  });

  describe('bitmaps', () => {
    it('borrows them', async () => {
      const bitmap = await createImageBitmap(new Blob([(await encodePicture([6, 4], drawQuarters(QUARTERS))) as Uint8Array<ArrayBuffer>]));
      const { pixels } = await readTrainingPicture(bitmap, { side: 2, background });
      assert.deepEqual([...pixels.subarray(0, 3)], [...RED]);
      assert.equal(bitmap.width, 6);
      bitmap.close();
      await assertRejectsCode(readTrainingPicture(bitmap, { side: 2, background }), 'picture-unreadable', 'closed');
    });
  });

  describe('scaling', () => {
    const cases: readonly [width: number, height: number, side: number, crop: PictureCrop, left: number, top: number, size: number][] = [
      [37, 53, 8, { x: 0.5, y: 0.5, size: 1 }, 0, 8, 37],
      [53, 37, 16, { x: 0.5, y: 0.5, size: 1 }, 8, 0, 37],
      [40, 40, 7, { x: 0.5, y: 0.5, size: 0.75 }, 5, 5, 30],
      [50, 30, 9, { x: 0, y: 0, size: 0.5 }, 0, 0, 15],
      [50, 30, 9, { x: 1, y: 1, size: 0.5 }, 35, 15, 15],
      [50, 30, 5, { x: -4, y: 7, size: 9 }, 0, 0, 30],
      [50, 30, 1, { x: 0.5, y: 0.5, size: 0 }, 24, 14, 1],
      [900, 610, 11, { x: 0.7, y: 0.5, size: 1 }, 290, 0, 610],
    ];
    for (const [width, height, side, crop, left, top, size] of cases) {
      it(`makes ${side} of ${width}×${height}, crop ${Object.values(crop).join(' ')}, as the slow way does`, async () => {
        for (const opaque of [true, false]) {
          const picture = createNoise(width, height, opaque);
          const { pixels, ...rest } = await readTrainingPicture(picture, { side, background, crop });
          assert.deepEqual(rest, { width, height });
          assertNear(pixels, shrinkSlowly(picture, left, top, size, side), 0.5 + 1e-6);
        }
      });
    }

    it('leaves a picture of its own size as it is', async () => {
      const data = Uint8ClampedArray.from({ length: 4 * 16 * 16 }, (_, index) => (index % 4 === 3 ? 255 : Math.floor(index / 4)));
      const { pixels } = await readTrainingPicture({ data, width: 16, height: 16 }, { side: 16, background });
      assert.deepEqual(
        pixels,
        Uint8Array.from(data).filter((_, index) => index % 4 !== 3),
      );
    });

    it('averages light: a board of black and white has the brightness of grey 188', async () => {
      const data = Uint8ClampedArray.from({ length: 4 * 64 }, (_, index) => {
        const pixel = Math.floor(index / 4);
        return index % 4 === 3 ? 255 : 255 * ((pixel + Math.floor(pixel / 8)) % 2);
      });
      const { pixels } = await readTrainingPicture({ data, width: 8, height: 8 }, { side: 4, background });
      assert.deepEqual([...new Set(pixels)], [188]);
    });

    it('lets nothing of the colours under transparent pixels into the averages', async () => {
      const data = Uint8ClampedArray.from({ length: 4 * 64 }, (_, index) => 255 * (Math.floor(index / 4) % 2));
      const { pixels } = await readTrainingPicture({ data, width: 8, height: 8 }, { side: 4, background });
      assert.deepEqual([...new Set(pixels)], [255]);
    });

    it('enlarges a ramp to a ramp, and keeps its ends', async () => {
      const data = Uint8ClampedArray.from({ length: 4 * 64 }, (_, index) =>
        index % 4 === 3 ? 255 : 20 + 30 * (Math.floor(index / 4) % 8),
      );
      const { pixels } = await readTrainingPicture({ data, width: 8, height: 8 }, { side: 32, background });
      const row = Array.from({ length: 32 }, (_, x) => pixels[3 * (32 * 16 + x)] ?? NaN);
      // The middle of pixel x lies at (x + 0.5) / 4 − 0.5; the ramp is straight where all four neighbours are in the picture.
      for (let x = 6; x < 26; x += 1) assert.equal(row[x], Math.round(20 + 30 * ((x + 0.5) / 4 - 0.5)), `pixel ${x}`);
      assert.isTrue(row.every((value, x) => x === 0 || value >= (row[x - 1] ?? NaN)));
      assert.isAtMost(Math.abs((row[0] ?? NaN) - 20), 3);
      assert.isAtMost(Math.abs((row[31] ?? NaN) - 230), 3);
    });

    it('enlarges a picture of one pixel', async () => {
      const picture = { data: Uint8Array.of(9, 80, 200, 255), width: 1, height: 1 };
      const { pixels } = await readTrainingPicture(picture, { side: 3, background });
      assert.deepEqual([...new Set(pixels)], [9, 80, 200]);
    });
  });

  describe('bad input', () => {
    const wrong: readonly [unknown, string][] = [
      [{ data: new Uint8Array(15), width: 2, height: 2 }, 'has 15 bytes'],
      [{ data: new Uint8Array(0), width: 0, height: 2 }, 'no pixels'],
      [{ data: new Uint8Array(16), width: -2, height: -2 }, '4 bytes for each'],
      [{ data: new Uint8Array(10), width: 2.5, height: 1 }, '4 bytes for each'],
      [{ data: [0, 0, 0, 255], width: 1, height: 1 }, 'none of them'],
      [null, 'none of them'],
      ['cat.png', 'none of them'],
    ];
    for (const [source, part] of wrong) {
      it(`refuses ${JSON.stringify(source)?.slice(0, 60)}`, async () => {
        await assertRejectsCode(readTrainingPicture(source as RawPicture, { side: 8, background }), 'picture-unreadable', part);
      });
    }

    const picture = createNoise(4, 4);
    const options: readonly [unknown, string][] = [
      [{ side: 0, background }, 'side'],
      [{ side: 6.5, background }, 'side'],
      [{ side: 1025, background }, 'side'],
      [{ side: 8, background: [0, 0] }, 'background'],
      [{ side: 8, background: [0, 0, 256] }, 'background'],
      [{ side: 8, background: [0, NaN, 0] }, 'background'],
      [{ side: 8, background: 'red' }, 'background'],
      [{ side: 8, background, crop: { x: 0, y: NaN, size: 1 } }, 'crop'],
      [{ side: 8, background, crop: { x: 0, y: 0 } }, 'crop'],
    ];
    for (const [given, part] of options) {
      it(`refuses the options ${JSON.stringify(given)}`, async () => {
        await assertRejectsCode(readTrainingPicture(picture, given as { side: number; background: Rgb }), 'invalid-argument', part);
      });
    }
  });
});
