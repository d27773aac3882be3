import type { NetworkRole, StyleGan2Architecture } from '../architecture.ts';
import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { networkName, requireTensor } from './converted-network.ts';
import type { CheckpointFacts, ConvertedNetwork, ConvertedPair, NetworkFamily, TensorSource } from './converted-network.ts';
import { fitWidths } from './fit-widths.ts';
import type { FoundNetwork } from './found-network.ts';
import { parseImportedArchitecture } from './parse-imported-architecture.ts';
import {
  assertFilters,
  assertKnownMaths,
  mappingScale,
  noteGroups,
  readClamp,
  refuseVariant,
  SUPPORTED_STYLEGAN2,
} from './stylegan2-attributes.ts';

const FILTER = /(^|\.)resample_filter$/;
const STYLEGAN3 = /^synthesis\.(input\.|L\d+_\d+_\d+\.)/;

function assertRgb(network: FoundNetwork, channels: number | undefined): void {
  if (channels === 3) return;
  throw createCheckpointError(`${networkName(network)} has pictures of ${channels ?? 0} channels. ${SUPPORTED_STYLEGAN2}`);
}

/** The resolutions of blocks, as their names tell them: powers of two without a gap, from `first` on. */
function readResolutions(network: FoundNetwork, pattern: RegExp, first: number): readonly number[] {
  const found = new Set<number>();
  for (const name of network.tensors.keys()) {
    const resolution = Number(pattern.exec(name)?.[1] ?? NaN);
    if (resolution >= first) found.add(resolution);
  }
  const sorted = [...found].sort((a, b) => a - b);
  if (sorted.length > 0 && sorted.every((resolution, index) => resolution === first * 2 ** index)) return sorted;
  throw createCheckpointError(
    `${networkName(network)} has blocks of the resolutions ${sorted.join(', ')}; expected ${first}, ${2 * first}, ${4 * first}, ….`,
  );
}

interface Mapping {
  readonly classes: number;
  readonly layers: number;
  /** Width of the first layer's input. */
  readonly inputs: number;
  /** Of these the embedding's. */
  readonly embedded: number;
}

function readMapping(network: FoundNetwork): Mapping {
  let layers = 0;
  while (network.tensors.has(`mapping.fc${layers}.weight`)) layers += 1;
  const embed = network.tensors.has('mapping.embed.weight') ? requireTensor(network, 'mapping.embed.weight', 2).shape : [0, 0];
  const inputs = layers === 0 ? 0 : (requireTensor(network, 'mapping.fc0.weight', 2).shape[1] ?? 0);
  return { classes: embed[1] ?? 0, layers, inputs, embedded: embed[0] ?? 0 };
}

/** Our names for its tensors are its own; filters are none of ours. */
function listSources(network: FoundNetwork): Map<string, TensorSource> {
  const sources = new Map<string, TensorSource>();
  for (const [name, view] of network.tensors) {
    if (FILTER.test(name)) continue;
    const layer = name.slice(0, name.lastIndexOf('.'));
    sources.set(name, { view, scale: layer.startsWith('mapping.fc') ? mappingScale(network, layer) : 1 });
  }
  return sources;
}

function assertGeneratorVariant(network: FoundNetwork): void {
  const names = [...network.tensors.keys()];
  if (names.some((name) => /^synthesis\.b\d+\.skip\./.test(name))) refuseVariant(network, 'generator', 'resnet');
  if (!network.tensors.has('synthesis.b4.torgb.weight')) refuseVariant(network, 'generator', 'orig');
}

/** A generator by the names of StyleGAN2-ADA. */
export function convertStyleGan2Generator(network: FoundNetwork, facts: CheckpointFacts): ConvertedNetwork {
  assertKnownMaths(network, 'generator');
  assertGeneratorVariant(network);
  assertFilters(network, FILTER);
  const resolutions = readResolutions(network, /^synthesis\.b(\d+)\./, 4);
  const widths = new Map(resolutions.map((size) => [size, requireTensor(network, `synthesis.b${size}.conv1.weight`, 4).shape[0] ?? 0]));
  assertRgb(network, requireTensor(network, 'synthesis.b4.torgb.weight', 4).shape[0]);
  const { classes, layers, inputs, embedded } = readMapping(network);
  const architecture = parseImportedArchitecture({
    kind: 'stylegan2',
    resolution: resolutions.at(-1),
    z_dim: inputs - embedded,
    w_dim: requireTensor(network, 'synthesis.b4.conv1.affine.weight', 2).shape[1],
    mapping_layers: layers,
    ...fitWidths(widths, facts),
    classes,
    conv_clamp: readClamp(network),
  });
  const sources = listSources(network);
  if (facts.latentAverage !== null) sources.set('mapping.w_avg', { view: facts.latentAverage, scale: 1 });
  // Layers that were made without noise.
  for (const name of [...sources.keys()].filter((key) => /^synthesis\.b\d+\.conv[01]\.weight$/.test(key))) {
    const strength = name.replace(/weight$/, 'noise_strength');
    if (!sources.has(strength)) sources.set(strength, { view: null, scale: 1 });
  }
  return { role: 'generator', architecture, sources };
}

function assertDiscriminatorVariant(network: FoundNetwork, resolution: number): void {
  if (network.tensors.has(`b${resolution}.skip.weight`)) return;
  const inputs = [...network.tensors.keys()].filter((name) => /^b\d+\.fromrgb\.weight$/.test(name)).length;
  refuseVariant(network, 'discriminator', inputs > 1 ? 'skip' : 'orig');
}

/** A discriminator by the names of StyleGAN2-ADA; its file has an architecture of its own, in which only z and w are the generator's. */
export function convertStyleGan2Discriminator(
  network: FoundNetwork,
  { z_dim: zDim, w_dim: wDim, mapping_layers: mappingLayers }: StyleGan2Architecture,
  facts: CheckpointFacts,
): ConvertedNetwork {
  assertKnownMaths(network, 'discriminator');
  const resolutions = readResolutions(network, /^b(\d+)\.conv1\./, 8);
  const resolution = resolutions.at(-1) ?? 0;
  assertDiscriminatorVariant(network, resolution);
  assertFilters(network, FILTER);
  const widths = new Map(resolutions.map((size) => [size, requireTensor(network, `b${size}.conv0.weight`, 4).shape[1] ?? 0]));
  widths.set(4, requireTensor(network, 'b4.conv.weight', 4).shape[0] ?? 0);
  assertRgb(network, requireTensor(network, `b${resolution}.fromrgb.weight`, 4).shape[1]);
  const { classes, layers } = readMapping(network);
  const architecture = parseImportedArchitecture({
    kind: 'stylegan2',
    resolution,
    z_dim: zDim,
    w_dim: wDim,
    mapping_layers: classes > 0 ? layers : mappingLayers,
    ...fitWidths(widths, facts),
    classes,
    conv_clamp: readClamp(network),
  });
  return { role: 'discriminator', architecture, sources: listSources(network) };
}

/** Both networks, by the names of StyleGAN2-ADA. */
export function convertStyleGan2Pair(
  generator: FoundNetwork | null,
  discriminator: FoundNetwork | null,
  facts: CheckpointFacts,
): ConvertedPair {
  if (generator === null) throw createCheckpointError('it holds a StyleGAN2 discriminator without a generator; import both together.');
  const converted = convertStyleGan2Generator(generator, facts);
  const { architecture } = converted;
  if (discriminator === null || architecture.kind !== 'stylegan2') return { generator: converted, discriminator: null, notes: [] };
  const judge = convertStyleGan2Discriminator(discriminator, architecture, facts);
  if (judge.architecture.resolution !== architecture.resolution || judge.architecture.classes !== architecture.classes) {
    throw createCheckpointError(
      `its discriminator judges ${judge.architecture.resolution}×${judge.architecture.resolution} pictures of ${judge.architecture.classes} classes, but its generator draws ${architecture.resolution}×${architecture.resolution} of ${architecture.classes}. Leave the discriminator out with generatorOnly (--generator-only).`,
    );
  }
  return { generator: converted, discriminator: judge, notes: noteGroups(discriminator) };
}

/** StyleGAN2 by the names of NVIDIA's PyTorch code, which our own recipe shares. */
export const STYLEGAN2_ADA: NetworkFamily = {
  title: 'StyleGAN2 (StyleGAN2-ADA, the StyleGAN3 repository or the recipe of gan-canvas)',
  recognize(network): NetworkRole | null {
    const names = [...network.tensors.keys()];
    if (names.some((name) => STYLEGAN3.test(name))) {
      throw createCheckpointError(
        `${networkName(network)} is a StyleGAN3 generator (${quoteName(names.find((name) => STYLEGAN3.test(name)) ?? '')}). ${SUPPORTED_STYLEGAN2}`,
      );
    }
    if (network.tensors.has('synthesis.b4.conv1.weight')) return 'generator';
    return network.tensors.has('b4.conv.weight') && network.tensors.has('b4.fc.weight') ? 'discriminator' : null;
  },
  convert: convertStyleGan2Pair,
};
