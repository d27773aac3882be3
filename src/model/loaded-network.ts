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
  readonly picture: number;
  readonly share: number;
}

/** What to draw, in numbers. */
export interface PictureBatch {
  readonly pictures: number;
  /** At least one row for each picture, in the order of the pictures. */
  readonly rows: readonly MappingRow[];
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
  /** [pictures, size, size, 1] for each layer that may take noise. */
  readonly [field: `noise${number}`]: tf.Tensor4D;
};

function createInputs(batch: PictureBatch, classes: number, { numWs, noiseSizes }: GeneratorNetwork): BatchInputs {
  const { offsets, truncation, noise, noiseStreams, pictures } = batch;
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
    ...Object.fromEntries(fields),
  };
}

function createRowInputs({ rows, pictures }: PictureBatch, classes: number): Pick<BatchInputs, 'z' | 'oneHot' | 'shares'> {
  const zDim = rows[0]?.z.length ?? 0;
  const z = new Float32Array(rows.length * zDim);
  const oneHot = new Float32Array(rows.length * classes);
  const shares = new Float32Array(pictures * rows.length);
  rows.forEach((row, index) => {
    z.set(row.z, index * zDim);
    if (row.classIndex !== null) oneHot[index * classes + row.classIndex] = 1;
    shares[row.picture * rows.length + index] = row.share;
  });
  return {
    z: tf.tensor2d(z, [rows.length, zDim]),
    ...(classes > 0 && { oneHot: tf.tensor2d(oneHot, [rows.length, classes]) }),
    // One row for each picture is the rule; only pictures between two classes have two.
    ...(rows.length !== pictures && { shares: tf.tensor2d(shares, [pictures, rows.length]) }),
  };
}

function drawInputs(network: GeneratorNetwork, prepared: Prepared, inputs: BatchInputs, mode: NoiseMode): Images {
  const { z, oneHot = null, shares, psi = 1, offsets = null } = inputs;
  const rows = network.map(prepared, z, oneHot);
  const w = shares ? tf.matMul<tf.Tensor2D>(shares, rows) : rows;
  const noise: Noise = mode === 'random' ? { mode, fields: (layer) => inputs[`noise${layer}`] as tf.Tensor4D } : { mode };
  return network.synthesize(prepared, network.toWs(prepared, w, psi, offsets), noise);
}

/** All pictures as one grid. The images are borrowed. */
export function joinImages(images: readonly Images[], columns: number): Grid {
  return tf.tidy<Grid>(() => arrangeGrid(images.length === 1 ? (images[0] as Images) : tf.concat([...images], 0), columns));
}

/** Gives back pictures or grids. */
export function disposeImages(images: readonly (Images | Grid)[]): void {
  tf.dispose([...images]);
}
