import { GanCanvasError } from '../../support/errors.ts';
import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';

const END = 0x06054b50;
const END_BYTES = 22;
const END64 = 0x06064b50;
const END64_BYTES = 56;
const LOCATOR64 = 0x07064b50;
const LOCATOR64_BYTES = 20;
const CENTRAL = 0x02014b50;
const CENTRAL_BYTES = 46;
const LOCAL = 0x04034b50;
const LOCAL_BYTES = 30;
const MAX_COMMENT = 65535;
const MAX_ENTRIES = 100_000;
const FULL = 0xffffffff;
/** Weights hardly shrink, states of optimisers that are mostly 0 do: what unpacks to more is a bomb. */
const MAX_RATIO = 16;
const FREE_BYTES = 16 * 2 ** 20;

interface Entry {
  readonly name: string;
  readonly deflated: boolean;
  readonly size: number;
  /** Where its own header begins, then its stored bytes, and where these end. */
  readonly header: number;
  readonly begin: number;
  readonly end: number;
}

const fail = (reason: string) => createCheckpointError(`its zip archive ${reason}`);

/** Bytes with checks: whatever lies outside them is `weights-format`. */
function createReader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const assertInside = (offset: number, count: number): void => {
    if (offset >= 0 && Number.isSafeInteger(offset) && offset + count <= bytes.length) return;
    throw fail(`points to the bytes ${offset} to ${offset + count} of ${bytes.length}; it may be truncated.`);
  };
  const uint32 = (offset: number): number => {
    assertInside(offset, 4);
    return view.getUint32(offset, true);
  };
  return {
    assertInside,
    uint32,
    uint16: (offset: number): number => {
      assertInside(offset, 2);
      return view.getUint16(offset, true);
    },
    /** Rounded beyond 2^53, where it is outside any file. */
    uint64: (offset: number): number => uint32(offset + 4) * 2 ** 32 + uint32(offset),
    text: (offset: number, count: number): string => {
      assertInside(offset, count);
      return new TextDecoder().decode(bytes.subarray(offset, offset + count));
    },
  };
}

type Reader = ReturnType<typeof createReader>;

interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly size: number;
}

function findEnd(reader: Reader, length: number): number {
  const first = Math.max(0, length - END_BYTES - MAX_COMMENT);
  for (let offset = length - END_BYTES; offset >= first; offset--) {
    if (reader.uint32(offset) === END && reader.uint16(offset + 20) === length - offset - END_BYTES) return offset;
  }
  throw fail('has no end; it may be truncated.');
}

function readDirectory(reader: Reader, length: number): Directory {
  const end = findEnd(reader, length);
  const locator = end - LOCATOR64_BYTES;
  if (locator >= 0 && reader.uint32(locator) === LOCATOR64) {
    const end64 = reader.uint64(locator + 8);
    reader.assertInside(end64, END64_BYTES);
    if (reader.uint32(end64) !== END64) throw fail('has no zip64 end where it says.');
    return { count: reader.uint64(end64 + 32), size: reader.uint64(end64 + 40), offset: reader.uint64(end64 + 48) };
  }
  return { count: reader.uint16(end + 10), size: reader.uint32(end + 12), offset: reader.uint32(end + 16) };
}

/** What the 64-bit field of an entry says in place of those that are {@link FULL}, in their fixed order. */
function readWideFields(reader: Reader, offset: number, end: number, fields: readonly number[]): readonly number[] {
  if (!fields.includes(FULL)) return fields;
  for (let at = offset; at + 4 <= end; at += 4 + reader.uint16(at + 2)) {
    if (reader.uint16(at) !== 1) continue;
    let next = at + 4;
    return fields.map((field) => {
      if (field !== FULL) return field;
      next += 8;
      if (next > Math.min(end, at + 4 + reader.uint16(at + 2))) throw fail('has a broken zip64 field.');
      return reader.uint64(next - 8);
    });
  }
  throw fail('lacks a zip64 field.');
}

/** The entry that the directory describes at `offset`, and where the next begins. */
function readEntry(reader: Reader, offset: number): { readonly entry: Entry; readonly next: number } {
  reader.assertInside(offset, CENTRAL_BYTES);
  if (reader.uint32(offset) !== CENTRAL) throw fail('has a broken directory.');
  const nameBytes = reader.uint16(offset + 28);
  const extraStart = offset + CENTRAL_BYTES + nameBytes;
  const extraEnd = extraStart + reader.uint16(offset + 30);
  const name = reader.text(offset + CENTRAL_BYTES, nameBytes);
  const method = reader.uint16(offset + 10);
  const what = `entry ${quoteName(name)}`;
  if ((reader.uint16(offset + 8) & 1) !== 0) throw fail(`has the encrypted ${what}.`);
  if (method !== 0 && method !== 8) throw fail(`has the ${what} packed by method ${method}; expected stored or deflated.`);
  const narrow = [reader.uint32(offset + 24), reader.uint32(offset + 20), reader.uint32(offset + 42)];
  const [size = 0, packed = 0, local = 0] = readWideFields(reader, extraStart, extraEnd, narrow);
  reader.assertInside(local, LOCAL_BYTES);
  if (reader.uint32(local) !== LOCAL || reader.text(local + LOCAL_BYTES, reader.uint16(local + 26)) !== name)
    throw fail(`has no ${what} where its directory says.`);
  const begin = local + LOCAL_BYTES + reader.uint16(local + 26) + reader.uint16(local + 28);
  reader.assertInside(begin, packed);
  if (method === 0 && packed !== size) throw fail(`claims ${size} bytes for the ${what}, but stores ${packed}.`);
  return {
    entry: { name, deflated: method === 8, size, header: local, begin, end: begin + packed },
    next: extraEnd + reader.uint16(offset + 32),
  };
}

function readEntries(reader: Reader, { count, offset, size }: Directory): readonly Entry[] {
  if (count > MAX_ENTRIES || count * CENTRAL_BYTES > size) throw fail(`claims ${count} entries in a directory of ${size} bytes.`);
  reader.assertInside(offset, size);
  const entries: Entry[] = [];
  let position = offset;
  for (let index = 0; index < count; index++) {
    const { entry, next } = readEntry(reader, position);
    entries.push(entry);
    position = next;
  }
  if (position !== offset + size) throw fail('has a directory of another size than it says.');
  return entries;
}

function assertApart(entries: readonly Entry[], directory: number): void {
  if (new Set(entries.map(({ name }) => name)).size !== entries.length) throw fail('has two entries of one name.');
  let end = 0;
  for (const entry of [...entries].sort((a, b) => a.header - b.header)) {
    if (entry.header < end || entry.end > directory) throw fail(`has the entry ${quoteName(entry.name)} overlap another.`);
    end = entry.end;
  }
}

/** Inflates an entry; stops as soon as it gives more than it claims. */
async function inflate(packed: Uint8Array, { name, size }: Entry): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  try {
    const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const reader = stream.getReader();
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
      const chunk = value ?? new Uint8Array();
      if (filled + chunk.length > size) {
        await reader.cancel();
        throw fail(`has the entry ${quoteName(name)}, which unpacks to more than the ${size} bytes that it claims.`);
      }
      bytes.set(chunk, filled);
      filled += chunk.length;
    }
  } catch (error) {
    if (error instanceof GanCanvasError) throw error;
    throw createCheckpointError(`the entry ${quoteName(name)} of its zip archive cannot be unpacked.`, error);
  }
  if (filled !== size) throw fail(`has the entry ${quoteName(name)}, which unpacks to ${filled} bytes instead of ${size}.`);
  return bytes;
}

/**
 * Reads a zip archive, zip64 included: the bytes of its entries by name, of stored ones a view into `bytes`. Checksums are not checked:
 * PyTorch can be told to write none.
 * @throws GanCanvasError `weights-format`
 */
export async function readZip(bytes: Uint8Array): Promise<ReadonlyMap<string, Uint8Array>> {
  const reader = createReader(bytes);
  const directory = readDirectory(reader, bytes.length);
  const entries = readEntries(reader, directory);
  assertApart(entries, directory.offset);
  const unpacked = entries.reduce((sum, { deflated, size }) => sum + (deflated ? size : 0), 0);
  if (unpacked > MAX_RATIO * bytes.length + FREE_BYTES) {
    throw fail(`claims to unpack to ${unpacked} bytes, more than ${MAX_RATIO} times its own ${bytes.length}; it may be a bomb.`);
  }
  const contents = new Map<string, Uint8Array>();
  for (const entry of entries) {
    const stored = bytes.subarray(entry.begin, entry.end);
    contents.set(entry.name, entry.deflated ? await inflate(stored, entry) : stored);
  }
  return contents;
}
