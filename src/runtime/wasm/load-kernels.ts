import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { GanCanvasError } from '../../support/errors.ts';
import { nodeFilePath, nodeModule } from '../node-file-path.ts';

/** What build/kernels.wasm exports. Pointers are bytes into TF.js's own memory; see `assembly/` for each. */
export interface WasmKernels {
  conv2dBackpropFilter(
    x: number,
    dy: number,
    dw: number,
    batch: number,
    inHeight: number,
    inWidth: number,
    inChannels: number,
    outHeight: number,
    outWidth: number,
    outChannels: number,
    kernelHeight: number,
    kernelWidth: number,
    strideHeight: number,
    strideWidth: number,
    padTop: number,
    padLeft: number,
  ): void;
}

const loaded = new WeakMap<object, Promise<WasmKernels>>();
const ready = new WeakMap<object, WasmKernels>();

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

async function readBytes(url: URL): Promise<BufferSource> {
  if (url.protocol === 'file:') {
    const files = nodeModule('node:fs/promises');
    if (files) return (await files.readFile(nodeFilePath(url.href))) as Uint8Array<ArrayBuffer>;
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}`);
  return response.arrayBuffer();
}

async function instantiate(backend: BackendWasm): Promise<WasmKernels> {
  const memory = memoryOf(backend);
  const isShared = typeof SharedArrayBuffer !== 'undefined' && memory.buffer instanceof SharedArrayBuffer;
  const url = isShared ? new URL('./build/kernels-shared.wasm', import.meta.url) : new URL('./build/kernels.wasm', import.meta.url);
  const { instance } = await WebAssembly.instantiate(await readBytes(url), { env: { memory } });
  const kernels = instance.exports as unknown as WasmKernels;
  ready.set(backend, kernels);
  return kernels;
}

/** Instantiates our kernels on the memory of the current backend, which must be TF.js's WASM backend; once for each backend. */
export async function loadWasmKernels(): Promise<void> {
  const backend = tf.backend() as BackendWasm;
  let pending = loaded.get(backend);
  if (!pending) {
    pending = instantiate(backend);
    loaded.set(backend, pending);
    pending.catch(() => loaded.delete(backend));
  }
  await pending;
}

/** The kernels of a backend for which {@link loadWasmKernels} is done. */
export function wasmKernelsOf(backend: BackendWasm): WasmKernels {
  const kernels = ready.get(backend);
  if (!kernels) throw new GanCanvasError('internal', 'The WASM kernels are not loaded; call loadGradients first.');
  return kernels;
}

/** Where a tensor's values are in TF.js's memory, in bytes. */
export function pointerOf(backend: BackendWasm, { dataId }: tf.TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}
