import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { replaceWasmKernel } from '../replace-kernel.wasm.ts';

type KernelArguments = Parameters<tf.KernelFunc>[0];

/** A tensor of the values from `begin` on, copied within the heap row by row: as long as they stand together. */
function copyPart(wasm: BackendWasm, x: tf.TensorInfo, begin: readonly number[], size: readonly number[]): tf.TensorInfo {
  const part = wasm.makeOutput([...size], x.dtype);
  if (tf.util.sizeFromShape([...size]) === 0) return part;
  const [from, to] = [wasm.typedArrayFromHeap(x), wasm.typedArrayFromHeap(part)];
  const heap = new Uint8Array(from.buffer);
  const strides = x.shape.map((_, axis) => tf.util.sizeFromShape(x.shape.slice(axis + 1)) * from.BYTES_PER_ELEMENT);
  let last = Math.max(0, x.shape.length - 1);
  while (last > 0 && size[last] === x.shape[last]) last--;
  const row = (size[last] ?? 1) * (strides[last] ?? from.BYTES_PER_ELEMENT);
  let target = to.byteOffset;
  const copy = (axis: number, start: number): void => {
    const [stride, first, count] = [strides[axis] ?? 0, begin[axis] ?? 0, size[axis] ?? 1];
    const source = start + first * stride;
    if (axis === last) {
      heap.copyWithin(target, source, source + row);
      target += row;
    } else {
      for (let index = 0; index < count; index++) copy(axis + 1, source + index * stride);
    }
  };
  copy(0, from.byteOffset);
  return part;
}

/** TF.js's `Slice` for numbers. */
export function sliceOnHeap({ inputs, attrs, backend }: KernelArguments): tf.TensorInfo {
  const x = inputs['x'] as tf.Tensor;
  const { begin, size } = attrs as unknown as tf.SliceAttrs;
  const [first, count] = tf.slice_util.parseSliceParams(x, begin, size) as [number[], number[]];
  tf.slice_util.assertParamsValid(x, first, count);
  return copyPart(backend as BackendWasm, x, first, count);
}

/** TF.js's `SplitV` for numbers. */
export function splitOnHeap({ inputs, attrs, backend }: KernelArguments): tf.TensorInfo[] {
  const x = inputs['x'] as tf.Tensor;
  const { numOrSizeSplits, axis } = attrs as unknown as tf.SplitVAttrs;
  const [along = 0] = tf.util.parseAxisParam(axis, x.shape);
  const begin = x.shape.map(() => 0);
  return tf.backend_util.prepareSplitSize(x, numOrSizeSplits, along).map((count) => {
    const size = x.shape.map((whole, at) => (at === along ? count : whole));
    const part = copyPart(backend as BackendWasm, x, begin, size);
    begin[along] = (begin[along] ?? 0) + count;
    return part;
  });
}

/** Puts our slices in place of TF.js's, which copy the whole tensor for every part of it; once for each realm. */
export function registerSlice(): void {
  const isOfNumbers = ({ inputs }: KernelArguments): boolean => ['float32', 'int32', 'bool'].includes((inputs['x'] as tf.TensorInfo).dtype);
  replaceWasmKernel('Slice', (params, stock) => (isOfNumbers(params) ? sliceOnHeap(params) : stock(params)));
  replaceWasmKernel('SplitV', (params, stock) => (isOfNumbers(params) ? splitOnHeap(params) : stock(params)));
}
