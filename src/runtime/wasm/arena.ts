import { GanCanvasError } from '../../support/errors.ts';

/** What Emscripten's module gives of its allocator. */
interface Allocator {
  _malloc(bytes: number): number;
  _free(pointer: number): void;
}

/** Vectors are 16 bytes, cache lines 64. */
const ALIGNMENT = 64;

/** Scratch memory on TF.js's heap, kept from call to call: no allocation while frames are drawn. Valid until the next `reserve`. */
export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #allocator: Allocator;
  #block = 0;
  #bytes = 0;

  constructor(allocator: Allocator, memory: WebAssembly.Memory) {
    this.#allocator = allocator;
    this.memory = memory;
  }

  /** The pointers to blocks of that many bytes each, aligned to cache lines; their contents are whatever was there. */
  reserve<T extends readonly number[]>(...sizes: T): { -readonly [K in keyof T]: number } {
    const rounded = sizes.map((bytes) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    let pointer = this.#grow(rounded.reduce((sum, bytes) => sum + bytes, 0));
    return rounded.map((bytes) => (pointer += bytes) - bytes) as { -readonly [K in keyof T]: number };
  }

  /** A block of its own that stays, as long as the backend. */
  allocate(bytes: number): number {
    // A pointer beyond 2 GB comes as a negative number.
    const pointer = this.#allocator._malloc(bytes) >>> 0;
    if (!pointer) throw new GanCanvasError('backend-unavailable', `The WASM memory has no room for ${bytes} bytes.`);
    return pointer;
  }

  #grow(bytes: number): number {
    if (bytes > this.#bytes) {
      if (this.#block) this.#allocator._free(this.#block);
      this.#block = this.#bytes = 0;
      this.#block = this.allocate(bytes + ALIGNMENT);
      this.#bytes = bytes;
    }
    return Math.ceil(this.#block / ALIGNMENT) * ALIGNMENT;
  }
}
