/** Counts what any library takes from the browser: WASM memories, GPU buffers, dispatches. The harness imports it, before a library is started. */

const memories = new Set<WebAssembly.Memory>();
let gpuBytes = 0;
let peakGpuBytes = 0;
let dispatches = 0;

function keepMemories(exports: WebAssembly.Exports): void {
  for (const value of Object.values(exports)) if (value instanceof WebAssembly.Memory) memories.add(value);
}

function keepImports(imports: WebAssembly.Imports | undefined): void {
  for (const module of Object.values(imports ?? {})) keepMemories(module as WebAssembly.Exports);
}

type Instantiated = WebAssembly.WebAssemblyInstantiatedSource | WebAssembly.Instance;

/** Makes one of WebAssembly's ways to an instance tell of its memory, imported or its own. */
function watchInstantiation(name: 'instantiate' | 'instantiateStreaming'): void {
  const original = WebAssembly[name] as (source: unknown, imports?: WebAssembly.Imports) => Promise<Instantiated>;
  Object.assign(WebAssembly, {
    [name]: async (source: unknown, imports?: WebAssembly.Imports) => {
      keepImports(imports);
      const made = await original.call(WebAssembly, source, imports);
      keepMemories((made instanceof WebAssembly.Instance ? made : made.instance).exports);
      return made;
    },
  });
}

function watchInstances(): void {
  const Original = WebAssembly.Instance;
  WebAssembly.Instance = new Proxy(Original, {
    construct: (target, [module, imports]: [WebAssembly.Module, WebAssembly.Imports | undefined]) => {
      keepImports(imports);
      const instance = new target(module, imports);
      keepMemories(instance.exports);
      return instance;
    },
  });
}

function watchBuffers(): void {
  const live = new WeakMap<GPUBuffer, number>();
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    live.set(buffer, descriptor.size);
    gpuBytes += descriptor.size;
    peakGpuBytes = Math.max(peakGpuBytes, gpuBytes);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function () {
    gpuBytes -= live.get(this) ?? 0;
    live.delete(this);
    destroy.call(this);
  };
}

function watchDispatches(): void {
  const pass = GPUComputePassEncoder.prototype;
  const { dispatchWorkgroups, dispatchWorkgroupsIndirect } = pass;
  pass.dispatchWorkgroups = function (...counts) {
    dispatches += 1;
    dispatchWorkgroups.apply(this, counts);
  };
  pass.dispatchWorkgroupsIndirect = function (...where) {
    dispatches += 1;
    dispatchWorkgroupsIndirect.apply(this, where);
  };
}

watchInstantiation('instantiate');
watchInstantiation('instantiateStreaming');
watchInstances();
if ('GPUDevice' in globalThis) {
  watchBuffers();
  watchDispatches();
}

/** Bytes of all WASM memories; they never shrink, so that this is also the most there were. */
export function wasmBytes(): number {
  return [...memories].reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
}

/** The most bytes of GPU buffers that were alive at once; 0 where there is no GPU. */
export function mostGpuBytes(): number {
  return peakGpuBytes;
}

/** Compute dispatches so far. */
export function countDispatches(): number {
  return dispatches;
}
