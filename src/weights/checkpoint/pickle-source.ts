import { createCheckpointError } from './checkpoint-error.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** `module` and `name` of a class are short. */
const MAX_LINE = 400;

/** The bytes of a pickle and how far they have been read. Every length that they claim is checked against what is there. */
export class PickleSource {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = start;
  }

  /** Where the next byte is. */
  get position(): number {
    return this.#position;
  }

  /** Throws unless `count` bytes follow. */
  assertLeft(count: number): void {
    const left = this.#bytes.length - this.#position;
    if (count <= left) return;
    throw createCheckpointError(`at byte ${this.#position} it claims ${count} bytes, but only ${left} follow; it may be truncated.`);
  }

  /** Moves on by `count` bytes; gives where they begin. */
  skip(count: number): number {
    this.assertLeft(count);
    const start = this.#position;
    this.#position += count;
    return start;
  }

  uint8(): number {
    return this.#view.getUint8(this.skip(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.skip(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.skip(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.skip(4), true);
  }

  /** Rounded beyond 2^53, where it is larger than any file anyway. */
  uint64(): number {
    const low = this.uint32();
    return this.uint32() * 2 ** 32 + low;
  }

  /** Big-endian, as pickles store floats. */
  float64(): number {
    return this.#view.getFloat64(this.skip(8), false);
  }

  /** A view into the file. */
  bytes(count: number): Uint8Array {
    const start = this.skip(count);
    return this.#bytes.subarray(start, start + count);
  }

  text(count: number): string {
    const start = this.#position;
    try {
      return UTF8.decode(this.bytes(count));
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      throw createCheckpointError(`the text at byte ${start} is not UTF-8.`, error);
    }
  }

  /** Text up to a line feed, which is left out. */
  line(): string {
    const start = this.#position;
    const end = this.#bytes.subarray(start, start + MAX_LINE).indexOf(0x0a);
    if (end < 0) throw createCheckpointError(`the name at byte ${start} does not end within ${MAX_LINE} bytes.`);
    const text = this.text(end);
    this.skip(1);
    return text;
  }

  /** A little-endian two's complement integer. */
  integer(count: number): number | bigint {
    let value = 0n;
    const bytes = this.bytes(count);
    for (let index = bytes.length - 1; index >= 0; index--) value = (value << 8n) | BigInt(bytes[index] ?? 0);
    value = BigInt.asIntN(8 * count, value);
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
}
