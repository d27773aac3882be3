import * as tf from '@tensorflow/tfjs-core';
import type { WeightsTensor } from '../../src/weights/weights-file.ts';

/** Named arrays of a fixture: a network's weights, or the reference's inputs, outputs and gradients. */
export type Arrays = ReadonlyMap<string, WeightsTensor>;

/** The array of that name; throws when the fixture has none. */
export function fixtureArray(arrays: Arrays, name: string): WeightsTensor {
  const array = arrays.get(name);
  if (!array) throw new Error(`The fixture has no ${name}`);
  return array;
}

/** The array of that name as a tensor on the current backend; owned by the caller. */
export function fixtureTensor<T extends tf.Tensor>(arrays: Arrays, name: string): T {
  const { values, shape } = fixtureArray(arrays, name);
  return tf.tensor(values, [...shape]) as T;
}

/** The one-hot classes of a case, or null for a network without classes; owned by the caller. */
export function fixtureClasses(arrays: Arrays): tf.Tensor2D | null {
  return arrays.has('class_one_hot') ? fixtureTensor<tf.Tensor2D>(arrays, 'class_one_hot') : null;
}

/** All arrays as tensors on the current backend, by name; owned by the caller: dispose of the values. */
export function fixtureTensors(arrays: Arrays): Map<string, tf.Tensor> {
  return new Map([...arrays.keys()].map((name) => [name, fixtureTensor(arrays, name)]));
}

/** The greatest absolute difference of two arrays; infinite when a value is NaN or the lengths differ. */
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
