import type { StyleGan2Architecture } from '../architecture.ts';
import type { WeightsTensor } from '../weights-file.ts';

/** Enough that the mean is known to some hundredths of a standard deviation; fewer where the network is large, to end within seconds. */
const MAX_SAMPLES = 4096;
const MIN_SAMPLES = 512;
const MAX_PRODUCTS = 3e9;
const LEARNING_RATE = 0.01;

type Tensors = ReadonlyMap<string, WeightsTensor>;

/** Standard normal deviates from a fixed start. These are for an average: seeds of pictures have a generator of their own. */
function createDeviates(): () => number {
  let state = 0x9e3779b9;
  const uniform = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state >>> 0) + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

function normalize(x: Float32Array): Float32Array {
  const scale = 1 / Math.sqrt(x.reduce((sum, value) => sum + value * value, 0) / x.length + 1e-8);
  return x.map((value) => value * scale);
}

/** A layer of the mapping: weight (outputs, inputs) · x + bias with the gains of equalised learning rates, then a leaky ReLU of gain √2. */
function applyLayer(tensors: Tensors, name: string, x: Float32Array): Float32Array {
  const weight = tensors.get(`${name}.weight`)?.values ?? new Float32Array();
  const bias = tensors.get(`${name}.bias`)?.values ?? new Float32Array();
  const gain = LEARNING_RATE / Math.sqrt(x.length);
  return bias.map((offset, row) => {
    let sum = 0;
    const start = row * x.length;
    for (let column = 0; column < x.length; column++) sum += (weight[start + column] ?? 0) * (x[column] ?? 0);
    const y = sum * gain + offset * LEARNING_RATE;
    return Math.SQRT2 * (y < 0 ? 0.2 * y : y);
  });
}

/** The embedding of a class: a column of its layer, since the class is one-hot; empty without classes. */
function embedClass(tensors: Tensors, { classes }: StyleGan2Architecture, index: number): Float32Array {
  const weight = tensors.get('mapping.embed.weight')?.values ?? new Float32Array();
  const bias = tensors.get('mapping.embed.bias')?.values ?? new Float32Array();
  return normalize(bias.map((offset, row) => (weight[row * classes + index] ?? 0) / Math.sqrt(classes) + offset));
}

/**
 * The mean of w over z and, in turn, the classes, for checkpoints that hold none: truncation goes towards it. `pause` is awaited
 * after every sample.
 */
export async function measureMeanLatent(
  tensors: Tensors,
  architecture: StyleGan2Architecture,
  pause: () => Promise<void>,
): Promise<Float32Array> {
  const { z_dim: zDim, w_dim: wDim, mapping_layers: layers } = architecture;
  const samples = Math.max(MIN_SAMPLES, Math.min(MAX_SAMPLES, Math.floor(MAX_PRODUCTS / (layers * wDim * Math.max(wDim, zDim)))));
  const nextDeviate = createDeviates();
  const sums = new Float64Array(wDim);
  for (let sample = 0; sample < samples; sample++) {
    const z = normalize(new Float32Array(zDim).map(nextDeviate));
    const label = embedClass(tensors, architecture, sample % Math.max(1, architecture.classes));
    let w = new Float32Array([...z, ...label]) as Float32Array;
    for (let layer = 0; layer < layers; layer++) w = applyLayer(tensors, `mapping.fc${layer}`, w);
    w.forEach((value, index) => {
      sums[index] = (sums[index] ?? 0) + value;
    });
    await pause();
  }
  return Float32Array.from(sums, (sum) => sum / samples);
}
