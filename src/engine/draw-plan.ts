import { directionOffsets, parseLayers } from '../latent/directions.ts';
import { limitDimensions } from '../latent/latent-dimension.ts';
import { sampleClass, sampleLatent } from '../latent/seeded-random.ts';
import { slerp } from '../latent/slerp.ts';
import { readStyleMix } from '../latent/style-mix.ts';
import { GanCanvasError } from '../support/errors.ts';
import { NOISE_MODES, type ModelInfo, type NoiseMode } from '../weights/model-info.ts';
import type { RenderOptions } from './generator.ts';

/** Something and how much of it; the shares of a class add up to 1, the squares of the shares of noise do. */
export interface Share<T> {
  readonly of: T;
  readonly share: number;
}

/** What one cell of a grid shows, in pure numbers. */
export interface CellPlan {
  /** z, zDim numbers, before latent-dim and normalisation. */
  readonly latent: Float32Array;
  /** The same with the components from latent-dim up at 0. */
  readonly z: Float32Array;
  /** Class indices: none without classes, one for a picture of a class, two on the way between classes (linear in w). */
  readonly classes: readonly Share<number>[];
  /** Seeds of the noise streams: one, or two on the way between seeds. */
  readonly noiseSeeds: readonly Share<string>[];
}

/** The second w of every cell, whose class is the cell's own, and the rows of ws that are made of it. */
export interface MixPlan {
  /** The second seed's z, with the components from latent-dim up at 0. */
  readonly z: Float32Array;
  /** First and last row, inclusive. */
  readonly layers: readonly [number, number];
}

/** Everything that a network must be told to draw a grid. */
export interface DrawPlan {
  readonly cells: readonly CellPlan[];
  readonly columns: number;
  /** psi. */
  readonly truncation: number;
  readonly noise: NoiseMode;
  /** What directions add to ws, row by row, numWs · directionDim numbers; null when nothing is moved. */
  readonly offsets: Float32Array | null;
  /** Null: every row of ws is made of a cell's own w. */
  readonly mix: MixPlan | null;
}

/** The vectors that a weights file names. */
export type DirectionVectors = ReadonlyMap<string, Float32Array>;

export const MAX_SAMPLES = 64;
export const DEFAULT_SEED = '0';

/** Seed of cell `index` of a grid: the seed itself, then seed/1, seed/2, … */
export function cellSeed(seed: string, index: number): string {
  return index === 0 ? seed : `${seed}/${String(index)}`;
}

/** Plans the grid of a seed. Throws `invalid-argument`, `bad-vector`, `unknown-class` or `unknown-direction`. */
export function planPictures(info: ModelInfo, vectors: DirectionVectors, options: RenderOptions): DrawPlan {
  const seed = options.seed ?? DEFAULT_SEED;
  assertLatent(options.latent, info.zDim);
  return planCells(info, vectors, options, (index, classIndex) => {
    const own = cellSeed(seed, index);
    const latent = index === 0 && options.latent !== undefined ? options.latent.slice() : sampleLatent(own, info.zDim);
    return { latent, classes: pictureClasses(info, classIndex, own), noiseSeeds: [{ of: own, share: 1 }] };
  });
}

/**
 * Plans one step on the way between two seeds, `t` in 0…1: slerp in z, linear in w between the two classes, and noise mixed so
 * that it keeps its variance. The ends are exactly the pictures of the two seeds. `options.seed` and `options.latent` do not count.
 */
export function planBetween(
  info: ModelInfo,
  vectors: DirectionVectors,
  [from, to]: readonly [string, string],
  t: number,
  options: RenderOptions,
): DrawPlan {
  if (!(t >= 0 && t <= 1)) throw invalid('t', t, 'a number from 0 to 1');
  return planCells(info, vectors, options, (index, classIndex) => {
    const ends = [cellSeed(from, index), cellSeed(to, index)] as const;
    const latent = slerp(sampleLatent(ends[0], info.zDim), sampleLatent(ends[1], info.zDim), t);
    const [first, second] = ends.map((end) => pictureClasses(info, classIndex, end)[0]?.of);
    return { latent, classes: shareClasses(first, second, t), noiseSeeds: shareNoise(ends, t) };
  });
}

function planCells(
  info: ModelInfo,
  vectors: DirectionVectors,
  options: RenderOptions,
  planCell: (index: number, classIndex: number | null) => Omit<CellPlan, 'z'>,
): DrawPlan {
  const samples = integerIn('samples', options.samples ?? 1, 1, MAX_SAMPLES);
  const dimensions = integerIn('latentDim', options.latentDim ?? info.zDim, 1, info.zDim);
  const truncation = options.truncation ?? info.truncation;
  if (!(truncation >= 0 && truncation <= 2)) throw invalid('truncation', truncation, 'a number from 0 to 2');
  const noise = options.noise ?? info.noise;
  if (!NOISE_MODES.includes(noise)) throw invalid('noise', noise, `one of ${NOISE_MODES.join(', ')}`);
  const classIndex = options.classLabel === undefined ? null : resolveClass(info, options.classLabel);
  const cells = Array.from({ length: samples }, (_, index) => {
    const cell = planCell(index, classIndex);
    return { ...cell, z: limitDimensions(cell.latent, dimensions) };
  });
  const columns = integerIn('columns', options.columns ?? Math.ceil(Math.sqrt(samples)), 1, MAX_SAMPLES);
  const offsets = planOffsets(info, vectors, options);
  return { cells, columns: Math.min(columns, samples), truncation, noise, offsets, mix: planMix(info, dimensions, options) };
}

function planMix(info: ModelInfo, dimensions: number, { mix }: RenderOptions): MixPlan | null {
  if (mix === undefined) return null;
  if (info.architecture.kind === 'dcgan') {
    throw new GanCanvasError(
      'invalid-argument',
      `The model "${info.name}" is a DCGAN: all its layers draw from one z, so there are no styles to mix; leave mix out.`,
    );
  }
  const { seed, layers } = readStyleMix(mix);
  return { z: limitDimensions(sampleLatent(seed, info.zDim), dimensions), layers: parseLayers(layers, info.numWs) };
}

function planOffsets(info: ModelInfo, vectors: DirectionVectors, { directions }: RenderOptions): Float32Array | null {
  if (directions === undefined) return null;
  const known = new Map(
    info.directions.flatMap(({ name, layers }) => {
      const vector = vectors.get(name);
      return vector === undefined ? [] : [[name, { vector, layers }] as const];
    }),
  );
  return directionOffsets(directions, known, info.numWs, info.directionDim);
}

function pictureClasses(info: ModelInfo, chosen: number | null, seed: string): readonly Share<number>[] {
  const { classes } = info.architecture;
  if (classes === 0) return [];
  return [{ of: chosen ?? sampleClass(seed, classes), share: 1 }];
}

function shareClasses(first: number | undefined, second: number | undefined, t: number): readonly Share<number>[] {
  if (first === undefined || second === undefined) return [];
  if (first === second || t === 0) return [{ of: first, share: 1 }];
  if (t === 1) return [{ of: second, share: 1 }];
  return [
    { of: first, share: 1 - t },
    { of: second, share: t },
  ];
}

function shareNoise([from, to]: readonly [string, string], t: number): readonly Share<string>[] {
  if (t === 0 || from === to) return [{ of: from, share: 1 }];
  if (t === 1) return [{ of: to, share: 1 }];
  const norm = Math.sqrt(t * t + (1 - t) * (1 - t));
  return [
    { of: from, share: (1 - t) / norm },
    { of: to, share: t / norm },
  ];
}

/** The index of a class that a page names. Throws `unknown-class`, which says what there is. */
export function resolveClass(info: ModelInfo, label: string | number): number {
  const { classes } = info.architecture;
  if (classes === 0) {
    throw new GanCanvasError(
      'unknown-class',
      `The model "${info.name}" has no classes, so there is none called "${String(label)}"; leave class-label out.`,
    );
  }
  const named = typeof label === 'string' ? info.labels.indexOf(label) : -1;
  const index = named >= 0 ? named : typeof label === 'string' && /^\d+$/.test(label.trim()) ? Number(label) : label;
  if (typeof index === 'number' && Number.isInteger(index) && index >= 0 && index < classes) return index;
  const names = Array.from({ length: classes }, (_, i) => info.labels[i] ?? String(i));
  throw new GanCanvasError(
    'unknown-class',
    `The model "${info.name}" has no class "${String(label)}"; it has ${names.join(', ')} (or an index, 0…${String(classes - 1)}).`,
  );
}

function assertLatent(latent: Float32Array | undefined, zDim: number): void {
  if (latent === undefined) return;
  if (latent.length !== zDim) {
    throw new GanCanvasError('bad-vector', `The latent has ${String(latent.length)} numbers; this model's z has ${String(zDim)}.`);
  }
  const bad = latent.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new GanCanvasError('bad-vector', `The latent's number ${String(bad)} is ${String(latent[bad])}; all must be finite.`);
}

function integerIn(name: string, value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw invalid(name, value, `a whole number from ${String(min)} to ${String(max)}`);
}

function invalid(name: string, value: unknown, expected: string): GanCanvasError {
  return new GanCanvasError('invalid-argument', `${name} is ${String(value)}; it must be ${expected}.`);
}
