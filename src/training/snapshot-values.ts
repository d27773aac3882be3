import * as tf from '@tensorflow/tfjs-core';

/** A snapshot of a trainer with numbers in the place of tensors: structured-cloneable, so that it can be kept in a browser's storage. */
export interface SnapshotValues {
  readonly [name: string]: SnapshotValue;
}
type SnapshotValue = number | string | boolean | null | StoredValues | SnapshotValues | readonly SnapshotValue[];

interface StoredValues {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Reads the tensors of a snapshot, which stays the caller's. */
export async function readSnapshot(snapshot: object): Promise<SnapshotValues> {
  const entries = await Promise.all(
    Object.entries(snapshot).map(async ([name, value]: [string, unknown]) => [name, await readValue(value)] as const),
  );
  return Object.fromEntries(entries);
}

async function readValue(value: unknown): Promise<SnapshotValue> {
  if (value instanceof tf.Tensor) return { shape: value.shape, values: await value.data<'float32'>() };
  if (Array.isArray(value)) return Promise.all(value.map(readValue));
  if (typeof value === 'object' && value !== null) return readSnapshot(value);
  return value as number | string | boolean | null;
}

function isStored(value: SnapshotValues | StoredValues): value is StoredValues {
  return value.values instanceof Float32Array;
}

/** The snapshot again, its tensors owned by the caller. To be called while the backend is current. */
export function writeSnapshot(values: SnapshotValues): object {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, writeValue(value)]));
}

function writeValue(value: SnapshotValue): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map(writeValue);
  return isStored(value) ? tf.tensor(value.values, [...value.shape], 'float32') : writeSnapshot(value);
}

/** Array.isArray does not know lists that are only to be read. */
function isList(value: SnapshotValue): value is readonly SnapshotValue[] {
  return Array.isArray(value);
}
