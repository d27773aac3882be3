import { quoteName } from '../safetensors.ts';
import type { NetworkRole } from '../architecture.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { networkName } from './converted-network.ts';
import type { FoundNetwork } from './found-network.ts';
import { countElements, readTensor } from './tensor-view.ts';

/** What our StyleGAN2 has where public code leaves a choice. */
const ARCHITECTURES: Readonly<Record<NetworkRole, string>> = { generator: 'skip', discriminator: 'resnet' };
const LINEAR = /(^|\.)(affine|skip|out|embed)$/;
const MAPPING_LAYER = /^mapping\.fc\d+$/;
const MAPPING_LEARNING_RATE = 0.01;
const BINOMIAL = [1, 3, 3, 1] as const;
const GROUP_SIZE = 4;

export const SUPPORTED_STYLEGAN2 =
  'Supported are StyleGAN2 networks with a "skip" generator and a "resnet" (residual) discriminator, in RGB.';

function isClose(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-4 * Math.abs(b);
}

/** @throws GanCanvasError `weights-format` naming the variant */
export function refuseVariant(network: FoundNetwork, role: NetworkRole, variant: string): never {
  throw createCheckpointError(
    `${networkName(network)} is a StyleGAN2 ${role} of the variant ${quoteName(variant)}. ${SUPPORTED_STYLEGAN2}`,
  );
}

function assertActivation(network: FoundNetwork, name: string, activation: unknown): void {
  const expected = LINEAR.test(name) ? 'linear' : 'lrelu';
  if (typeof activation !== 'string' || activation === expected) return;
  throw createCheckpointError(
    `${networkName(network)} has the activation ${quoteName(activation)} in ${quoteName(name)}; only ${expected} is supported there.`,
  );
}

/** Recorded choices that change the maths, and that our networks do not have. */
export function assertKnownMaths(network: FoundNetwork, role: NetworkRole): void {
  for (const [name, { attributes }] of network.modules) {
    const architecture = attributes.get('architecture');
    if (typeof architecture === 'string' && architecture !== ARCHITECTURES[role]) refuseVariant(network, role, architecture);
    assertActivation(network, name, attributes.get('activation'));
    const gain = attributes.get('bias_gain');
    if (typeof gain === 'number' && !MAPPING_LAYER.test(name) && !isClose(gain, 1))
      throw createCheckpointError(
        `${networkName(network)} has the learning rate multiplier ${gain} in ${quoteName(name)}; only 1 is supported there.`,
      );
    const features = name === 'b4.mbstd' ? attributes.get('num_channels') : null;
    if (typeof features === 'number' && features !== 1)
      throw createCheckpointError(`${networkName(network)} measures ${features} features of a minibatch; only 1 is supported.`);
  }
}

/** Resampling filters, as tensors of that name, must be [1, 3, 3, 1] in both directions, of any gain. */
export function assertFilters(network: FoundNetwork, isFilter: RegExp): void {
  for (const [name, view] of network.tensors) {
    if (!isFilter.test(name)) continue;
    const values = countElements(view.shape) === 16 ? readTensor(view) : new Float32Array();
    const sum = values.reduce((total, value) => total + value, 0);
    const fits = values.every((value, index) => isClose((value / sum) * 64, (BINOMIAL[index >> 2] ?? 0) * (BINOMIAL[index & 3] ?? 0)));
    if (values.length === 16 && fits) continue;
    throw createCheckpointError(`${networkName(network)} has the resampling filter ${quoteName(name)}; only [1, 3, 3, 1] is supported.`);
  }
}

/** The clamp of all convolutions, null for none or where nothing is recorded. */
export function readClamp(network: FoundNetwork): number | null {
  const clamps = new Set<number | null>();
  for (const [name, { attributes }] of network.modules) {
    const clamp = attributes.get('conv_clamp');
    if (clamp !== undefined && !LINEAR.test(name)) clamps.add(typeof clamp === 'number' ? clamp : null);
  }
  if (clamps.size <= 1) return [...clamps][0] ?? null;
  throw createCheckpointError(
    `${networkName(network)} clamps its layers at different values, ${[...clamps].join(', ')}; only one for all is supported.`,
  );
}

/** Weights of the mapping network are stored for a learning rate multiplier of 0.01; the factor that makes a layer's those. */
export function mappingScale(network: FoundNetwork, layer: string): number {
  const gain = network.modules.get(layer)?.attributes.get('bias_gain');
  return typeof gain === 'number' && gain > 0 && !isClose(gain, MAPPING_LEARNING_RATE) ? gain / MAPPING_LEARNING_RATE : 1;
}

/** What to tell of a discriminator that looks at other groups of pictures than ours. */
export function noteGroups(network: FoundNetwork): readonly string[] {
  const size = network.modules.get('b4.mbstd')?.attributes.get('group_size');
  if (typeof size !== 'number' || size === GROUP_SIZE) return [];
  return [`The discriminator was trained with groups of ${size} pictures in its minibatch layer; here it takes ${GROUP_SIZE}.`];
}
