/**
 * Entry of the worker that all elements of a page share. It answers at once and loads the engine, with TensorFlow.js, when the
 * first generator is opened; a training has a worker of its own, which loads what trains. Bundled into the page's own script it does nothing there.
 */
import { serveEngine, type HostPort } from './worker-host.ts';

if ('WorkerGlobalScope' in globalThis) {
  serveEngine(
    self as unknown as HostPort,
    () => import('./create-generator.ts'),
    () => import('./fine-tune/train.ts'),
  );
}
