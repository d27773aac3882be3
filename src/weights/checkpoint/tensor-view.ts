import { decodeFloat16 } from '../float16.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { isPickleList, isTensorStorage, STORAGE_BYTES } from './checkpoint-values.ts';
import type { PickleValue, StorageType, TensorView } from './checkpoint-values.ts';

const MAX_RANK = 8;

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function readCounts(value: PickleValue | undefined, what: string): readonly number[] {
  if (!isPickleList(value) || value.length > MAX_RANK || !value.every(isCount)) {
    throw createCheckpointError(`a tensor has no valid ${what}; expected up to ${MAX_RANK} integers from 0.`);
  }
  return Object.freeze([...value]);
}

/** Elements of a tensor of that shape. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, count) => product * count, 1);
}

/**
 * A tensor on a storage: (storage, offset, shape, strides, …), as torch._utils._rebuild_tensor_v2 takes them. All its elements must lie in
 * the storage, and there may not be more of them than numbers in it: tensors that repeat numbers by strides of 0 could claim any size.
 */
export function createTensorView([storage, offset, size, stride]: readonly PickleValue[]): TensorView {
  if (!isTensorStorage(storage) || !isCount(offset)) throw createCheckpointError('a tensor has no storage or no valid offset in it.');
  const shape = readCounts(size, 'shape');
  const strides = readCounts(stride, 'strides');
  if (strides.length !== shape.length)
    throw createCheckpointError(`a tensor has ${shape.length} dimensions, but ${strides.length} strides.`);
  const count = countElements(shape);
  const last = shape.reduce((sum, length, axis) => sum + (length - 1) * (strides[axis] ?? 0), offset);
  if (count > storage.count || (count > 0 && last >= storage.count)) {
    throw createCheckpointError(
      `a tensor of the shape [${shape.join(', ')}] at ${offset} with the strides [${strides.join(', ')}] does not fit into its storage of ${storage.count} numbers.`,
    );
  }
  return Object.freeze({ kind: 'tensor', storage, offset, shape, strides });
}

function isContiguous({ shape, strides }: TensorView): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis] ?? 1;
  }
  return true;
}

/** How a number of each type lies at a byte offset, of any alignment. */
const READERS: Readonly<Record<StorageType, (view: DataView, offset: number) => number>> = {
  F64: (view, offset) => view.getFloat64(offset, true),
  F32: (view, offset) => view.getFloat32(offset, true),
  F16: (view, offset) => decodeFloat16(Uint16Array.of(view.getUint16(offset, true)))[0] ?? NaN,
  // The upper half of a single-precision number.
  BF16: (view, offset) => new Float32Array(Uint32Array.of(view.getUint16(offset, true) << 16).buffer)[0] ?? NaN,
  I64: (view, offset) => Number(view.getBigInt64(offset, true)),
  I32: (view, offset) => view.getInt32(offset, true),
  I16: (view, offset) => view.getInt16(offset, true),
  I8: (view, offset) => view.getInt8(offset),
  U8: (view, offset) => view.getUint8(offset),
  BOOL: (view, offset) => view.getUint8(offset),
};

/** Index in the storage of every element, row-major. */
function* elementIndices({ shape, strides, offset }: TensorView): Generator<number> {
  const position = shape.map(() => 0);
  const count = countElements(shape);
  let index = offset;
  for (let element = 0; element < count; element++) {
    yield index;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (position[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 0)) {
        position[axis] = next;
        index += stride;
        break;
      }
      index -= (next - 1) * stride;
      position[axis] = 0;
    }
  }
}

/** The tensor's elements in single precision, row-major; a copy. */
export function readTensor(view: TensorView): Float32Array {
  const { type, bytes, count: stored } = view.storage;
  const sizeBytes = STORAGE_BYTES[type];
  if (bytes?.length !== stored * sizeBytes) throw createCheckpointError('a storage has no bytes in the file; it may be truncated.');
  const count = countElements(view.shape);
  if (type === 'F32' && isContiguous(view)) {
    // Copied as bytes, because they need not be aligned in the file.
    return new Float32Array(new Uint8Array(bytes.subarray(view.offset * sizeBytes, (view.offset + count) * sizeBytes)).buffer);
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READERS[type];
  const values = new Float32Array(count);
  let element = 0;
  for (const index of elementIndices(view)) values[element++] = read(data, index * sizeBytes);
  return values;
}
