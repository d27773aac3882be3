/**
 * The classifier whose 64 features the quality figures compare: trained by the recipe in weights/training on half A of the real
 * pictures, frozen, and run here by TF.js on WASM.
 */
import * as tf from '@tensorflow/tfjs-core';
import { acquireRuntime } from '../../../src/runtime/runtime.ts';
import { decodeFloat16 } from '../../../src/weights/float16.ts';
import { decodeSafetensors, isRecord, type StoredTensor } from '../../../src/weights/safetensors.ts';
import type { FeatureMatrix } from './feature-matrix.ts';

/** Values of a tensor, in single precision. */
export interface PlainTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A linear layer from features to the logits of named classes. */
export interface ClassifierHead {
  readonly names: readonly string[];
  /** names · features numbers, a row for each name. */
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** A classifier file, decoded: convolutions of 3×3 with padding 1 and ReLU, mean over the map, a linear layer, heads. */
export interface ClassifierFile {
  /** Pixels along a side. */
  readonly resolution: number;
  readonly layers: readonly { readonly filters: number; readonly stride: number }[];
  /** Numbers in a feature vector. */
  readonly features: number;
  readonly heads: ReadonlyMap<string, ClassifierHead>;
  readonly tensors: ReadonlyMap<string, PlainTensor>;
}

/** The network, on a backend of its own holding. */
export interface Classifier {
  /** Features (pictures · width numbers) of square pictures as RGBA bytes, of which only RGB counts; see `shrinkPicture` for their sizes. */
  embed(pictures: readonly Uint8ClampedArray[]): Promise<Float32Array>;
  dispose(): void;
}

/** Single-precision values of a stored tensor, whatever its type. */
export function decodeTensor({ dtype, shape, bytes }: StoredTensor): PlainTensor {
  const { buffer } = new Uint8Array(bytes);
  return { shape, values: dtype === 'F16' ? decodeFloat16(new Uint16Array(buffer)) : new Float32Array(buffer) };
}

function requireTensor(tensors: ReadonlyMap<string, PlainTensor>, name: string, shape: readonly number[]): PlainTensor {
  const tensor = tensors.get(name);
  if (tensor?.shape.join() === shape.join()) return tensor;
  const found = tensor ? `has the shape [${tensor.shape.join(', ')}]` : 'is missing';
  throw new Error(`The classifier's tensor ${name} ${found}; expected [${shape.join(', ')}].`);
}

function readLayers(value: unknown): ClassifierFile['layers'] {
  if (!Array.isArray(value) || value.length === 0) throw new Error('The classifier file names no layers.');
  return value.map((layer: unknown) => {
    if (isRecord(layer) && typeof layer.filters === 'number' && typeof layer.stride === 'number')
      return { filters: layer.filters, stride: layer.stride };
    throw new Error(`The classifier's layer ${JSON.stringify(layer)} is none; expected {"filters", "stride"}.`);
  });
}

function readHeads(value: unknown, tensors: ReadonlyMap<string, PlainTensor>, features: number): Map<string, ClassifierHead> {
  if (!isRecord(value)) throw new Error('The classifier file names no heads.');
  const heads = Object.entries(value).map(([head, names]): [string, ClassifierHead] => {
    if (!Array.isArray(names) || !names.every((name) => typeof name === 'string'))
      throw new Error(`The classifier's head ${head} has no names.`);
    const weight = requireTensor(tensors, `heads.${head}.weight`, [names.length, features]);
    return [head, { names, weight: weight.values, bias: requireTensor(tensors, `heads.${head}.bias`, [names.length]).values }];
  });
  return new Map(heads);
}

/** Reads a classifier file. Throws when it is none, or when a tensor is missing or of another shape. */
export function decodeClassifier(bytes: Uint8Array): ClassifierFile {
  const file = decodeSafetensors(bytes);
  const about: unknown = JSON.parse(file.metadata.classifier ?? 'null');
  if (!isRecord(about) || about.format !== 1 || typeof about.resolution !== 'number' || typeof about.features !== 'number')
    throw new Error('The file is no classifier of format 1; make it with weights/training/classifier.py.');
  const tensors = new Map([...file.tensors].map(([name, tensor]) => [name, decodeTensor(tensor)]));
  const layers = readLayers(about.layers);
  let inputs = 3;
  layers.forEach(({ filters }, index) => {
    requireTensor(tensors, `conv${String(index)}.weight`, [filters, inputs, 3, 3]);
    requireTensor(tensors, `conv${String(index)}.bias`, [filters]);
    inputs = filters;
  });
  requireTensor(tensors, 'features.weight', [about.features, inputs]);
  requireTensor(tensors, 'features.bias', [about.features]);
  return {
    resolution: about.resolution,
    layers,
    features: about.features,
    heads: readHeads(about.heads, tensors, about.features),
    tensors,
  };
}

/** Kernels as TF.js wants them: HWIO, and the linear layer as [inputs, features]. */
function createParameters({ layers, tensors, features }: ClassifierFile): Map<string, tf.Tensor> {
  const tensorOf = (name: string): tf.Tensor => {
    const { values, shape } = tensors.get(name) ?? { values: new Float32Array(), shape: [0] };
    return tf.tensor(values, [...shape], 'float32');
  };
  const parameters = new Map<string, tf.Tensor>();
  layers.forEach((_, index) => {
    const name = `conv${String(index)}`;
    parameters.set(
      `${name}.weight`,
      tf.tidy(() => tf.transpose(tensorOf(`${name}.weight`), [2, 3, 1, 0])),
    );
    parameters.set(`${name}.bias`, tensorOf(`${name}.bias`));
  });
  parameters.set(
    'features.weight',
    tf.tidy(() => tf.transpose(tensorOf('features.weight'))),
  );
  parameters.set(
    'features.bias',
    tf.tidy(() => tf.reshape(tensorOf('features.bias'), [1, features])),
  );
  return parameters;
}

/** A square picture of RGBA bytes at the classifier's resolution, of which its own is a multiple: squares of pixels become their mean. */
export function shrinkPicture(picture: Uint8ClampedArray, resolution: number): Uint8ClampedArray {
  const factor = Math.sqrt(picture.length / 4) / resolution;
  if (factor === 1) return picture;
  if (!Number.isInteger(factor) || factor < 1)
    throw new Error(
      `A picture has ${String(picture.length)} bytes; the classifier takes ${String(resolution)}×${String(resolution)} RGBA, or a multiple of that.`,
    );
  const shrunk = new Uint8ClampedArray(resolution * resolution * 4);
  for (let at = 0; at < shrunk.length; at += 1) {
    const [channel, column, row] = [at % 4, Math.floor(at / 4) % resolution, Math.floor(at / 4 / resolution)];
    let sum = 0;
    for (let i = 0; i < factor * factor; i += 1) {
      const [y, x] = [row * factor + Math.floor(i / factor), column * factor + (i % factor)];
      sum += picture[(y * resolution * factor + x) * 4 + channel] as number;
    }
    shrunk[at] = sum / (factor * factor);
  }
  return shrunk;
}

/** Picture bytes as the network takes them: NHWC, byte / 127.5 − 1. */
function createInput(pictures: readonly Uint8ClampedArray[], resolution: number): tf.Tensor4D {
  const pixels = resolution * resolution;
  const values = new Float32Array(pictures.length * pixels * 3);
  pictures.forEach((picture, index) => {
    const small = shrinkPicture(picture, resolution);
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      for (let channel = 0; channel < 3; channel += 1)
        values[(index * pixels + pixel) * 3 + channel] = (small[pixel * 4 + channel] as number) / 127.5 - 1;
    }
  });
  return tf.tensor4d(values, [pictures.length, resolution, resolution, 3]);
}

/** Puts a classifier on TF.js's WASM backend; the caller disposes of it. */
export async function openClassifier(file: ClassifierFile): Promise<Classifier> {
  const runtime = await acquireRuntime('wasm');
  const parameters = runtime.run(() => createParameters(file));
  const parameter = (name: string): tf.Tensor => {
    const tensor = parameters.get(name);
    if (!tensor) throw new Error(`The classifier has no parameter ${name}.`);
    return tensor;
  };
  const run = (pictures: readonly Uint8ClampedArray[]): tf.Tensor =>
    tf.tidy(() => {
      let x = createInput(pictures, file.resolution);
      file.layers.forEach(({ stride }, index) => {
        const name = `conv${String(index)}`;
        x = tf.relu(tf.add(tf.conv2d(x, parameter(`${name}.weight`) as tf.Tensor4D, stride, 1), parameter(`${name}.bias`)));
      });
      return tf.add(tf.matMul(tf.mean(x, [1, 2]) as tf.Tensor2D, parameter('features.weight') as tf.Tensor2D), parameter('features.bias'));
    });
  return {
    async embed(pictures) {
      const features = runtime.run(() => run(pictures));
      try {
        return (await features.data()) as Float32Array;
      } finally {
        features.dispose();
      }
    },
    dispose() {
      runtime.run(() => {
        tf.dispose([...parameters.values()]);
      });
      runtime.dispose();
    },
  };
}

/** The class that a head gives the most to, for every row. */
export function classifyRows({ count, width, values }: FeatureMatrix, { weight, bias }: ClassifierHead): number[] {
  return Array.from({ length: count }, (_, row) => {
    const logits = bias.map((offset, name) => {
      let sum = offset;
      for (let i = 0; i < width; i += 1) sum += (weight[name * width + i] as number) * (values[row * width + i] as number);
      return sum;
    });
    return logits.indexOf(Math.max(...logits));
  });
}
