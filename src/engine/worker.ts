/**
 * Entry of the worker that all elements of a page share. It answers at once and loads the engine, with TensorFlow.js, when the
 * first generator is opened. Bundled into the page's own script it does nothing there.
 */
import { serveEngine, type HostPort } from './worker-host.ts';

if ('WorkerGlobalScope' in globalThis) {
  serveEngine(self as unknown as HostPort, () => import('./create-generator.ts'));
}
