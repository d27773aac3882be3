import type { DcganActivation } from '../architecture.ts';
import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { isPickleList } from './checkpoint-values.ts';
import type { PickleValue, TensorView } from './checkpoint-values.ts';
import { networkName } from './converted-network.ts';
import type { FoundModule, FoundNetwork } from './found-network.ts';

/** A convolution of a DCGAN and what belongs to it, by its name in the checkpoint. */
export interface FoundLayer {
  readonly name: string;
  readonly weight: TensorView;
  /** Name of its batch normalisation; null without one. */
  readonly norm: string | null;
}

/** How a convolution moves over its map. */
export interface Geometry {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
}

const NORM_PARTS = ['weight', 'bias', 'running_mean', 'running_var'];
const NORM_EPSILON = 1e-5;

/** The convolutions in their order, each with the batch normalisation that follows it; null when there is anything else. */
export function listDcganLayers({ tensors }: FoundNetwork): readonly FoundLayer[] | null {
  const layers: FoundLayer[] = [];
  for (const [name, tensor] of tensors) {
    const [, stem = '', part = ''] = /^(.*)\.([a-z_]+)$/.exec(name) ?? [];
    const last = layers.at(-1);
    if (part === 'num_batches_tracked' || (last?.name === stem && part === 'bias') || (last?.norm === stem && NORM_PARTS.includes(part)))
      continue;
    if (part !== 'weight') return null;
    const { shape } = tensor;
    if (shape.length === 4 && shape[2] === shape[3]) layers.push({ name: stem, weight: tensor, norm: null });
    else if (shape.length === 1 && last?.norm === null) layers[layers.length - 1] = { ...last, norm: stem };
    else return null;
  }
  return layers.length >= 2 ? layers : null;
}

function readRecorded(attributes: FoundModule['attributes'], name: string): number | null {
  const value: PickleValue | undefined = attributes.get(name);
  const [first, second] = isPickleList(value) ? value : [value, value];
  return typeof first === 'number' && first === second ? first : null;
}

function assertPlain(network: FoundNetwork, { name }: FoundLayer, attributes: FoundModule['attributes']): void {
  for (const [attribute, usual] of [
    ['dilation', 1],
    ['groups', 1],
    ['output_padding', 0],
  ] as const) {
    const value = readRecorded(attributes, attribute) ?? usual;
    if (value === usual) continue;
    throw createCheckpointError(`${networkName(network)} has the ${attribute} ${value} in ${quoteName(name)}; only ${usual} is supported.`);
  }
  const mode = attributes.get('padding_mode') ?? 'zeros';
  if (mode === 'zeros') return;
  throw createCheckpointError(`${networkName(network)} pads ${quoteName(name)} with something else than zeros, which is not supported.`);
}

/** Stride and padding as a whole saved network records them; null for a state dict, which does not. */
function recordedGeometry(network: FoundNetwork, layer: FoundLayer): Geometry | null {
  const attributes = network.modules.get(layer.name)?.attributes;
  if (attributes === undefined) return null;
  assertPlain(network, layer, attributes);
  const stride = readRecorded(attributes, 'stride');
  const padding = readRecorded(attributes, 'padding');
  if (stride !== null && padding !== null) return { kernel: layer.weight.shape[2] ?? 0, stride, padding };
  throw createCheckpointError(`${networkName(network)} has no stride and padding in ${quoteName(layer.name)} that are one number each.`);
}

/**
 * How a layer moves. A state dict does not tell: the layer at the 1×1 end (z, or the logit) is taken to have stride 1 and no padding, others
 * with an even kernel to double or halve the side, those with an odd one to keep it. So does every network of the DCGAN tutorial.
 */
export function readGeometry(network: FoundNetwork, layer: FoundLayer, isEnd: boolean): Geometry {
  const kernel = layer.weight.shape[2] ?? 0;
  const recorded = recordedGeometry(network, layer);
  if (recorded !== null) return recorded;
  if (isEnd) return { kernel, stride: 1, padding: 0 };
  return kernel % 2 === 0 ? { kernel, stride: 2, padding: (kernel - 2) / 2 } : { kernel, stride: 1, padding: (kernel - 1) / 2 };
}

/** An activation and, of a leaky one, its slope. */
export interface FoundActivation {
  readonly activation: DcganActivation;
  readonly slope?: number;
}

function readActivation({ className, attributes }: FoundModule): FoundActivation | null {
  const slope = attributes.get('negative_slope');
  switch (className) {
    case 'ReLU':
      return { activation: 'relu' };
    case 'LeakyReLU':
      return { activation: 'leaky_relu', slope: typeof slope === 'number' ? slope : 0.01 };
    case 'Tanh':
      return { activation: 'tanh' };
    case 'Sigmoid':
      return { activation: 'sigmoid' };
    default:
      return null;
  }
}

/** Modules that change nothing when a trained network is used. */
const NEUTRAL = /^(Conv2d|ConvTranspose2d|BatchNorm2d|Dropout\w*|Identity|Flatten|Sequential|ModuleList)$/;

/**
 * The activation after each layer as a whole saved network records them; null where it records none, as for a state dict or a network that
 * calls functions.
 * @throws GanCanvasError `weights-format` for modules that a DCGAN does not have
 */
export function recordedActivations(network: FoundNetwork, layers: readonly FoundLayer[]): readonly (FoundActivation | null)[] | null {
  const found: (FoundActivation | null)[] = layers.map(() => null);
  const index = new Map(layers.map(({ name }, position) => [name, position]));
  let current = -1;
  for (const [name, module] of network.modules) {
    current = index.get(name) ?? current;
    const epsilon = module.className === 'BatchNorm2d' ? module.attributes.get('eps') : NORM_EPSILON;
    const activation = readActivation(module);
    const isKnown = activation !== null || NEUTRAL.test(module.className) || !module.isLeaf;
    if (!isKnown || (typeof epsilon === 'number' && Math.abs(epsilon - NORM_EPSILON) > 1e-8)) {
      throw createCheckpointError(
        `${networkName(network)} has the module ${quoteName(name)} of the class ${quoteName(module.className)}${isKnown ? ` with eps ${String(epsilon)}` : ''}, which no supported DCGAN has.`,
      );
    }
    if (activation !== null && current >= 0) found[current] ??= activation;
  }
  return found.some((activation) => activation !== null) ? found : null;
}
