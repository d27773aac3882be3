import type { NetworkRole } from '../architecture.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import type { TensorView } from './checkpoint-values.ts';
import { networkName } from './converted-network.ts';
import type { CheckpointFacts, ConvertedPair, NetworkFamily } from './converted-network.ts';
import type { FoundNetwork } from './found-network.ts';
import { convertStyleGan2Pair } from './stylegan2-family.ts';
import { assertFilters } from './stylegan2-attributes.ts';

/**
 * StyleGAN2 by rosinality (github.com/rosinality/stylegan2-pytorch). Its maths is that of StyleGAN2-ADA, its equalised learning rates and
 * orientations included; only names and dimensions of 1 differ. Weights are therefore taken as they are.
 */

const KERNEL = /(^|\.)kernel$/;

/** The view with these axes alone; the others must be of 1. */
function keepAxes(view: TensorView, axes: readonly number[]): TensorView {
  const others = view.shape.filter((_, axis) => !axes.includes(axis));
  if (others.some((count) => count !== 1)) return view;
  const pick = (counts: readonly number[]): readonly number[] => axes.map((axis) => counts[axis] ?? 1);
  return { ...view, shape: pick(view.shape), strides: pick(view.strides) };
}

/** Block and layer of the convolution `convs.N` of a generator. */
function convolutionName(index: number): string {
  return `synthesis.b${2 ** (3 + (index >> 1))}.conv${index & 1}`;
}

/** The layer of the noise field `noise_N`: one for each convolution, two a block but the first. */
function noiseLayer(index: number): string {
  return index === 0 ? 'synthesis.b4.conv1' : convolutionName(index - 1);
}

const LAYER_PARTS: Readonly<Record<string, string>> = {
  'conv.weight': 'weight',
  'conv.modulation.weight': 'affine.weight',
  'conv.modulation.bias': 'affine.bias',
  'noise.weight': 'noise_strength',
  'activate.bias': 'bias',
  bias: 'bias',
};

/** The axes of a tensor that our shape has: weights have a first of 1 for the batch, biases of colours lie along the second. */
function axesOf(part: string, { shape }: TensorView): readonly number[] {
  if (part === 'weight' && shape.length === 5) return [1, 2, 3, 4];
  if (part === 'bias' && shape.length === 4) return [1];
  return part === 'noise_strength' ? [] : shape.map((_, axis) => axis);
}

/** Our name of a generator's tensor, and which of its axes to keep; null for one that is not known. */
function generatorName(name: string, view: TensorView): readonly [string, readonly number[]] | null {
  if (name === 'input.input') return ['synthesis.b4.const', [1, 2, 3]];
  const [, mapping, parameter = ''] = /^style\.(\d+)\.(weight|bias)$/.exec(name) ?? [];
  // style.0 is the normalisation of z.
  if (mapping !== undefined && mapping !== '0') return [`mapping.fc${Number(mapping) - 1}.${parameter}`, view.shape.map((_, axis) => axis)];
  const [, noise] = /^noises\.noise_(\d+)$/.exec(name) ?? [];
  if (noise !== undefined) return [`${noiseLayer(Number(noise))}.noise_const`, [2, 3]];
  const [, stem = '', index, rest = ''] = /^(conv1|convs\.(?=\d)|to_rgb1|to_rgbs\.(?=\d))(\d+)?\.(.+)$/.exec(name) ?? [];
  const part = Object.hasOwn(LAYER_PARTS, rest) ? LAYER_PARTS[rest] : undefined;
  if (part === undefined) return null;
  const layers: Readonly<Record<string, string>> = {
    conv1: 'synthesis.b4.conv1',
    'convs.': convolutionName(Number(index)),
    to_rgb1: 'synthesis.b4.torgb',
    'to_rgbs.': `synthesis.b${2 ** (3 + Number(index))}.torgb`,
  };
  return [`${layers[stem] ?? stem}.${part}`, axesOf(part, view)];
}

const BLOCK_PARTS: Readonly<Record<string, string>> = {
  'conv1.0.weight': 'conv0.weight',
  'conv1.1.bias': 'conv0.bias',
  // A filter comes before the convolution.
  'conv2.1.weight': 'conv1.weight',
  'conv2.2.bias': 'conv1.bias',
  'skip.1.weight': 'skip.weight',
};

const LAST_PARTS: Readonly<Record<string, string>> = {
  'final_conv.0.weight': 'b4.conv.weight',
  'final_conv.1.bias': 'b4.conv.bias',
  'final_linear.0.weight': 'b4.fc.weight',
  'final_linear.0.bias': 'b4.fc.bias',
  'final_linear.1.weight': 'b4.out.weight',
  'final_linear.1.bias': 'b4.out.bias',
};

/** Our name of a discriminator's tensor, for pictures of that resolution; null for one that is not known. */
function discriminatorName(name: string, resolution: number): string | null {
  if (Object.hasOwn(LAST_PARTS, name)) return LAST_PARTS[name] ?? null;
  if (name === 'convs.0.0.weight') return `b${resolution}.fromrgb.weight`;
  if (name === 'convs.0.1.bias') return `b${resolution}.fromrgb.bias`;
  const [, block, rest = ''] = /^convs\.(\d+)\.(.+)$/.exec(name) ?? [];
  const part = Object.hasOwn(BLOCK_PARTS, rest) ? BLOCK_PARTS[rest] : undefined;
  return part === undefined ? null : `b${resolution / 2 ** (Number(block) - 1)}.${part}`;
}

function rename(
  network: FoundNetwork,
  rule: (name: string, view: TensorView) => readonly [string, readonly number[]] | null,
): FoundNetwork {
  assertFilters(network, KERNEL);
  const tensors = new Map<string, TensorView>();
  for (const [name, view] of network.tensors) {
    if (KERNEL.test(name)) continue;
    const [own, axes] = rule(name, view) ?? [];
    if (own === undefined || axes === undefined || tensors.has(own)) {
      throw createCheckpointError(
        `${networkName(network)} has the tensor "${name.slice(0, 80)}", which rosinality's StyleGAN2 does not have; variants of it are not supported.`,
      );
    }
    tensors.set(own, keepAxes(view, axes));
  }
  return { path: network.path, tensors, modules: new Map() };
}

function renameDiscriminator(network: FoundNetwork): FoundNetwork {
  const blocks = [...network.tensors.keys()].filter((name) => /^convs\.\d+\.conv1\.0\.weight$/.test(name)).length;
  const resolution = 4 * 2 ** blocks;
  return rename(network, (name, view) => {
    const own = discriminatorName(name, resolution);
    return own === null ? null : [own, view.shape.map((_, axis) => axis)];
  });
}

/** StyleGAN2 by rosinality. */
export const ROSINALITY: NetworkFamily = {
  title: "rosinality's StyleGAN2",
  recognize({ tensors }): NetworkRole | null {
    if (tensors.has('input.input') && tensors.has('conv1.conv.weight')) return 'generator';
    return tensors.has('final_conv.0.weight') && tensors.has('final_linear.0.weight') ? 'discriminator' : null;
  },
  convert(generator, discriminator, facts: CheckpointFacts): ConvertedPair {
    return convertStyleGan2Pair(generator && rename(generator, generatorName), discriminator && renameDiscriminator(discriminator), facts);
  },
};
