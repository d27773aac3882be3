import type { DcganArchitecture, DcganLayer, NetworkRole } from '../architecture.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { networkName, requireTensor } from './converted-network.ts';
import type { ConvertedNetwork, ConvertedPair, NetworkFamily, TensorSource } from './converted-network.ts';
import { listDcganLayers, readGeometry, recordedActivations } from './dcgan-geometry.ts';
import type { FoundActivation, FoundLayer } from './dcgan-geometry.ts';
import type { FoundNetwork } from './found-network.ts';
import { parseImportedArchitecture } from './parse-imported-architecture.ts';

/** Transposed convolutions keep their inputs on the first axis of the weight, others on the second. */
function channelsOf({ weight }: FoundLayer, role: NetworkRole): { readonly inputs: number; readonly filters: number } {
  const [first = 0, second = 0] = weight.shape;
  return role === 'generator' ? { inputs: first, filters: second } : { inputs: second, filters: first };
}

function isChain(layers: readonly FoundLayer[], role: NetworkRole): boolean {
  return layers.every((layer, index) => {
    const next = layers[index + 1];
    return next === undefined || channelsOf(layer, role).filters === channelsOf(next, role).inputs;
  });
}

/** A generator ends in the few channels of a picture, a discriminator begins with them and ends in one number. */
function findRole(network: FoundNetwork): NetworkRole | null {
  const layers = listDcganLayers(network);
  const [first, last] = [layers?.[0], layers?.at(-1)];
  if (layers === null || first === undefined || last === undefined) return null;
  if (isChain(layers, 'discriminator') && channelsOf(first, 'discriminator').inputs <= 4 && channelsOf(last, 'discriminator').filters === 1)
    return 'discriminator';
  return isChain(layers, 'generator') && channelsOf(last, 'generator').filters <= 4 ? 'generator' : null;
}

function assertRgb(network: FoundNetwork, channels: number): void {
  if (channels === 3) return;
  throw createCheckpointError(`${networkName(network)} is a DCGAN for pictures of ${channels} channels; supported are DCGANs in RGB.`);
}

/** Our pictures are of -1 to 1. */
function assertRange(network: FoundNetwork, { activation }: DcganLayer): void {
  if (activation === 'tanh' || activation === 'none') return;
  throw createCheckpointError(
    `${networkName(network)} ends in the activation ${activation}; expected tanh, which gives pictures of -1 to 1.`,
  );
}

/** What the DCGAN tutorial has where a state dict does not tell. */
function usualActivation(role: NetworkRole, isLast: boolean): FoundActivation {
  if (role === 'generator') return { activation: isLast ? 'tanh' : 'relu' };
  return isLast ? { activation: 'sigmoid' } : { activation: 'leaky_relu', slope: 0.2 };
}

function describeLayers(network: FoundNetwork, role: NetworkRole): readonly DcganLayer[] {
  const layers = listDcganLayers(network) ?? [];
  const recorded = recordedActivations(network, layers);
  return layers.map((layer, index): DcganLayer => {
    const isLast = index === layers.length - 1;
    const none: FoundActivation = { activation: 'none' };
    return {
      type: role === 'generator' ? 'conv_transpose' : 'conv',
      filters: channelsOf(layer, role).filters,
      ...readGeometry(network, layer, role === 'generator' ? index === 0 : isLast),
      bias: network.tensors.has(`${layer.name}.bias`),
      batch_norm: layer.norm !== null,
      ...(recorded === null ? usualActivation(role, isLast) : (recorded[index] ?? none)),
    };
  });
}

function listSources(network: FoundNetwork, role: NetworkRole): ReadonlyMap<string, TensorSource> {
  const sources = new Map<string, TensorSource>();
  (listDcganLayers(network) ?? []).forEach(({ name, weight, norm }, index) => {
    sources.set(`${role}.${index}.weight`, { view: weight, scale: 1 });
    const bias = network.tensors.get(`${name}.bias`);
    if (bias !== undefined) sources.set(`${role}.${index}.bias`, { view: bias, scale: 1 });
    if (norm === null) return;
    for (const part of ['weight', 'bias', 'running_mean', 'running_var'])
      sources.set(`${role}.${index}.norm.${part}`, { view: requireTensor(network, `${norm}.${part}`, 1), scale: 1 });
  });
  return sources;
}

/** The side of the pictures: forwards from z, or backwards from the logit. */
function readResolution(generator: readonly DcganLayer[], discriminator: readonly DcganLayer[]): number {
  const grow = (side: number, { kernel = 1, stride = 1, padding = 0 }: DcganLayer): number => (side - 1) * stride - 2 * padding + kernel;
  return generator.length > 0 ? generator.reduce(grow, 1) : discriminator.reduceRight(grow, 1);
}

function describePair(generator: FoundNetwork | null, discriminator: FoundNetwork | null): DcganArchitecture {
  const up = generator ? describeLayers(generator, 'generator') : [];
  const down = discriminator ? describeLayers(discriminator, 'discriminator') : [];
  const [first] = (generator && listDcganLayers(generator)) ?? [];
  const last = up.at(-1);
  if (generator !== null && last !== undefined) assertRange(generator, last);
  return parseImportedArchitecture({
    kind: 'dcgan',
    resolution: readResolution(up, down),
    z_dim: first === undefined ? 0 : channelsOf(first, 'generator').inputs,
    classes: 0,
    generator: up,
    discriminator: down,
  }) as DcganArchitecture;
}

/** The classic DCGAN of PyTorch's tutorial and its many descendants. */
export const DCGAN: NetworkFamily = {
  title: 'DCGAN',
  recognize: findRole,
  convert(generator, discriminator): ConvertedPair {
    const [last] = (generator && listDcganLayers(generator)?.slice(-1)) ?? [];
    const [first] = (discriminator && listDcganLayers(discriminator)) ?? [];
    if (generator && last) assertRgb(generator, channelsOf(last, 'generator').filters);
    if (discriminator && first) assertRgb(discriminator, channelsOf(first, 'discriminator').inputs);
    const architecture = describePair(generator, discriminator);
    const convert = (network: FoundNetwork | null, role: NetworkRole): ConvertedNetwork | null =>
      network && { role, architecture, sources: listSources(network, role) };
    const isGuessed = [generator, discriminator].some(
      (network) => network !== null && recordedActivations(network, listDcganLayers(network) ?? []) === null,
    );
    return {
      generator: convert(generator, 'generator'),
      discriminator: convert(discriminator, 'discriminator'),
      notes: isGuessed
        ? ["What the checkpoint does not tell of strides and activations was taken to be as in PyTorch's DCGAN tutorial."]
        : [],
    };
  },
};
