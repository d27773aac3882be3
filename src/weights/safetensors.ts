/**
 * The safetensors container: 8 bytes with the header's length (little-endian), a JSON header, then the tensors' bytes without
 * holes. Everything the header claims is checked against the bytes that are there before any of it is used.
 */
import { GanCanvasError } from '../support/errors.ts';

/** The types of numbers that gan-canvas reads and writes, with their size. */
export const DTYPE_BYTES = { F16: 2, F32: 4 } as const;
export type Dtype = keyof typeof DTYPE_BYTES;

/** A tensor as it lies in the file. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Its little-endian bytes; when decoded, a view into the file, of any alignment. */
  readonly bytes: Uint8Array;
}

export interface SafetensorsFile {
  /** The header's `__metadata__`; strings only. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 8 * 1024 * 1024;
const MAX_RANK = 8;
const MAX_DEPTH = 64;
const METADATA = '__metadata__';

/** The error of a file that is not what it should be: code `weights-format`. */
export function createFormatError(reason: string, cause?: unknown): GanCanvasError {
  return new GanCanvasError('weights-format', `The weights file cannot be read: ${reason}`, cause === undefined ? {} : { cause });
}

/** Quotes text of a file for a message, shortened. */
export function quoteName(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
}

/** True for what JSON calls an object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Throws on a machine whose numbers are not little-endian, where views on the file would be wrong; there are no browsers on such. */
export function assertLittleEndian(): void {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return;
  throw new GanCanvasError('internal', 'This machine is not little-endian; gan-canvas reads and writes weights only on machines that are.');
}

/** What a file that is no safetensors file may be instead. */
function guessKind(bytes: Uint8Array): string {
  const start = new TextDecoder().decode(bytes.subarray(0, 64)).trimStart();
  if (start.startsWith('<')) return ' It begins like an HTML page: does the URL lead to a page instead of the file?';
  if (start.startsWith('version https://git-lfs')) return ' It is a Git LFS pointer: fetch the real file with "git lfs pull".';
  if (start.startsWith('PK') || (bytes[0] === 0x80 && (bytes[1] ?? 9) <= 5))
    return ' It looks like a PyTorch checkpoint: convert it with "npx gan-canvas import".';
  return '';
}

function readHeaderText(bytes: Uint8Array): string {
  if (bytes.length < LENGTH_BYTES)
    throw createFormatError(`it has ${bytes.length} bytes, too few for a safetensors file.${guessKind(bytes)}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES);
  const length = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
  if (length < 2 || length > MAX_HEADER_BYTES) {
    throw createFormatError(`its header claims ${length} bytes; expected 2 to ${MAX_HEADER_BYTES}.${guessKind(bytes)}`);
  }
  if (length > bytes.length - LENGTH_BYTES) {
    throw createFormatError(`its header claims ${length} bytes, but only ${bytes.length - LENGTH_BYTES} follow; it may be truncated.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  } catch (error) {
    throw createFormatError('its header is not UTF-8.', error);
  }
}

/** Where the string that begins at `start` ends, its closing quote included. */
function endOfString(text: string, start: number): number {
  let index = start + 1;
  while (text[index] !== '"') index += text[index] === '\\' ? 2 : 1;
  return index + 1;
}

/**
 * Refuses what JSON.parse lets pass in silence: a key twice in one object, of which it keeps the last, and depths at which
 * recursion would end in a stack overflow. `text` is valid JSON.
 */
function assertSoundJson(text: string, what: string): void {
  const open: (Set<string> | null)[] = [];
  for (let index = 0; index < text.length;) {
    const character = text[index];
    if (character === '"') {
      const end = endOfString(text, index);
      const next = /\s*(.?)/y;
      next.lastIndex = end;
      if (next.exec(text)?.[1] === ':') {
        const key = JSON.parse(text.slice(index, end)) as string;
        const keys = open.at(-1);
        if (keys?.has(key)) throw createFormatError(`${what} has the key ${quoteName(key)} twice.`);
        keys?.add(key);
      }
      index = end;
      continue;
    }
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(null);
    else if (character === '}' || character === ']') open.pop();
    if (open.length > MAX_DEPTH) throw createFormatError(`${what} is nested more than ${MAX_DEPTH} deep.`);
    index += 1;
  }
}

/** Parses JSON text from a file; `what` names it in messages. */
export function parseJsonObject(text: string, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw createFormatError(`${what} is no JSON.`, error);
  }
  if (!isRecord(value)) throw createFormatError(`${what} is no JSON object.`);
  assertSoundJson(text, what);
  return value;
}

function readMetadata(value: unknown): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value)) throw createFormatError(`${METADATA} is no object.`);
  const entries = Object.entries(value).map(([key, text]): [string, string] => {
    if (typeof text !== 'string') throw createFormatError(`the metadata ${quoteName(key)} is no string.`);
    return [key, text];
  });
  return Object.fromEntries(entries);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, value: unknown, dataBytes: number): Entry {
  const fail = (reason: string): GanCanvasError => createFormatError(`tensor ${quoteName(name)} ${reason}`);
  if (!isRecord(value)) throw fail('is described by no object.');
  const { dtype, shape, data_offsets: offsets } = value;
  if (dtype !== 'F16' && dtype !== 'F32') throw fail(`has the dtype ${quoteName(String(dtype))}; expected F16 or F32.`);
  if (!Array.isArray(shape) || shape.length > MAX_RANK || !shape.every(isCount)) {
    throw fail(`has no valid shape; expected up to ${MAX_RANK} integers from 0.`);
  }
  const sizeBytes = shape.reduce((product, count) => product * count, DTYPE_BYTES[dtype]);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount))
    throw fail('has no valid data_offsets; expected two integers from 0.');
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end > dataBytes) throw fail(`claims the bytes ${begin} to ${end} of ${dataBytes}; the file may be truncated.`);
  if (end - begin !== sizeBytes) throw fail(`has ${end - begin} bytes, but ${dtype} [${shape.join(', ')}] takes ${sizeBytes}.`);
  return { name, dtype, shape: Object.freeze([...shape]), begin, end };
}

function assertContiguous(entries: readonly Entry[], dataBytes: number): void {
  let position = 0;
  let previous = 'the header';
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < position) throw createFormatError(`tensor ${quoteName(name)} overlaps ${previous}.`);
    if (begin > position) throw createFormatError(`there is a hole of ${begin - position} bytes before tensor ${quoteName(name)}.`);
    position = end;
    previous = quoteName(name);
  }
  if (position !== dataBytes) throw createFormatError(`${dataBytes - position} bytes follow after the last tensor.`);
}

/**
 * Reads a safetensors file without copying: the tensors are views into `bytes`.
 * @throws GanCanvasError `weights-format`: header length, JSON, duplicate keys, dtypes other than F16 and F32, shapes, offsets out of
 * range, sizes other than shape · bytes, overlaps, holes, trailing bytes.
 */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const text = readHeaderText(bytes);
  const header = parseJsonObject(text, 'its header');
  const data = bytes.subarray(LENGTH_BYTES + new TextEncoder().encode(text).length);
  const entries = Object.entries(header)
    .filter(([name]) => name !== METADATA)
    .map(([name, value]) => readEntry(name, value, data.length));
  assertContiguous(entries, data.length);
  const tensors = new Map<string, StoredTensor>();
  for (const { name, dtype, shape, begin, end } of entries) tensors.set(name, { dtype, shape, bytes: data.subarray(begin, end) });
  return { metadata: readMetadata(header[METADATA]), tensors };
}

/**
 * Writes a safetensors file: F32 tensors before F16 ones, else in the order given; the header is padded with spaces to a multiple of 8
 * bytes, so that every tensor is aligned. Equal input gives equal bytes.
 */
export function encodeSafetensors(file: SafetensorsFile): Uint8Array<ArrayBuffer> {
  const ordered = [...file.tensors].sort(([, a], [, b]) => DTYPE_BYTES[b.dtype] - DTYPE_BYTES[a.dtype]);
  const header: [string, unknown][] = Object.keys(file.metadata).length > 0 ? [[METADATA, file.metadata]] : [];
  let position = 0;
  for (const [name, { dtype, shape, bytes }] of ordered) {
    const sizeBytes = shape.reduce((product, count) => product * count, DTYPE_BYTES[dtype]);
    if (name === METADATA || bytes.length !== sizeBytes) {
      throw new GanCanvasError(
        'internal',
        `Tensor ${quoteName(name)} with ${bytes.length} bytes cannot be written as ${dtype} [${shape.join(', ')}].`,
      );
    }
    header.push([name, { dtype, shape, data_offsets: [position, position + sizeBytes] }]);
    position += sizeBytes;
  }
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  const headerBytes = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + headerBytes + position).fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  new DataView(bytes.buffer).setUint32(0, headerBytes, true);
  bytes.set(text, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const [, tensor] of ordered) {
    bytes.set(tensor.bytes, offset);
    offset += tensor.bytes.length;
  }
  return bytes;
}
