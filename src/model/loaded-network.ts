import * as tf from '@tensorflow/tfjs-core';
import { RepeatedWork } from '../runtime/repeated-work.ts';
import type { Architecture } from '../weights/architecture.ts';
import type { NoiseMode } from '../weights/model-info.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';
import { createGeneratorNetwork } from './generator-network.ts';
import type { GeneratorNetwork, Noise, Prepared } from './network.ts';
import { arrangeGrid } from './picture-grid.ts';

/** One row for the mapping network. Several rows may be for one picture: their ws are added up, each times its share. */
export interface MappingRow {
  /** zDim numbers, not normalised. */
  readonly z: Float32Array;
  /** Null for an unconditional network. */
  readonly classIndex: number | null;
  /** Its index; from `pictures` on, those of the second ws to mix with. */
  readonly picture: number;
  readonly share: number;
}

/** What to draw, in numbers. */
export interface PictureBatch {
  readonly pictures: number;
  /** At least one row for each picture, in the order of the pictures; with `mixed` the same again for what they mix with. */
  readonly rows: readonly MappingRow[];
  /** First and last row of ws that is made of a picture's second w; null: there are no second ones. */
  readonly mixed: readonly [number, number] | null;
  /** psi. */
  readonly truncation: number;
  /** Added to ws, numWs · directionDim numbers; null: nothing. */
  readonly offsets: Float32Array | null;
  readonly noise: NoiseMode;
  /** The noise of each picture for `random`: the next `count` normal deviates of its stream. */
  readonly noiseStreams: readonly ((count: number) => Float32Array)[];
}

/** Pictures on a backend, [n, height, width, channels] in about −1…1; dispose of them with {@link disposeImages}. */
export type Images = tf.Tensor4D;
/** A grid on a backend, [height, width, 4], or packed, int32 [height, width]. */
export type Grid = tf.Tensor3D | tf.Tensor2D;

/** A generator with its parameters on one backend. Call its methods inside that runtime's `run`. */
export interface LoadedNetwork {
  /** Synchronous: on WebGPU the work is only submitted. */
  draw(batch: PictureBatch): Images;
  /** The same as one grid. */
  drawGrid(batch: PictureBatch, columns: number): Grid;
  dispose(): void;
}

/** Kinds of pictures that a network has in mind at once: with and without noise, say, alone and eight at a time. */
const KINDS = 4;

/** Puts parameters on the current backend, ready to draw. Call it inside a runtime's `run`. */
export function loadNetwork(architecture: Architecture, tensors: ReadonlyMap<string, WeightsTensor>): LoadedNetwork {
  const network = createGeneratorNetwork(architecture);
  const parameters = new Map<string, tf.Tensor>();
  for (const [name, { values, shape }] of tensors) parameters.set(name, tf.tensor(values, [...shape], 'float32'));
  const prepared = network.prepare(parameters);
  tf.dispose([...parameters.values()]);
  const drawings = new RepeatedWork({ most: KINDS, recorded: 'second-time' });
  const run = <T extends tf.Tensor>(batch: PictureBatch, kind: string, finish: (images: Images) => T): T => {
    const inputs = createInputs(batch, architecture.classes, network);
    try {
      const draw = (given: BatchInputs): { result: T } => ({ result: finish(drawInputs(network, prepared, given, batch.noise)) });
      return drawings.run(`${kind}, noise ${batch.noise}`, inputs, draw).result;
    } finally {
      tf.dispose(inputs);
    }
  };
  return {
    draw: (batch) => run(batch, 'images', (images) => images),
    drawGrid: (batch, columns) => run<Grid>(batch, `grid ${columns}`, (images) => arrangeGrid(images, columns)),
    dispose: () => {
      drawings.dispose();
      tf.dispose(prepared);
    },
  };
}

/** A batch's numbers as tensors; what it does without is absent. */
type BatchInputs = tf.NamedTensorMap & {
  /** [rows, zDim]. */
  readonly z: tf.Tensor2D;
  /** [rows, classes]. */
  readonly oneHot?: tf.Tensor2D;
  /** [pictures, rows]; absent: a row for each picture. */
  readonly shares?: tf.Tensor2D;
  /** Absent: 1. */
  readonly psi?: tf.Scalar;
  /** [numWs, directionDim]. */
  readonly offsets?: tf.Tensor2D;
  /** [1, numWs, 1]: 1 where a row of ws is made of the second w, else 0. Absent: there are no second ws. */
  readonly mixed?: tf.Tensor3D;
  /** [pictures, size, size, 1] for each layer that may take noise. */
  readonly [field: `noise${number}`]: tf.Tensor4D;
};

function createInputs(batch: PictureBatch, classes: number, { numWs, noiseSizes }: GeneratorNetwork): BatchInputs {
  const { offsets, mixed, truncation, noise, noiseStreams, pictures } = batch;
  const fields = (noise === 'random' ? noiseSizes : []).map((size, layer) => {
    const values = new Float32Array(pictures * size * size);
    // Every picture's stream is read in the order of the layers, whichever of them take noise and however the pictures are batched.
    noiseStreams.forEach((next, picture) => {
      values.set(next(size * size), picture * size * size);
    });
    return [`noise${layer}`, tf.tensor4d(values, [pictures, size, size, 1])] as const;
  });
  return {
    ...createRowInputs(batch, classes),
    ...(truncation !== 1 && { psi: tf.scalar(truncation) }),
    ...(offsets && { offsets: tf.tensor2d(offsets, [numWs, offsets.length / numWs]) }),
    ...(mixed && { mixed: tf.tensor3d(markRows(numWs, mixed), [1, numWs, 1]) }),
    ...Object.fromEntries(fields),
  };
}

/** 1 for the rows of a range, 0 for the others. */
function markRows(count: number, [first, last]: readonly [number, number]): Float32Array {
  return new Float32Array(count).fill(1, first, last + 1);
}

function createRowInputs({ rows, pictures, mixed }: PictureBatch, classes: number): Pick<BatchInputs, 'z' | 'oneHot' | 'shares'> {
  const zDim = rows[0]?.z.length ?? 0;
  const z = new Float32Array(rows.length * zDim);
  const oneHot = new Float32Array(rows.length * classes);
  const wanted = mixed ? 2 * pictures : pictures;
  const shares = new Float32Array(wanted * rows.length);
  rows.forEach((row, index) => {
    z.set(row.z, index * zDim);
    if (row.classIndex !== null) oneHot[index * classes + row.classIndex] = 1;
    shares[row.picture * rows.length + index] = row.share;
  });
  return {
    z: tf.tensor2d(z, [rows.length, zDim]),
    ...(classes > 0 && { oneHot: tf.tensor2d(oneHot, [rows.length, classes]) }),
    // One row for each w is the rule; only pictures between two classes have two.
    ...(rows.length !== wanted && { shares: tf.tensor2d(shares, [wanted, rows.length]) }),
  };
}

function drawInputs(network: GeneratorNetwork, prepared: Prepared, inputs: BatchInputs, mode: NoiseMode): Images {
  const { z, oneHot = null, shares, psi = 1, offsets = null, mixed } = inputs;
  const rows = network.map(prepared, z, oneHot);
  const w = shares ? tf.matMul<tf.Tensor2D>(shares, rows) : rows;
  const noise: Noise = mode === 'random' ? { mode, fields: (layer) => inputs[`noise${layer}`] as tf.Tensor4D } : { mode };
  const ws = mixed ? mixWs(network.toWs(prepared, w, psi, null), mixed, offsets) : network.toWs(prepared, w, psi, offsets);
  return network.synthesize(prepared, ws, noise);
}

/** ws [2n, numWs, dim], the second half what the first mixes with, to ws [n, numWs, dim]; then the offsets of directions, if any. */
function mixWs(both: tf.Tensor3D, mixed: tf.Tensor3D, offsets: tf.Tensor2D | null): tf.Tensor3D {
  const [rows, numWs, dim] = both.shape;
  const own = tf.slice(both, [0, 0, 0], [rows / 2, numWs, dim]);
  const second = tf.slice(both, [rows / 2, 0, 0], [rows / 2, numWs, dim]);
  // Factors of 0 and 1 are exact: a row is the one w or the other, to the bit.
  const ws = tf.add<tf.Tensor3D>(tf.mul(own, tf.sub(1, mixed)), tf.mul(second, mixed));
  return offsets ? tf.add<tf.Tensor3D>(ws, tf.expandDims(offsets, 0)) : ws;
}

/** All pictures as one grid. The images are borrowed. */
export function joinImages(images: readonly Images[], columns: number): Grid {
  return tf.tidy<Grid>(() => arrangeGrid(images.length === 1 ? (images[0] as Images) : tf.concat([...images], 0), columns));
}

/** Gives back pictures or grids. */
export function disposeImages(images: readonly (Images | Grid)[]): void {
  tf.dispose([...images]);
}
