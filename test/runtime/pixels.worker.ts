// A dedicated worker that draws a known grid on the backend it is told and posts the bitmap.
import * as tf from '@tensorflow/tfjs-core';
import type { BackendName } from '../../src/runtime/backend.ts';
import { toImageBitmap, type GridTensor } from '../../src/runtime/pixels.ts';
import { acquireRuntime } from '../../src/runtime/runtime.ts';
import { createPackedTestGrid, createTestGrid } from './test-grid.ts';

self.onmessage = ({ data }: MessageEvent<[BackendName, 'canvas' | 'read-back']>) => {
  void (async () => {
    const runtime = await acquireRuntime(data[0]);
    const grid = runtime.run<GridTensor>(() => (data[1] === 'canvas' ? createPackedTestGrid() : createTestGrid()));
    const bitmap = await toImageBitmap(runtime, grid, data[1]);
    tf.dispose(grid);
    self.postMessage({ bitmap, backend: runtime.backend });
    runtime.dispose();
  })().catch((error: unknown) => self.reportError(error));
};
self.postMessage('ready');
