import { MOVING_PARTS } from '../../training/moving-parts.ts';
import { ADVERSARIAL_LOSSES, TRAINING_METHODS, type TrainingSettings } from '../../training/training-settings.ts';
import { GanCanvasError } from '../../support/errors.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import type { FineTuneOptions } from './fine-tune.ts';

/** Fewer pictures than this teach a discriminator nothing. */
const FEWEST_FOR_ADVERSARIAL = 10;
const DEFAULTS = { steps: 300, batch: 8, learningRate: 0.0025, showEvery: 25 };

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

/**
 * The settings that options ask for, for a model and that many pictures.
 * @throws GanCanvasError `invalid-argument`, `unknown-class`
 */
export function readFineTuneSettings(options: FineTuneOptions, info: ModelInfo, pictures: number): TrainingSettings {
  const usual = pictures < FEWEST_FOR_ADVERSARIAL || info.discriminator === null ? 'reconstruction' : 'adversarial';
  return {
    method: readOne('method', options.method, TRAINING_METHODS, usual),
    steps: readWhole('steps', options.steps, [1, 100_000], DEFAULTS.steps),
    batch: readWhole('batch', options.batch, [1, 64], DEFAULTS.batch),
    seed: options.seed ?? '0',
    mirror: options.mirror ?? true,
    classIndex: readClass(options.classLabel, info),
    addsToModel: options.addsToModel ?? false,
    moving: readOne('moving', options.moving, MOVING_PARTS, 'all'),
    frozenBlocks: readWhole('frozenBlocks', options.frozenBlocks, [0, 8], 0),
    learningRate: readPositive('learningRate', options.learningRate, DEFAULTS.learningRate),
    loss: readOne('loss', options.loss, ADVERSARIAL_LOSSES, 'non-saturating'),
    gradientLimit: readLimit(options.gradientLimit),
    showEvery: readWhole('showEvery', options.showEvery, [1, 100_000], DEFAULTS.showEvery),
    background: readBackground(options.background),
    keeps: options.keeps ?? true,
  };
}
