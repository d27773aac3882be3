import * as tf from '@tensorflow/tfjs-core';

/** A float32 array of a fixture file, with its shape. */
export interface FixtureArray {
  readonly shape: number[];
  readonly values: Float32Array;
}

/** A safetensors file of test/fixtures, read without any of src's checks: these are test data, not weights files of ours. */
export interface TensorFixture {
  readonly arrays: ReadonlyMap<string, FixtureArray>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Reads `test/fixtures/NAME.safetensors`. */
export async function loadTensorFixture(name: string): Promise<TensorFixture> {
  const response = await fetch(new URL(`../fixtures/${name}.safetensors`, import.meta.url));
  if (!response.ok) throw new Error(`No fixture ${name}: ${response.status}`);
  const bytes = await response.arrayBuffer();
  const headerBytes = Number(new DataView(bytes).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, headerBytes))) as Record<string, never>;
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  const arrays = new Map<string, FixtureArray>();
  for (const [key, entry] of Object.entries(entries)) {
    const { dtype, shape, data_offsets } = entry as { dtype: string; shape: number[]; data_offsets: [number, number] };
    if (dtype !== 'F32') throw new Error(`${name}: ${key} is ${dtype}`);
    const [from, to] = data_offsets;
    arrays.set(key, { shape, values: new Float32Array(bytes.slice(8 + headerBytes + from, 8 + headerBytes + to)) });
  }
  return { arrays, metadata: metadata as Record<string, string> };
}

/** The array of that name; throws when the fixture has none. */
export function fixtureArray(fixture: TensorFixture, name: string): FixtureArray {
  const array = fixture.arrays.get(name);
  if (!array) throw new Error(`The fixture has no ${name}`);
  return array;
}

/** The array of that name as a tensor on the current backend; owned by the caller. */
export function fixtureTensor<T extends tf.Tensor>(fixture: TensorFixture, name: string): T {
  const { values, shape } = fixtureArray(fixture, name);
  return tf.tensor(values, shape) as T;
}

/** All arrays as tensors on the current backend, by name; owned by the caller: dispose of the values. */
export function fixtureTensors(fixture: TensorFixture): Map<string, tf.Tensor> {
  return new Map([...fixture.arrays.keys()].map((name) => [name, fixtureTensor(fixture, name)]));
}

/** The greatest absolute difference of two arrays of equal length; NaN counts as infinite. */
export function maxDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const difference = Math.abs((actual[i] ?? NaN) - (expected[i] ?? NaN));
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
  }
  return worst;
}

/** The greatest absolute value. */
export function maxMagnitude(values: ArrayLike<number>): number {
  return maxDifference(values, new Float32Array(values.length));
}
