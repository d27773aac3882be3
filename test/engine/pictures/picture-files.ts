import { joinBytes, little, type Part } from '../../support/checkpoint-bytes.ts';

/** A colour as tests compare it. */
export type Colour = readonly [red: number, green: number, blue: number];

export const RED: Colour = [230, 30, 30];
export const GREEN: Colour = [30, 180, 30];
export const BLUE: Colour = [40, 40, 220];
export const YELLOW: Colour = [240, 220, 40];
export const WHITE: Colour = [255, 255, 255];

/** A big-endian integer of so many bytes. */
export function big(value: number, sizeBytes: number): Uint8Array {
  return little(value, sizeBytes).reverse();
}

export function fileOf(bytes: Uint8Array, name: string): File {
  return new File([bytes as Uint8Array<ArrayBuffer>], name);
}

/** Draws a picture and encodes it. */
export async function encodePicture(
  [width, height]: readonly [number, number],
  draw: (context: OffscreenCanvasRenderingContext2D) => void,
  { type = 'image/png', colorSpace = 'srgb' }: { type?: string; colorSpace?: PredefinedColorSpace } = {},
): Promise<Uint8Array> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { colorSpace });
  if (!context) throw new Error('no 2d context');
  draw(context);
  return new Uint8Array(await (await canvas.convertToBlob({ type, quality: 0.95 })).arrayBuffer());
}

/** Four quarters: top left, top right, bottom left, bottom right. */
export function drawQuarters(colours: readonly Colour[]): (context: OffscreenCanvasRenderingContext2D) => void {
  return (context) => {
    const { width, height } = context.canvas;
    colours.forEach(([red, green, blue], index) => {
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      context.fillRect(((index % 2) * width) / 2, (Math.floor(index / 2) * height) / 2, width / 2, height / 2);
    });
  };
}

/** A segment of a JPEG. */
export function jpegSegment(marker: number, ...content: readonly Part[]): Uint8Array {
  const bytes = joinBytes(content);
  return joinBytes(0xff, marker, big(bytes.length + 2, 2), bytes);
}

/** The JPEG with segments after its first two bytes. */
export function insertSegments(jpeg: Uint8Array, ...segments: readonly Uint8Array[]): Uint8Array {
  return joinBytes(jpeg.subarray(0, 2), segments, jpeg.subarray(2));
}

/** An EXIF segment that tells an orientation and nothing else. */
export function exifSegment(orientation: number): Uint8Array {
  const entry = joinBytes(big(0x0112, 2), big(3, 2), big(1, 4), big(orientation, 2), 0, 0);
  return jpegSegment(0xe1, 'Exif\0\0', 'MM\0*', big(8, 4), big(1, 2), entry, big(0, 4));
}

/** A JPEG's header and nothing after it. */
export function jpegHeader(width: number, height: number, marker = 0xc0): Uint8Array {
  const component = [1, 0x11, 0];
  return joinBytes(
    '\xff\xd8',
    jpegSegment(0xe0, 'JFIF\0', new Uint8Array(9)),
    jpegSegment(marker, 8, big(height, 2), big(width, 2), 1, component),
  );
}

/** A PNG's header and nothing after it; its checksum is left at 0. */
export function pngHeader(width: number, height: number): Uint8Array {
  return joinBytes('\x89PNG\r\n\x1a\n', big(13, 4), 'IHDR', big(width, 4), big(height, 4), 8, 2, 0, 0, 0, big(0, 4));
}

export function bmpHeader(width: number, height: number): Uint8Array {
  return joinBytes('BM', little(0, 4), little(0, 4), little(54, 4), little(40, 4), little(width >>> 0, 4), little(height >>> 0, 4));
}

export function webpFile(tag: string, ...content: readonly Part[]): Uint8Array {
  const bytes = joinBytes(content);
  return joinBytes('RIFF', little(bytes.length + 12, 4), 'WEBP', tag, little(bytes.length, 4), bytes);
}

/** A box of an ISO media file. */
export function box(type: string, ...content: readonly Part[]): Uint8Array {
  const bytes = joinBytes(content);
  return joinBytes(big(bytes.length + 8, 4), type, bytes);
}

/** An AVIF or HEIC file's header that tells of pictures of those sizes. */
export function heifHeader(brand: string, ...sizes: readonly (readonly [number, number])[]): Uint8Array {
  const extents = sizes.map(([width, height]) => box('ispe', big(0, 4), big(width, 4), big(height, 4)));
  const properties = box('iprp', box('ipco', box('pixi', big(0, 4)), extents), box('ipma', big(0, 4)));
  return joinBytes(box('ftyp', brand, big(0, 4), 'mif1', brand), box('meta', big(0, 4), box('hdlr', big(0, 4)), properties));
}

/** An animated GIF of 2×2 pixels whose frames are each of one colour. */
export function animatedGif(frames: readonly Colour[]): Uint8Array {
  const palette = Uint8Array.from({ length: 12 }, (_, index) => frames[Math.floor(index / 3)]?.[index % 3] ?? 0);
  const images = frames.map((_, colour) => {
    // Codes of three bits, lowest first: before each pixel the table is cleared (4), so that codes stay as long; 5 ends.
    const codes = [4, colour, 4, colour, 4, colour, 4, colour, 5];
    const packed = little(
      codes.reduce((sum, code, index) => sum + code * 8 ** index, 0),
      4,
    );
    const control = ['!\xf9', 4, 0, little(10, 2), 0, 0];
    return [control, ',', little(0, 2), little(0, 2), little(2, 2), little(2, 2), 0, 2, packed.length, packed, 0];
  });
  // Colours of 2 bits, a palette of 4.
  return joinBytes('GIF89a', little(2, 2), little(2, 2), 0x91, 0, 0, palette, images, ';');
}
