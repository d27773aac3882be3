/** A picture's size as its header tells it: before any orientation, in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** The formats whose headers tell a size in pixels. */
export type RasterFormat = 'JPEG' | 'PNG' | 'GIF' | 'WebP' | 'BMP' | 'AVIF' | 'HEIC';

/** Reads the size from the first bytes of a file of that format; null where they do not tell it. What they claim is not believed further than they go. */
export function readHeaderSize(format: RasterFormat, bytes: Uint8Array): PictureSize | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const size = READERS[format](view);
    return size !== null && size.width > 0 && size.height > 0 ? size : null;
  } catch (error) {
    // What reading past the end throws.
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const READERS: Readonly<Record<RasterFormat, (view: DataView) => PictureSize | null>> = {
  JPEG: readJpegSize,
  PNG: readPngSize,
  GIF: (view) => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }),
  WebP: readWebpSize,
  BMP: readBmpSize,
  AVIF: readLargestExtent,
  HEIC: readLargestExtent,
};

/** Four characters, as containers name their parts. */
export function readTag(view: DataView, offset: number): string {
  return String.fromCharCode(view.getUint8(offset), view.getUint8(offset + 1), view.getUint8(offset + 2), view.getUint8(offset + 3));
}

/** Walks the segments up to the frame header: any SOF, C0…CF without DHT (C4), JPG (C8) and DAC (CC). */
function readJpegSize(view: DataView): PictureSize | null {
  let at = 2;
  for (;;) {
    if (view.getUint8(at) !== 0xff) return null;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      // A fill byte before the marker.
      at += 1;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    // The height is 0 where the encoder tells it only after the first scan (DNL); browsers do not read such.
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    const isScanOrEnd = marker === 0xda || marker === 0xd9;
    const length = view.getUint16(at + 2);
    if (isScanOrEnd || marker < 0xc0 || length < 2) return null;
    at += 2 + length;
  }
}

function readPngSize(view: DataView): PictureSize | null {
  if (readTag(view, 12) !== 'IHDR') return null;
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

function readWebpSize(view: DataView): PictureSize | null {
  switch (readTag(view, 12)) {
    case 'VP8 ': {
      // A key frame's start code comes after the frame's tag of three bytes; the two upper bits are scales.
      const isKeyFrame = view.getUint8(23) === 0x9d && view.getUint8(24) === 0x01 && view.getUint8(25) === 0x2a;
      return isKeyFrame ? { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff } : null;
    }
    case 'VP8L': {
      const bits = view.getUint32(21, true);
      return view.getUint8(20) === 0x2f ? { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 } : null;
    }
    case 'VP8X':
      return { width: readUint24(view, 24) + 1, height: readUint24(view, 27) + 1 };
    default:
      return null;
  }
}

function readUint24(view: DataView, offset: number): number {
  return view.getUint16(offset, true) + view.getUint8(offset + 2) * 2 ** 16;
}

function readBmpSize(view: DataView): PictureSize | null {
  const isOldHeader = view.getUint32(14, true) === 12;
  if (isOldHeader) return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
  // A negative height means rows from the top.
  return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) };
}

/** The boxes between the file and the sizes of its pictures, outermost first. */
const EXTENT_PATH = ['meta', 'iprp', 'ipco'];
const EXTENT_BOX = 'ispe';

/**
 * The largest of the sizes that an AVIF or HEIC file tells of: others are of its thumbnails, its alpha, and the tiles that a large
 * picture is put together from.
 */
function readLargestExtent(view: DataView): PictureSize | null {
  let [start, end] = [0, view.byteLength];
  for (const name of EXTENT_PATH) {
    const box = [...walkBoxes(view, start, end)].find(({ type }) => type === name);
    if (box === undefined) return null;
    [start, end] = [name === 'meta' ? box.start + 4 : box.start, box.end];
  }
  // Cut off, the largest may be missing.
  if (end > view.byteLength) return null;
  let largest: PictureSize | null = null;
  for (const { type, start: content } of walkBoxes(view, start, end)) {
    if (type !== EXTENT_BOX) continue;
    const size = { width: view.getUint32(content + 4), height: view.getUint32(content + 8) };
    if (largest === null || size.width * size.height > largest.width * largest.height) largest = size;
  }
  return largest;
}

interface Box {
  readonly type: string;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** The boxes of a stretch of an ISO media file; stops at what is none. */
function* walkBoxes(view: DataView, start: number, end: number): Generator<Box> {
  let at = start;
  while (at + 8 <= Math.min(end, view.byteLength)) {
    const short = view.getUint32(at);
    const isLong = short === 1;
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short;
    const headBytes = isLong ? 16 : 8;
    if (size < headBytes) return;
    yield { type: readTag(view, at + 4), start: at + headBytes, end: at + size };
    at += size;
  }
}
