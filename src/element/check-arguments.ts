import type { GenerateOptions } from '../engine/generator.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import { NOISE_MODES } from '../weights/model-info.ts';
import type { NumberRange } from './read-settings.ts';
import { latentDimRange, truncationRange } from './read-settings.ts';

/** What `toBlob()` takes. */
export interface ToBlobOptions {
  /** MIME type: `image/png` (default), `image/jpeg`, `image/webp` where the browser writes it. */
  readonly type?: string | undefined;
  /** 0…1, for JPEG and WebP; default the browser's. */
  readonly quality?: number | undefined;
  /** Size as a multiple of the model's own resolution; above 0, at most 8192 pixels a side in the end; default 1. */
  readonly scale?: number | undefined;
}

function invalid(message: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', message);
}

function assertRange(value: unknown, range: Pick<NumberRange, 'name' | 'min' | 'max' | 'integer'>): void {
  const isNumber = typeof value === 'number' && (range.integer ? Number.isInteger(value) : Number.isFinite(value));
  if (isNumber && value >= range.min && value <= range.max) return;
  throw invalid(`${range.name} must be ${range.integer ? 'an integer' : 'a number'}, ${range.min}…${range.max}; it is ${String(value)}.`);
}

/** A seed as a method takes it: text, or a number as its decimal digits. */
export function assertSeed(seed: unknown, name: string): asserts seed is string | number {
  if (typeof seed === 'string' || typeof seed === 'number') return;
  throw invalid(`${name} must be a string; it is ${seed === null ? 'null' : `of type ${typeof seed}`}.`);
}

/** `steps` of `interpolate()`. */
export function assertSteps(steps: unknown): void {
  assertRange(steps, { name: 'steps', min: 2, max: 1000, integer: true });
}

/** The argument of `generate()`; latents and directions are checked where they are read, classes by the engine. */
export function assertGenerateOptions(options: GenerateOptions, info: ModelInfo): void {
  const { seed, latentDim, truncation, classLabel, noise } = options;
  if (seed !== undefined) assertSeed(seed, 'seed');
  if (latentDim !== undefined) assertRange(latentDim, { ...latentDimRange(info), name: 'latentDim' });
  if (truncation !== undefined) assertRange(truncation, truncationRange(info));
  if (noise !== undefined && !NOISE_MODES.includes(noise)) {
    throw invalid(`noise must be one of ${NOISE_MODES.join(', ')}; it is ${String(noise)}.`);
  }
  if (classLabel !== undefined && typeof classLabel !== 'string' && typeof classLabel !== 'number') {
    throw invalid(`classLabel must be a name or an index; it is of type ${typeof classLabel}.`);
  }
}

/** An options argument, and the signal in it. */
export function assertOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw invalid(`The options must be an object; they are ${String(options)}.`);
  const { signal } = options as { signal?: unknown };
  if (signal !== undefined && !(typeof signal === 'object' && signal !== null && 'aborted' in signal)) {
    throw invalid('signal must be an AbortSignal.');
  }
}

/** The argument of `toBlob()`. */
export function assertToBlobOptions({ type, quality, scale }: ToBlobOptions): void {
  if (type !== undefined && (typeof type !== 'string' || !type.startsWith('image/'))) {
    throw invalid(`type must be a MIME type such as image/png; it is ${String(type)}.`);
  }
  if (quality !== undefined) assertRange(quality, { name: 'quality', min: 0, max: 1, integer: false });
  if (scale !== undefined && !(typeof scale === 'number' && scale > 0 && Number.isFinite(scale))) {
    throw invalid(`scale must be a number above 0; it is ${String(scale)}.`);
  }
}

/** The argument of `importWeights()`. */
export function assertBlob(blob: unknown): asserts blob is Blob {
  if (!(blob instanceof Blob)) throw invalid('importWeights() takes a Blob or File: one of our weights files, full or a delta.');
}
