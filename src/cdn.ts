/**
 * Entry of the one-file script for CDNs: in a page it registers `<gan-canvas>`; the same file, started as the page's worker,
 * runs the engine. The build keeps both imports lazy, so that each realm evaluates only its own half.
 */
const inWorker = typeof document === 'undefined' && 'WorkerGlobalScope' in globalThis;
if (inWorker) await import('./engine/worker.ts');
else await import('./index.ts');
export {};
