import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { GanCanvasError } from '../../support/errors.ts';
import { nodeFilePath, nodeModule } from '../node-file-path.ts';
import { Arena } from './arena.ts';
import { ThreadPool } from './thread-pool.ts';
import type { WasmKernels } from './wasm-kernels.ts';

/** Our kernels on the memory of one backend. */
export interface LoadedKernels {
  readonly kernels: WasmKernels;
  readonly arena: Arena;
  readonly pool: ThreadPool;
}

/** A module with one relaxed SIMD instruction (i8x16.relaxed_swizzle), to be validated. */
const RELAXED_PROBE = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11],
);

const loaded = new WeakMap<object, LoadedKernels>();

/** TF.js's memory: a property of the module in the threaded build, an export of the instance in the other. */
function memoryOf(backend: BackendWasm): WebAssembly.Memory {
  const { wasmMemory, asm } = backend.wasm as unknown as {
    wasmMemory?: WebAssembly.Memory;
    asm?: { memory?: WebAssembly.Memory };
  };
  const memory = wasmMemory ?? asm?.memory;
  if (memory instanceof WebAssembly.Memory) return memory;
  throw new GanCanvasError('internal', 'The WASM backend shows no memory; this release of TF.js is not the one gan-canvas was made for.');
}

function binaryUrl(isShared: boolean, isRelaxed: boolean): URL {
  if (isShared && isRelaxed) return new URL('./build/kernels-shared-relaxed.wasm', import.meta.url);
  if (isShared) return new URL('./build/kernels-shared.wasm', import.meta.url);
  return isRelaxed ? new URL('./build/kernels-relaxed.wasm', import.meta.url) : new URL('./build/kernels.wasm', import.meta.url);
}

async function readBytes(url: URL): Promise<BufferSource> {
  if (url.protocol === 'file:') {
    const files = nodeModule('node:fs/promises');
    if (files) return (await files.readFile(nodeFilePath(url.href))) as Uint8Array<ArrayBuffer>;
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
  return response.arrayBuffer();
}

/** Our kernels as a module, in the instructions that this browser has. */
export interface CompiledKernels {
  readonly module: WebAssembly.Module;
  /** Whether they multiply and add in one instruction. */
  readonly isRelaxed: boolean;
}

/** Fetches and compiles the kernels, for a backend with shared memory or without. Rejects when the file cannot be had or compiled. */
export async function compileKernels(isShared: boolean): Promise<CompiledKernels> {
  const isRelaxed = WebAssembly.validate(RELAXED_PROBE);
  const module = await WebAssembly.compile(await readBytes(binaryUrl(isShared, isRelaxed)));
  return { module, isRelaxed };
}

/** Puts compiled kernels on the memory of a backend that TF.js has started, with `threads` threads, this one included; once for each backend. */
export async function startKernels(backend: BackendWasm, { module }: CompiledKernels, threads: number): Promise<LoadedKernels> {
  const memory = memoryOf(backend);
  const { exports } = await WebAssembly.instantiate(module, { env: { memory } });
  const kernels = exports as unknown as WasmKernels;
  const arena = new Arena(backend.wasm as unknown as ConstructorParameters<typeof Arena>[0], memory);
  const pool = await ThreadPool.start({ module, memory, kernels, arena }, threads);
  const all = { kernels, arena, pool };
  loaded.set(backend, all);
  return all;
}

/** Whether {@link startKernels} is done for that backend: a page may have a WASM backend of its own, of which we know nothing. */
export function hasKernels(backend: object): boolean {
  return loaded.has(backend);
}

/** The kernels of a backend for which {@link startKernels} is done. */
export function kernelsOf(backend: BackendWasm): LoadedKernels {
  const found = loaded.get(backend);
  if (!found) throw new GanCanvasError('internal', 'The WASM kernels of this backend are not loaded; this is a defect of gan-canvas.');
  return found;
}

/** Where a tensor's values are in TF.js's memory, in bytes. */
export function pointerOf(backend: BackendWasm, { dataId }: TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}
