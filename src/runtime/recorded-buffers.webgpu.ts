/** What TF.js's backend takes buffers from. */
export interface BufferSource {
  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation?: boolean, reuse?: boolean): GPUBuffer;
  releaseBuffer(buffer: GPUBuffer, reuse?: boolean): void;
}

/** Buffers that recordings have in common, since they are repeated one after the other and copy their results out. */
export class Scratch {
  readonly #device: GPUDevice;
  readonly #all = new Set<GPUBuffer>();
  #free = new Map<string, GPUBuffer[]>();
  /** Holds the last repetition until TF.js submits it. */
  encoder: GPUCommandEncoder | null = null;
  sizeBytes = 0;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  take(size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const free = this.#free.get(keyOf(size, usage))?.pop();
    if (free) return free;
    const buffer = this.#device.createBuffer({ size, usage });
    this.#all.add(buffer);
    this.sizeBytes += size;
    return buffer;
  }

  owns(buffer: GPUBuffer): boolean {
    return this.#all.has(buffer);
  }

  /** For what is recorded after this in the same recording, or in another. */
  giveBack(buffer: GPUBuffer): void {
    const key = keyOf(buffer.size, buffer.usage);
    const free = this.#free.get(key);
    if (free) free.push(buffer);
    else this.#free.set(key, [buffer]);
  }

  /** A recording has ended: another begins with all of them. */
  giveBackAll(): void {
    this.#free = new Map();
    for (const buffer of this.#all) this.giveBack(buffer);
  }

  destroy(): void {
    for (const buffer of this.#all) buffer.destroy();
  }
}

/**
 * What TF.js takes for its buffers while it is recorded. One is used again when its tensor was disposed of, as it will be in every repetition; but
 * one that was created with values is the recording's own, as uniforms are: nothing would write them a second time.
 */
export class RecordedBuffers implements BufferSource {
  readonly #device: GPUDevice;
  readonly #scratch: Scratch;
  /** Where the buffers of tensors from before the recording go back to. */
  readonly #outer: BufferSource;
  readonly #own = new Set<GPUBuffer>();
  sizeBytes = 0;

  constructor(device: GPUDevice, scratch: Scratch, outer: BufferSource) {
    this.#device = device;
    this.#scratch = scratch;
    this.#outer = outer;
  }

  acquireBuffer(size: number, usage: GPUBufferUsageFlags, mappedAtCreation = false): GPUBuffer {
    if (!mappedAtCreation && (usage & GPUBufferUsage.UNIFORM) === 0) return this.#scratch.take(size, usage);
    const buffer = this.#device.createBuffer({ size, usage, mappedAtCreation });
    this.#own.add(buffer);
    this.sizeBytes += size;
    return buffer;
  }

  releaseBuffer(buffer: GPUBuffer): void {
    if (this.#scratch.owns(buffer)) this.#scratch.giveBack(buffer);
    else if (!this.#own.has(buffer)) this.#outer.releaseBuffer(buffer);
  }

  destroy(): void {
    for (const buffer of this.#own) buffer.destroy();
  }
}

function keyOf(size: number, usage: GPUBufferUsageFlags): string {
  return `${size} ${usage}`;
}
