import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { assert } from 'chai';
import { readRgba, toImageBitmap, type GridTensor } from '../../src/runtime/pixels.ts';
import { GanCanvasError } from '../../src/support/errors.ts';
import { eachBackend } from '../support/backends.ts';
import { maxDifference } from '../support/tensor-fixture.ts';
import { createPackedTestGrid, createTestGrid, TEST_HEIGHT, TEST_WIDTH, testLevels } from './test-grid.ts';

type Path = 'canvas' | 'read-back';

/** The bytes 252, 253, 254, 255. */
const PIXEL = 0xff_fe_fd_fc | 0;

/** What a page sees of a bitmap; closes it. */
function pixelsOf(bitmap: ImageBitmap): Uint8ClampedArray {
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('no 2d context');
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  bitmap.close();
  return data;
}

/** Has a dedicated worker draw the grid. */
async function drawInWorker(backend: string, path: Path): Promise<{ bitmap: ImageBitmap; backend: string }> {
  const worker = new Worker(new URL('./pixels.worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
      worker.onmessage = ({ data }: MessageEvent<'ready' | { bitmap: ImageBitmap; backend: string }>) => {
        if (data === 'ready') worker.postMessage([backend, path]);
        else resolve(data);
      };
    });
  } finally {
    worker.terminate();
  }
}

describe('runtime/pixels', () => {
  eachBackend((name, acquire) => {
    for (const [what, create] of Object.entries({ levels: createTestGrid, 'packed pixels': createPackedTestGrid })) {
      it(`reads ${what} exactly`, async () => {
        const runtime = await acquire();
        const grid = runtime.run<GridTensor>(create);
        assert.equal(maxDifference(await readRgba(runtime, grid), testLevels()), 0);
        grid.dispose();
      });
    }

    const paths: Path[] = name === 'webgpu' ? ['canvas', 'read-back'] : ['read-back'];
    for (const path of paths) {
      const create: () => GridTensor = path === 'canvas' ? createPackedTestGrid : createTestGrid;

      it(`makes a bitmap of the same levels in a page, by ${path}`, async () => {
        const runtime = await acquire();
        const grid = runtime.run(create);
        const bitmap = await toImageBitmap(runtime, grid, path);
        assert.deepEqual([bitmap.width, bitmap.height], [TEST_WIDTH, TEST_HEIGHT]);
        assert.equal(maxDifference(pixelsOf(bitmap), testLevels()), 0);
        grid.dispose();
      });

      it(`makes a bitmap of the same levels in a dedicated worker, by ${path}`, async () => {
        const { bitmap, backend } = await drawInWorker(name, path);
        assert.equal(backend, name);
        assert.equal(maxDifference(pixelsOf(bitmap), testLevels()), 0);
      });

      it(`keeps memory flat over many bitmaps, by ${path}`, async () => {
        const runtime = await acquire();
        const grid = runtime.run(create);
        (await toImageBitmap(runtime, grid, path)).close();
        const before = runtime.memory();
        for (let i = 0; i < 20; i++) (await toImageBitmap(runtime, grid, path)).close();
        assert.deepEqual(runtime.memory(), before);
        grid.dispose();
      });
    }
  });

  eachBackend(
    (_, acquire) => {
      it('draws canvases without reading back, of changing sizes, without a GPU error', async () => {
        const runtime = await acquire();
        const backend = runtime.run(() => tf.backend() as WebGPUBackend);
        backend.read = () => assert.fail('pixels were read back');
        backend.device.pushErrorScope('validation');
        for (const [height, width] of [
          [40, 36],
          [64, 64],
          [40, 36],
        ] as const) {
          const grid = runtime.run(() => tf.fill([height, width], PIXEL, 'int32') as tf.Tensor2D);
          const bitmap = await toImageBitmap(runtime, grid, 'canvas');
          const data = pixelsOf(bitmap);
          assert.equal(data.length, height * width * 4);
          assert.deepEqual([...data.slice(-4)], [252, 253, 254, 255]);
          grid.dispose();
        }
        assert.isNull(await backend.device.popErrorScope());
        Reflect.deleteProperty(backend, 'read');
      });

      it('does not trust a software adapter with a canvas', async () => {
        const runtime = await acquire();
        const software = runtime.report.at(-1)?.detail.includes('(software)') ?? false;
        assert.equal(runtime.canPresent, !software);
      });

      it('calls a read from a lost device backend-unavailable, not an abort', async () => {
        const runtime = await acquire();
        const grid = runtime.run(createTestGrid);
        const reading = readRgba(runtime, grid);
        runtime.run(() => (tf.backend() as WebGPUBackend).device.destroy());
        const error: unknown = await reading.catch((reason: unknown) => reason);
        assert.instanceOf(error, GanCanvasError);
        assert.equal((error as GanCanvasError).code, 'backend-unavailable');
        grid.dispose();
      });
    },
    ['webgpu'],
  );
});
