/** Ours: the step on the project's own runtime, with the kernels of training. */
import '../generate/probes.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { acquireRuntime } from '../../../../src/runtime/runtime.ts';
import { serveStep } from './harness.ts';

export const bench = serveStep(async () => {
  const backend = new URLSearchParams(location.search).get('backend') === 'webgpu' ? 'webgpu' : 'wasm';
  const runtime = await acquireRuntime(backend);
  await loadGradients(runtime);
  runtime.run(() => undefined);
  return { detail: runtime.report.at(-1)?.detail ?? '' };
});
