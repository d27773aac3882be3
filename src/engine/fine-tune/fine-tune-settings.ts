import { createNetworkArchitecture } from '../../training/create-untrained-model.ts';
import { MOVING_PARTS } from '../../training/moving-parts.ts';
import {
  ADVERSARIAL_LOSSES,
  DCGAN_NORMALIZATIONS,
  startsFromNothing,
  TRAINING_METHODS,
  type NetworkSettings,
  type TrainingMethod,
  type TrainingSettings,
} from '../../training/training-settings.ts';
import { GanCanvasError } from '../../support/errors.ts';
import { DCGAN_ACTIVATIONS } from '../../weights/architecture.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import type { FineTuneOptions } from './fine-tune.ts';

/** Fewer pictures than this teach a discriminator nothing. */
const FEWEST_FOR_ADVERSARIAL = 10;
const DEFAULTS = { steps: 300, batch: 8, learningRate: 0.0025, showEvery: 25 };
/** From nothing: what makes something to look at of some dozens of pictures, within minutes on one thread of WASM. */
const DEFAULTS_FROM_NOTHING = {
  'textbook-gan': { steps: 2000, batch: 16, learningRate: 5e-4, showEvery: 25 },
  vae: { steps: 2000, batch: 16, learningRate: 1e-3, showEvery: 25 },
};
const DEFAULT_NETWORK: NetworkSettings = {
  ...{ latentDim: 32, resolution: 32, width: 16, filterSize: 4, stride: 2, depth: null, activation: null },
  normalization: 'batch',
};

function fail(name: string, value: unknown, expected: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', `${name} is ${JSON.stringify(value) ?? String(value)}; expected ${expected}.`);
}

function readWhole(name: string, value: number | undefined, [least, most]: readonly [number, number], otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw fail(name, value, `a whole number from ${least.toString()} to ${most.toString()}`);
}

function readOne<T extends string>(name: string, value: T | undefined, known: readonly T[], otherwise: T): T {
  if (value === undefined) return otherwise;
  if (known.includes(value)) return value;
  throw fail(name, value, `one of ${known.join(', ')}`);
}

function readClass(value: string | number | undefined, { labels, architecture: { classes } }: ModelInfo): number | null {
  if (value === undefined) return null;
  const index = typeof value === 'number' ? value : labels.indexOf(value);
  if (Number.isInteger(index) && index >= 0 && index < classes) return index;
  const known = labels.length > 0 ? `one of ${labels.join(', ')}` : classes > 0 ? `0 to ${(classes - 1).toString()}` : 'none: the model has no classes'; // prettier-ignore
  throw new GanCanvasError('unknown-class', `The class ${JSON.stringify(value)} is none of the model's; there is ${known}.`);
}

function readPositive(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (Number.isFinite(value) && value > 0) return value;
  throw fail(name, value, 'a number greater than 0');
}

function readLimit(value: FineTuneOptions['gradientLimit']): TrainingSettings['gradientLimit'] {
  if (value === undefined || value === null) return null;
  if (value.kind !== 'clip' && value.kind !== 'normalize') throw fail('gradientLimit.kind', value.kind, 'clip or normalize');
  return { kind: value.kind, norm: readPositive('gradientLimit.norm', value.norm, 1) };
}

function readBackground(value: FineTuneOptions['background']): TrainingSettings['background'] {
  if (value === undefined) return [255, 255, 255];
  if (value.length === 3 && value.every((part) => part >= 0 && part <= 255)) return value;
  throw fail('background', value, 'three numbers from 0 to 255');
}

function readNetwork(value: FineTuneOptions['network'], method: TrainingMethod): NetworkSettings | null {
  if (!startsFromNothing(method)) return null;
  const given = value ?? {};
  if (typeof given !== 'object') throw fail('network', given, 'an object such as { latentDim: 32, resolution: 32 }');
  const unknown = Object.keys(given).find((name) => !(name in DEFAULT_NETWORK));
  if (unknown !== undefined) throw fail('network', given, `no "${unknown}"; there is ${Object.keys(DEFAULT_NETWORK).join(', ')}`);
  const { latentDim, resolution, width, filterSize, stride, depth, activation, normalization } = given;
  const read = {
    latentDim: readWhole('network.latentDim', latentDim, [1, 2048], DEFAULT_NETWORK.latentDim),
    resolution: readWhole('network.resolution', resolution, [4, 256], DEFAULT_NETWORK.resolution),
    width: readWhole('network.width', width, [1, 1024], DEFAULT_NETWORK.width),
    filterSize: readWhole('network.filterSize', filterSize, [2, 64], DEFAULT_NETWORK.filterSize),
    stride: readWhole('network.stride', stride, [2, 16], DEFAULT_NETWORK.stride),
    depth: depth == null ? DEFAULT_NETWORK.depth : readWhole('network.depth', depth, [1, 10], 1),
    activation: activation == null ? DEFAULT_NETWORK.activation : readOne('network.activation', activation, DCGAN_ACTIVATIONS, 'relu'),
    normalization: readOne('network.normalization', normalization, DCGAN_NORMALIZATIONS, DEFAULT_NETWORK.normalization),
  };
  // Whether they go together.
  createNetworkArchitecture(read);
  return read;
}

/**
 * The settings that options ask for, for a model and that many pictures.
 * @throws GanCanvasError `invalid-argument`, `unknown-class`
 */
export function readFineTuneSettings(options: FineTuneOptions, info: ModelInfo, pictures: number): TrainingSettings {
  const usual = pictures < FEWEST_FOR_ADVERSARIAL || info.discriminator === null ? 'reconstruction' : 'adversarial';
  const method = readOne('method', options.method, TRAINING_METHODS, usual);
  const isFromNothing = startsFromNothing(method);
  const defaults = isFromNothing ? DEFAULTS_FROM_NOTHING[method] : DEFAULTS;
  return {
    method,
    steps: readWhole('steps', options.steps, [1, 100_000], defaults.steps),
    batch: readWhole('batch', options.batch, [1, 64], defaults.batch),
    seed: options.seed ?? '0',
    mirror: options.mirror ?? true,
    // What begins from nothing has no classes, whatever the model has.
    classIndex: isFromNothing ? null : readClass(options.classLabel, info),
    addsToModel: options.addsToModel ?? false,
    moving: readOne('moving', options.moving, MOVING_PARTS, 'all'),
    frozenBlocks: readWhole('frozenBlocks', options.frozenBlocks, [0, 8], 0),
    learningRate: readPositive('learningRate', options.learningRate, defaults.learningRate),
    loss: readOne('loss', options.loss, ADVERSARIAL_LOSSES, 'non-saturating'),
    gradientLimit: readLimit(options.gradientLimit),
    showEvery: readWhole('showEvery', options.showEvery, [1, 100_000], defaults.showEvery),
    background: readBackground(options.background),
    keeps: options.keeps ?? true,
    network: readNetwork(options.network, method),
  };
}
