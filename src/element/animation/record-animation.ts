/**
 * Folder `animation`: films of pictures, loaded when the first one is asked for. It may assume the `Generator` interface and a browser; it must not
 * know the element.
 */
import type { Generator, RenderedBitmap, RenderOptions } from '../../engine/generator.ts';
import type { DirectionsInput } from '../../latent/directions-input.ts';
import { assertDirections, parseDirections } from '../../latent/directions.ts';
import { GanCanvasError, throwIfAborted } from '../../support/errors.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import type { OwnSettings } from '../draw-pictures.ts';
import { readLatent, readPicture } from '../read-settings.ts';
import type { KeyframeOptions, RecordAnimationOptions } from './animation-options.ts';
import type { FrameEncoder, FrameFormat } from './frame-encoder.ts';
import { createGifEncoder } from './gif-encoder.ts';
import { EASINGS, holdingMs, interpolateKeyframes, type AnimationCourse, type AnimationFrame, type Keyframe } from './keyframes.ts';
import { createWebmEncoder } from './webm-encoder.ts';

export const ANIMATION_TYPES = ['video/webm', 'image/gif'] as const;

const MAX_KEYFRAMES = 100;
const MAX_FRAMES = 1500;
const DEFAULT_SIZE = 256;

/** A film, as far as it can be told before the first picture. */
interface Plan {
  readonly type: (typeof ANIMATION_TYPES)[number];
  readonly keyframes: readonly Keyframe[];
  readonly course: AnimationCourse;
  readonly format: FrameFormat;
  /** What all frames share. */
  readonly options: RenderOptions;
}

function invalid(message: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', message);
}

function readRange(name: string, value: unknown, fallback: number, [min, max]: readonly [number, number], whole = false): number {
  if (value === undefined) return fallback;
  const fits = typeof value === 'number' && value >= min && value <= max && (!whole || Number.isInteger(value));
  if (fits) return value;
  throw invalid(`${name} is ${String(value)}; it must be ${whole ? 'a whole number' : 'a number'} from ${String(min)} to ${String(max)}.`);
}

function readChoice<T extends string>(name: string, value: unknown, choices: readonly T[]): T {
  const choice = value === undefined ? choices[0] : choices.find((each) => each === value);
  if (choice !== undefined) return choice;
  throw invalid(`${name} is ${String(value)}; it must be one of ${choices.join(', ')}.`);
}

function readDirections(value: DirectionsInput | string | undefined): DirectionsInput {
  if (value === undefined) return {};
  if (typeof value === 'string') return parseDirections(value);
  assertDirections(value);
  return value;
}

/** A keyframe as it is given; what is left out is the element's own. */
function readKeyframe(given: unknown, index: number, own: RenderOptions): Keyframe {
  const where = `keyframes[${String(index)}]`;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid(`${where} is no keyframe; expected {seed, latent, directions, truncation, holdMs}, of which each may be left out.`);
  }
  const { seed, latent, directions, truncation, holdMs } = given as KeyframeOptions;
  if (seed !== undefined && typeof seed !== 'string' && typeof seed !== 'number') throw invalid(`${where}.seed must be a string.`);
  return {
    seed: String(seed ?? own.seed),
    latent: readLatent(latent) ?? (seed === undefined ? own.latent : undefined) ?? null,
    directions: readDirections(directions ?? own.directions),
    truncation: readRange(`${where}.truncation`, truncation, own.truncation ?? 1, [0, 2]),
    holdMs: readRange(`${where}.holdMs`, holdMs, 0, [0, 600_000]),
  };
}

function readKeyframes({ keyframes, fromSeed, toSeed }: RecordAnimationOptions, own: RenderOptions): readonly Keyframe[] {
  if (keyframes !== undefined && (fromSeed !== undefined || toSeed !== undefined)) {
    throw invalid('Both keyframes and fromSeed or toSeed are given; keep one of them.');
  }
  const from = fromSeed ?? own.seed ?? '0';
  const given: unknown = keyframes ?? [{ seed: from }, { seed: toSeed ?? `${from}/1` }];
  if (!Array.isArray(given) || given.length < 2 || given.length > MAX_KEYFRAMES) {
    throw invalid(`keyframes must be an array of 2 to ${String(MAX_KEYFRAMES)} keyframes.`);
  }
  return given.map((each, index) => readKeyframe(each, index, own));
}

function planAnimation(given: RecordAnimationOptions, { settings, warn }: OwnSettings, info: ModelInfo): Plan {
  const options = readPicture({ ...settings, samples: null, columns: null }, info, warn);
  const keyframes = readKeyframes(given, options);
  const type = readChoice('type', given.type, ANIMATION_TYPES);
  const isGif = type === 'image/gif';
  const durationMs = readRange('durationMs', given.durationMs, 4000, [100, 600_000]);
  const fps = readRange('fps', given.fps, 25, [1, isGif ? 50 : 60]);
  const multiple = info.resolution * Math.ceil(DEFAULT_SIZE / info.resolution);
  const size = readRange('size', given.size, multiple, [16, 1024], true);
  if (!isGif && size % 2 !== 0) throw invalid(`size is ${String(size)}; that of a film must be even.`);
  const loop = given.loop !== false;
  const frames = Math.max(2, Math.round((durationMs / 1000) * fps));
  if (frames > MAX_FRAMES) throw invalid(`${String(frames)} frames; at most ${String(MAX_FRAMES)} are recorded. Lower durationMs or fps.`);
  if (holdingMs(keyframes) >= durationMs) {
    throw invalid(
      `The keyframes stay ${String(holdingMs(keyframes))} ms in all; less than durationMs (${String(durationMs)}) is expected.`,
    );
  }
  const course = { durationMs, loop, easing: readChoice('easing', given.easing, EASINGS) };
  return { type, keyframes, course, format: { size, fps, frames, loop }, options };
}

function drawFrame(
  generator: Generator,
  { from, to, t, latent, directions, truncation }: AnimationFrame,
  shared: RenderOptions,
  signal: AbortSignal | undefined,
): Promise<RenderedBitmap> {
  const options: RenderOptions = { ...shared, latent: undefined, directions, truncation, signal };
  if (latent) return generator.renderBitmap({ ...options, latent, seed: t < 0.5 ? from : to });
  return from === to ? generator.renderBitmap({ ...options, seed: from }) : generator.renderBetween(from, to, t, options);
}

function createEncoder(type: Plan['type'], format: FrameFormat): FrameEncoder | Promise<FrameEncoder> {
  return type === 'image/gif' ? createGifEncoder(format) : createWebmEncoder(format);
}

function openCanvas(size: number, smooth: boolean): OffscreenCanvasRenderingContext2D {
  const context = new OffscreenCanvas(size, size).getContext('2d', { willReadFrequently: true });
  if (!context) throw new GanCanvasError('internal', 'The browser gave no 2d context to draw frames in.');
  context.imageSmoothingEnabled = smooth;
  context.imageSmoothingQuality = 'high';
  return context;
}

/**
 * Draws every frame of an animation, one after the other, and writes them into a file. Time in it is exact, however long drawing takes.
 * @throws GanCanvasError for arguments outside their ranges, and what drawing throws; AbortError
 */
export async function recordAnimation(
  generator: Generator,
  given: RecordAnimationOptions,
  own: OwnSettings & { readonly smooth: boolean },
): Promise<Blob> {
  const { signal, onProgress } = given;
  const { info } = generator;
  const { type, keyframes, course, format, options } = planAnimation(given, own, info);
  const { size, frames } = format;
  const context = openCanvas(size, own.smooth);
  const encoder = await createEncoder(type, format);
  try {
    for (let index = 0; index < frames; index += 1) {
      throwIfAborted(signal);
      // A loop's last frame leads to its first, which is not shown twice.
      const time = index / (course.loop ? frames : frames - 1);
      const { bitmap } = await drawFrame(generator, interpolateKeyframes(keyframes, course, time, info.zDim), options, signal);
      context.drawImage(bitmap, 0, 0, size, size);
      bitmap.close();
      await encoder.add(context.canvas);
      onProgress?.(index + 1, frames);
    }
    throwIfAborted(signal);
    return await encoder.finish();
  } finally {
    encoder.dispose();
  }
}
