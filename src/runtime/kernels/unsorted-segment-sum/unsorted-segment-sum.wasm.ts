import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { GanCanvasError } from '../../../support/errors.ts';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';

/** TF.js's kernel on the WASM backend, by our own SIMD code: float32 whatever x is, as TF.js has it elsewhere. */
function unsortedSegmentSum({ inputs, attrs, backend }: Parameters<tf.KernelFunc>[0]): tf.TensorInfo {
  const { x, segmentIds } = inputs as Record<'x' | 'segmentIds', tf.TensorInfo>;
  const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs;
  const [rows = 0, ...rest] = x.shape;
  if (segmentIds.shape.length !== 1 || segmentIds.shape[0] !== rows || x.shape.length === 0) {
    const shapes = `x is [${x.shape.join(', ')}], the segments are [${segmentIds.shape.join(', ')}]`;
    throw new GanCanvasError('internal', `UnsortedSegmentSum on WASM wants one segment for each row: ${shapes}.`);
  }
  const wasm = backend as BackendWasm;
  const isFloat = x.dtype === 'float32';
  const values = isFloat ? x : (tf.getKernel('Cast', 'wasm').kernelFunc({ inputs: { x }, attrs: { dtype: 'float32' }, backend }) as tf.TensorInfo); // prettier-ignore
  const y = wasm.makeOutput([numSegments, ...rest], 'float32');
  kernelsOf(wasm).kernels.segmentSum(
    pointerOf(wasm, values),
    pointerOf(wasm, segmentIds),
    pointerOf(wasm, y),
    rows,
    tf.util.sizeFromShape(rest),
    numSegments,
  );
  if (!isFloat) wasm.disposeData(values.dataId);
  return y;
}

/** Registers the kernel that TF.js's WASM backend lacks, and that the gradient of tf.gather needs; once for each realm. */
export function registerUnsortedSegmentSum(): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({ kernelName: 'UnsortedSegmentSum', backendName: 'wasm', kernelFunc: unsortedSegmentSum });
}
