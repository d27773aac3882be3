import { setThreadsCount, setWasmPaths, type BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { env, findBackendFactory } from '@tensorflow/tfjs-core';
import { canStartBlobWorkers } from '../blob-workers.ts';
import { registerLeakyRelu } from '../kernels/leaky-relu/leaky-relu.wasm.ts';
import { registerFusedWasmKernels, unregisterFusedWasmKernels } from '../kernels/register-fused.wasm.ts';
import { nodeFilePath } from '../node-file-path.ts';
import type { OpenedBackend } from '../opened-backend.ts';
import { compileKernels, startKernels } from '../wasm/load-kernels.ts';

/** More threads than this do not help networks of our size. */
const MAX_THREADS = 4;

/** The factory that the package registered when it was imported. The runtime replaces the registration by the open backend. */
const packageFactory = findBackendFactory('wasm');
let pathsAreSet = false;

/** Tells TF.js where its binaries are; only once, since it refuses a second time after a failure. */
function setBinaryPaths(): void {
  if (pathsAreSet) return;
  const simd = new URL('../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url);
  const threaded = new URL(
    '../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
    import.meta.url,
  );
  setWasmPaths({
    // Never fetched: a browser without SIMD is refused below. TF.js wants an entry all the same.
    'tfjs-backend-wasm.wasm': nodeFilePath(simd.href),
    'tfjs-backend-wasm-simd.wasm': nodeFilePath(simd.href),
    'tfjs-backend-wasm-threaded-simd.wasm': nodeFilePath(threaded.href),
  });
  pathsAreSet = true;
}

async function assertSimd(): Promise<void> {
  if (typeof WebAssembly === 'undefined') throw new Error('there is no WebAssembly here');
  if (!(await env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('this WebAssembly has no SIMD instructions');
}

/** Why there is only one thread, or null where TF.js may start threads. */
async function refusalOfThreads(): Promise<string | null> {
  if ((globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== true) return 'not cross-origin isolated';
  if ((navigator.hardwareConcurrency || 1) < 2) return 'there is one processor core';
  if (!(await canStartBlobWorkers())) return 'workers from blob: URLs are forbidden here';
  return null;
}

function describe(error: unknown): string {
  return (error as { message?: string }).message ?? String(error);
}

/** Starts TF.js's WASM backend with our kernels: SIMD always, threads only where the page is cross-origin isolated and blob workers may start. */
export async function openBackend(): Promise<OpenedBackend> {
  await assertSimd();
  const oneThread = await refusalOfThreads();
  const threads = oneThread === null ? Math.min(MAX_THREADS, navigator.hardwareConcurrency) : 1;
  env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
  if (threads > 1) setThreadsCount(threads);
  setBinaryPaths();
  registerLeakyRelu();
  // Both files at once.
  const compiling = compileKernels(threads > 1).catch(
    (error: unknown) => new Error(`our own .wasm file: ${describe(error)}`, { cause: error }),
  );
  const kernelBackend = (await Promise.resolve(packageFactory()).catch((error: unknown) => {
    throw new Error(`TF.js could not start its .wasm file: ${describe(error)}`, { cause: error });
  })) as BackendWasm;
  const compiled = await compiling;
  if (compiled instanceof Error) {
    kernelBackend.dispose();
    throw compiled;
  }
  const { pool } = await startKernels(kernelBackend, compiled, threads);
  registerFusedWasmKernels();
  const instructions = compiled.isRelaxed ? 'relaxed SIMD' : 'SIMD';
  return {
    kernelBackend,
    detail: oneThread === null ? `${instructions}, ${pool.threads} threads` : `${instructions}, 1 thread (${oneThread})`,
    canPresent: false,
    gpuBytes: () => null,
    close: () => {
      unregisterFusedWasmKernels();
      pool.close();
    },
  };
}
