/** What WebGPU this page has. */
import { describeAdapter, requestAdapter } from '../../../src/runtime/gpu-adapter.ts';

export interface AdapterPage {
  describe(): Promise<{ readonly name: string; readonly isSoftware: boolean }>;
}

async function describe(): ReturnType<AdapterPage['describe']> {
  const adapter = await requestAdapter();
  const name = describeAdapter(adapter);
  return { name, isSoftware: adapter.info.isFallbackAdapter || /swiftshader|llvmpipe/i.test(name) };
}

export const bench: Promise<AdapterPage> = Promise.resolve({ describe });
