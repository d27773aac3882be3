import type { BackendChoice } from '../runtime/backend.ts';
import { BACKEND_NAMES } from '../runtime/backend.ts';
import type { GeneratorSource, RenderOptions } from '../engine/generator.ts';
import type { DirectionsInput } from '../latent/directions-input.ts';
import type { StyleMix } from '../latent/style-mix.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { ModelInfo, NoiseMode } from '../weights/model-info.ts';
import { NOISE_MODES } from '../weights/model-info.ts';

/**
 * Pure functions from what a page wrote, which may be anything, to values that the engine takes. What is out of range is
 * clamped or replaced by its default, with a warning; what has no sensible replacement throws a `GanCanvasError`.
 */

/** Called with a kind (shown once per element) and a message. */
export type Warn = (kind: string, message: string) => void;

/** Properties that change the picture. */
export const PICTURE_PROPERTIES = [
  'seed',
  'latent',
  'latentDim',
  'truncation',
  'classLabel',
  'noise',
  'directions',
  'directionsText',
  'mix',
  'samples',
  'columns',
];

/** What a number of an attribute may be. */
export interface NumberRange {
  /** The attribute's name, for the warning. */
  readonly name: string;
  readonly min: number;
  readonly max: number;
  /** What is meant when the attribute is missing or no number. */
  readonly fallback: number;
  /** True: rounded to the nearest integer. */
  readonly integer: boolean;
  /** What a number outside the range becomes; default `clamp`. */
  readonly outside?: 'clamp' | 'fallback';
}

/** A number in its range; null and undefined are the default, and give no warning. */
export function readNumber(value: unknown, range: NumberRange, warn: Warn): number {
  if (value === null || value === undefined) return range.fallback;
  const number = typeof value === 'string' && value.trim() === '' ? NaN : Number(value);
  if (Number.isNaN(number)) {
    warn(range.name, `${range.name} must be a number, ${range.min}…${range.max}; it is not, so ${range.fallback} is used.`);
    return range.fallback;
  }
  const rounded = range.integer ? Math.round(number) : number;
  if (rounded >= range.min && rounded <= range.max) return rounded;
  const replaced = range.outside === 'fallback' ? range.fallback : Math.min(range.max, Math.max(range.min, rounded));
  warn(range.name, `${range.name} must be ${range.min}…${range.max}; it is ${number}, so ${replaced} is used.`);
  return replaced;
}

/** A mode of noise; anything else is the model's own, with a warning. */
export function readNoise(value: unknown, fallback: NoiseMode, warn: Warn): NoiseMode {
  if (value === null || value === undefined) return fallback;
  const name = String(value).trim().toLowerCase();
  const known = NOISE_MODES.find((mode) => mode === name);
  if (known === undefined) warn('noise', `noise must be one of ${NOISE_MODES.join(', ')}; it is "${name}", so ${fallback} is used.`);
  return known ?? fallback;
}

/** Directions as an attribute's text or a property's object, which the engine reads; undefined when there are none. */
export function readDirections(value: unknown): DirectionsInput | string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'object') return value as DirectionsInput | string;
  throw new GanCanvasError('bad-vector', `directions must be name:size pairs, JSON or an object; it is ${kindOf(value)}.`);
}

/** A mix as an attribute's text or a property's object, which the engine reads; undefined when there is none. */
export function readMix(value: unknown): StyleMix | string | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value === 'string' || typeof value === 'object') return value as StyleMix | string;
  throw new GanCanvasError('invalid-argument', `mix must be seed@layers such as "7@4-7", or {seed, layers}; it is ${kindOf(value)}.`);
}

/** z as a copy; undefined when unset. Its length is checked by the engine, which knows z_dim. */
export function readLatent(value: unknown): Float32Array | undefined {
  if (value === null || value === undefined) return undefined;
  const isList = Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
  const numbers = isList ? Float32Array.from(value as ArrayLike<number>) : undefined;
  if (numbers?.every(Number.isFinite)) return numbers;
  throw new GanCanvasError('bad-vector', `latent must be a Float32Array of finite numbers; it is ${kindOf(value)}.`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  return ArrayBuffer.isView(value) ? 'one with values that are not finite' : `of type ${typeof value}`;
}

/** The attributes that decide what is drawn, as the page wrote them. */
export interface PictureSettings {
  readonly seed: string;
  readonly latent: unknown;
  readonly latentDim: unknown;
  readonly truncation: unknown;
  readonly classLabel: string | number | null;
  readonly noise: unknown;
  readonly directions: unknown;
  readonly mix: unknown;
  readonly samples: unknown;
  readonly columns: unknown;
}

/** The range of `latent-dim` in a model. */
export function latentDimRange(info: ModelInfo): NumberRange {
  return { name: 'latent-dim', min: 1, max: info.zDim, fallback: info.zDim, integer: true };
}

/** The range of `truncation` in a model. */
export function truncationRange(info: ModelInfo): NumberRange {
  return { name: 'truncation', min: 0, max: 2, fallback: info.truncation, integer: false };
}

/** Rows and columns of a grid; the squarest one when `columns` is not given. */
export function readGrid(samples: unknown, columns: unknown, warn: Warn): { samples: number; columns: number; rows: number } {
  const count = readNumber(samples, { name: 'samples', min: 1, max: 64, fallback: 1, integer: true }, warn);
  const squarest = Math.ceil(Math.sqrt(count));
  const across = readNumber(columns, { name: 'columns', min: 1, max: 64, fallback: squarest, integer: true }, warn);
  return { samples: count, columns: across, rows: Math.ceil(count / across) };
}

/** What to draw; throws `bad-vector` for a latent that cannot be read. What directions say is read by the engine. */
export function readPicture(settings: PictureSettings, info: ModelInfo, warn: Warn): RenderOptions {
  const { samples, columns } = readGrid(settings.samples, settings.columns, warn);
  return {
    seed: settings.seed,
    latent: readLatent(settings.latent),
    latentDim: readNumber(settings.latentDim, latentDimRange(info), warn),
    truncation: readNumber(settings.truncation, truncationRange(info), warn),
    classLabel: settings.classLabel === null || settings.classLabel === '' ? undefined : settings.classLabel,
    noise: readNoise(settings.noise, info.noise, warn),
    directions: readDirections(settings.directions),
    mix: readMix(settings.mix),
    samples,
    columns,
  };
}

/** Milliseconds from seed to seed of a walk. */
export function readInterval(value: unknown, warn: Warn): number {
  return readNumber(value, { name: 'interval', min: 100, max: 3_600_000, fallback: 2000, integer: false, outside: 'fallback' }, warn);
}

/** The attributes that decide where the weights come from and what draws. */
export interface SourceSettings {
  readonly model: string | null;
  readonly src: string | null;
  readonly integrity: string | null;
  readonly crossOrigin: string | null;
  readonly backend: string | null;
}

/** A source that the engine takes. */
export interface Source extends GeneratorSource {
  readonly backend: BackendChoice;
}

/** The source, with `src` made absolute; throws `weights-fetch` and `backend-unavailable`. */
export function readSource(settings: SourceSettings, baseUrl: string): Source {
  return {
    backend: readBackend(settings.backend),
    ...(settings.src === null ? { model: settings.model ?? 'pomona' } : { src: readUrl(settings.src, baseUrl) }),
    ...(settings.integrity && { integrity: settings.integrity }),
    ...(settings.crossOrigin !== null && { crossOrigin: readCrossOrigin(settings.crossOrigin) }),
  };
}

function readUrl(src: string, baseUrl: string): string {
  const text = src.trim();
  if (text === '')
    throw new GanCanvasError('weights-fetch', 'src is empty. Give it the URL of a weights file, or leave it out to use model.');
  try {
    return new URL(text, baseUrl).href;
  } catch (cause) {
    throw new GanCanvasError('weights-fetch', `src is "${text}", which is no URL. Give it the URL of a weights file.`, { cause });
  }
}

/** As in HTML: any value but `use-credentials` means `anonymous`. */
export function readCrossOrigin(value: string): 'anonymous' | 'use-credentials' {
  return value.trim().toLowerCase() === 'use-credentials' ? 'use-credentials' : 'anonymous';
}

function readBackend(value: string | null): BackendChoice {
  const name = value?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'auto') return 'auto';
  const known = BACKEND_NAMES.find((backend) => backend === name);
  if (known !== undefined) return known;
  throw new GanCanvasError('backend-unavailable', `There is no backend "${name}". Use one of auto, ${BACKEND_NAMES.join(', ')}.`);
}
