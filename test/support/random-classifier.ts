import { createHash } from 'node:crypto';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { encodeFloat16 } from '../../src/weights/float16.ts';
import { encodeSafetensors, type StoredTensor } from '../../src/weights/safetensors.ts';

/** A tensor in F16, as the recipe writes them. */
function storeHalves(values: ArrayLike<number>, shape: readonly number[]): StoredTensor {
  return { dtype: 'F16', shape, bytes: new Uint8Array(encodeFloat16(Float32Array.from(values)).buffer) };
}

/** The architecture of a small classifier of random weights. */
export interface RandomClassifier {
  readonly resolution: number;
  readonly layers: readonly { readonly filters: number; readonly stride: number }[];
  readonly features: number;
  readonly heads: Readonly<Record<string, readonly string[]>>;
}

/** A classifier file with random weights of the size that keeps activations near 1. */
export function encodeRandomClassifier({ resolution, layers, features, heads }: RandomClassifier): Uint8Array {
  const next = createNormalStream('classifier', 'weights');
  const tensors = new Map<string, StoredTensor>();
  const add = (name: string, shape: readonly number[], inputs: number): void => {
    const count = shape.reduce((product, length) => product * length, 1);
    tensors.set(
      name,
      storeHalves(
        next(count).map((value) => value * Math.sqrt(2 / inputs)),
        shape,
      ),
    );
  };
  let inputs = 3;
  layers.forEach(({ filters }, index) => {
    add(`conv${String(index)}.weight`, [filters, inputs, 3, 3], 9 * inputs);
    add(`conv${String(index)}.bias`, [filters], 20);
    inputs = filters;
  });
  add('features.weight', [features, inputs], inputs);
  add('features.bias', [features], 20);
  for (const [name, { length }] of Object.entries(heads)) {
    add(`heads.${name}.weight`, [length, features], features);
    add(`heads.${name}.bias`, [length], 20);
  }
  const classifier = JSON.stringify({ format: 1, resolution, layers, features, heads });
  return encodeSafetensors({ metadata: { classifier }, tensors });
}

/** A features file of a set: half A and half B in turns, a label each. */
export function encodeRealFeatures(
  set: string,
  features: ArrayLike<number>,
  labels: readonly number[],
  classifier: Uint8Array,
): Uint8Array {
  const count = labels.length;
  const about = { format: 1, set, classifier: createHash('sha256').update(classifier).digest('hex'), count };
  const tensors = new Map([
    ['features', storeHalves(features, [count, features.length / count])],
    ['labels', storeHalves(labels, [count, 1])],
    [
      'half',
      storeHalves(
        labels.map((_, index) => index % 2),
        [count],
      ),
    ],
  ]);
  return encodeSafetensors({ metadata: { features: JSON.stringify(about) }, tensors });
}
