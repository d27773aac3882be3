import * as tf from '@tensorflow/tfjs-core';
import { GanCanvasError } from '../support/errors.ts';

/** Tensors by name. */
export type NamedTensors = ReadonlyMap<string, tf.Tensor>;

/**
 * Where named tensors stand in one vector. What an optimiser, an average or a norm does to every parameter alike it does to the vector at once:
 * a handful of operations instead of a handful for each of a hundred tensors.
 */
export interface ParameterLayout {
  readonly names: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  readonly sizes: readonly number[];
  /** Of all together. */
  readonly length: number;
}

/** The layout of the named ones among `tensors`, in that order. */
export function createLayout(tensors: NamedTensors, names: readonly string[]): ParameterLayout {
  const shapes = names.map((name) => requireTensor(tensors, name).shape);
  const sizes = shapes.map((shape) => tf.util.sizeFromShape([...shape]));
  return { names, shapes, sizes, length: sizes.reduce((sum, size) => sum + size, 0) };
}

/** All tensors of the layout as one vector [length]; owned by the caller. */
export function flatten({ names }: ParameterLayout, tensors: NamedTensors): tf.Tensor1D {
  return tf.tidy(() => tf.concat(names.map((name) => tf.reshape(requireTensor(tensors, name), [-1]) as tf.Tensor1D)));
}

/** The tensors of a vector [length], by name; owned by the caller. */
export function unflatten({ names, shapes, sizes }: ParameterLayout, vector: tf.Tensor1D): Map<string, tf.Tensor> {
  const parts = tf.tidy(() => tf.split(vector, [...sizes]).map((part, index) => tf.reshape(part, [...(shapes[index] ?? [])])));
  return new Map(names.map((name, index) => [name, parts[index] as tf.Tensor]));
}

function requireTensor(tensors: NamedTensors, name: string): tf.Tensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new GanCanvasError('internal', `There is no tensor "${name}" to train; this is a defect of gan-canvas.`);
  return tensor;
}
