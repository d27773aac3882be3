import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { GanCanvasError } from '../support/errors.ts';
import { presentBuffer } from './canvas-presenter.webgpu.ts';
import type { Runtime } from './runtime.ts';

/** A grid on a runtime: [height, width, 4] of whole numbers 0…255, or packed, int32 [height, width] with the four bytes of a pixel in each. */
export type GridTensor = tf.Tensor3D | tf.Tensor2D;

/**
 * The bytes of a grid: RGBA, straight alpha, row by row. `grid` is borrowed.
 * Throws `backend-unavailable` when the GPU device is lost meanwhile.
 */
export async function readRgba(runtime: Runtime, grid: GridTensor): Promise<Uint8ClampedArray> {
  const levels = await grid.data().catch((error: unknown) => {
    // A lost device rejects with an AbortError, which must not pass for an abort of the caller's.
    const reason = error instanceof Error ? error.message : String(error);
    throw new GanCanvasError('backend-unavailable', `Pixels could not be read from ${runtime.backend}: ${reason}.`, { cause: error });
  });
  if (grid.rank === 3) return Uint8ClampedArray.from(levels);
  return new Uint8ClampedArray(levels.buffer, levels.byteOffset, levels.byteLength);
}

/**
 * A grid as a bitmap that the caller owns. `grid` as in {@link readRgba}. On a GPU the pixels stay there; elsewhere they are copied.
 * `path` is for tests: the way to take instead of the runtime's own.
 */
export async function toImageBitmap(
  runtime: Runtime,
  grid: GridTensor,
  path: 'canvas' | 'read-back' = runtime.canPresent ? 'canvas' : 'read-back',
): Promise<ImageBitmap> {
  const [height, width] = grid.shape;
  if (path === 'canvas') {
    const presented = runtime.run(() => presentGrid(grid));
    if (presented) {
      // Until then the bitmap is a promise of the GPU's: its time would be counted short, and a device lost now would leave it blank.
      await presented.device.queue.onSubmittedWorkDone();
      return presented.bitmap;
    }
  }
  const pixels = await readRgba(runtime, grid);
  return createImageBitmap(new ImageData(pixels as Uint8ClampedArray<ArrayBuffer>, width, height));
}

/** The grid drawn by its GPU device; null for one that is not packed, and for a tensor that TF.js still keeps in JavaScript's memory. */
function presentGrid(grid: GridTensor): { readonly bitmap: ImageBitmap; readonly device: GPUDevice } | null {
  const backend = tf.backend() as WebGPUBackend;
  if (grid.rank !== 2 || !backend.tensorMap.get(grid.dataId).resource) return null;
  const [height, width] = grid.shape;
  // Submits what TF.js has recorded so far, and copies the tensor; drawing comes after that in the queue.
  const { tensorRef, buffer } = grid.dataToGPU();
  try {
    const { device } = backend;
    return buffer ? { bitmap: presentBuffer(device, buffer, width, height), device } : null;
  } finally {
    tensorRef.dispose();
  }
}
