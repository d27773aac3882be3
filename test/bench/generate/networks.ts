/** The networks that are timed: pomona as it ships, two larger ones of random weights, built by its rules, and pomona's layers almost without channels. */
import { createNormalStream } from '../../../src/latent/seeded-random.ts';
import type { StyleGan2Architecture } from '../../../src/weights/architecture.ts';
import { blockResolutions, channelsAt, tensorShapes } from '../../../src/weights/tensor-shapes.ts';
import { decodeWeights } from '../../../src/weights/weights-file.ts';
import type { NamedTensor } from '../onnx/stylegan2-graph.ts';

export const NETWORK_NAMES = ['pomona', 'random128', 'random256', 'thin64'] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

export interface BenchNetwork {
  readonly architecture: StyleGan2Architecture;
  /** By their names in a weights file. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/**
 * pomona's architecture for a larger side: 32 channels at full resolution and twice as many at each half, as there, up to 128. So every
 * block from 16×16 channels' limit on costs the same, which is how small StyleGAN2s for the browser are cut.
 */
function scaledArchitecture(resolution: number): StyleGan2Architecture {
  const size = { resolution, channel_base: 32 * resolution, channel_max: 128 };
  return { kind: 'stylegan2', z_dim: 128, w_dim: 128, mapping_layers: 2, classes: 0, conv_clamp: null, ...size };
}

/** How large the raw weights are, so that activations and colours come out about as large as a trained network's. */
function scaleOf(name: string): number {
  if (name.startsWith('mapping.')) return name.endsWith('.weight') ? 100 : 0; // raw weights carry the mapping's learning rate, 1/100
  if (name.endsWith('.affine.bias')) return 0; // and then 1 is added
  if (name.endsWith('.torgb.weight')) return 0.2;
  return name.endsWith('.bias') ? 0.1 : 1;
}

/** A network whose weights are drawn from a seed: the same numbers wherever it is made. It has no noise. */
export function createRandomNetwork(architecture: StyleGan2Architecture, seed: string): BenchNetwork {
  const next = createNormalStream(seed, 'weights');
  const tensors = new Map<string, NamedTensor>();
  for (const [name, shape] of tensorShapes(architecture, 'generator')) {
    if (/\.noise_(strength|const)$/.test(name)) continue;
    const scale = scaleOf(name);
    const count = shape.reduce((product, size) => product * size, 1);
    const values = scale === 0 ? new Float32Array(count) : next(count).map((value) => value * scale);
    if (name.endsWith('.affine.bias')) values.fill(1);
    tensors.set(name, { shape, values });
  }
  return { architecture, tensors };
}

/** The network of that name; `pomonaBytes` is the weights file. */
export async function loadBenchNetwork(name: NetworkName, pomonaBytes: () => Promise<Uint8Array>): Promise<BenchNetwork> {
  if (name === 'thin64') return createRandomNetwork({ ...scaledArchitecture(64), channel_base: 256, channel_max: 4 }, name);
  if (name !== 'pomona') return createRandomNetwork(scaledArchitecture(Number(name.slice('random'.length))), name);
  const { info, tensors } = decodeWeights(await pomonaBytes());
  if (info.architecture.kind !== 'stylegan2') throw new Error('The benchmark draws StyleGAN2 only; pomona is something else now.');
  return { architecture: info.architecture, tensors };
}

/**
 * Multiply-adds of a picture's 3×3 layers by direct convolution; upsampling layers by phases, so 9 for each pixel of the input and pair of
 * channels, as in the others.
 */
export function countMultiplyAdds(architecture: StyleGan2Architecture): number {
  let sum = 0;
  for (const size of blockResolutions(architecture)) {
    const outputs = channelsAt(architecture, size);
    if (size > 4) sum += 9 * (size / 2) ** 2 * channelsAt(architecture, size / 2) * outputs;
    sum += 9 * size ** 2 * outputs * outputs;
  }
  return sum;
}
