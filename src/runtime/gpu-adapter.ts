/** The GPU of this page or worker. Throws an Error whose message is the reason why there is none. */
export async function requestAdapter(): Promise<GPUAdapter> {
  const gpu = (globalThis.navigator as Navigator | undefined)?.gpu;
  if (!gpu) throw new Error('this browser or context has no navigator.gpu (WebGPU also needs a secure context)');
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('the browser has WebGPU, but no adapter for it (no GPU, or it is on the blocklist)');
  return adapter;
}

/** What the report calls an adapter. */
export function describeAdapter(adapter: GPUAdapter): string {
  const { vendor, architecture, description, isFallbackAdapter } = adapter.info;
  const name = [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter';
  return isFallbackAdapter ? `${name} (software)` : name;
}

/**
 * What `auto` asks before it loads the WebGPU backend: is there a GPU, and is it one? An adapter in software draws correctly, but slower than
 * WASM by far; who wants it names `webgpu`. Throws an Error whose message is the reason of the refusal.
 */
export async function assertHardwareGpu(): Promise<void> {
  const adapter = await requestAdapter();
  if (!adapter.info.isFallbackAdapter) return;
  throw new Error(`the only adapter is ${describeAdapter(adapter)}, slower than WASM; ask for backend "webgpu" to use it all the same`);
}
