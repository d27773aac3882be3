import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from '../weights/architecture.ts';
import type { NoiseMode } from '../weights/model-info.ts';
import type { WeightsTensor } from '../weights/weights-file.ts';
import { createGeneratorNetwork } from './generator-network.ts';
import type { Noise } from './network.ts';
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
  dispose(): void;
}

/** Puts parameters on the current backend, ready to draw. Call it inside a runtime's `run`. */
export function loadNetwork(architecture: Architecture, tensors: ReadonlyMap<string, WeightsTensor>): LoadedNetwork {
  const network = createGeneratorNetwork(architecture);
  const parameters = new Map<string, tf.Tensor>();
  for (const [name, { values, shape }] of tensors) parameters.set(name, tf.tensor(values, [...shape], 'float32'));
  const prepared = network.prepare(parameters);
  tf.dispose([...parameters.values()]);
  return {
    draw: (batch) =>
      tf.tidy(() => {
        const w = mapRows(batch, architecture.classes, (z, oneHot) => network.map(prepared, z, oneHot));
        const offsets = batch.offsets && tf.tensor2d(batch.offsets, [network.numWs, batch.offsets.length / network.numWs]);
        const ws = network.toWs(prepared, w, batch.truncation, offsets);
        return network.synthesize(prepared, ws, createNoise(batch, network.noiseSizes));
      }),
    dispose: () => {
      tf.dispose(prepared);
    },
  };
}

/** Every picture's stream is read in the order of the layers, whichever of them take noise and however the pictures are batched. */
function createNoise({ noise, noiseStreams, pictures }: PictureBatch, sizes: readonly number[]): Noise {
  if (noise !== 'random') return { mode: noise };
  const fields = sizes.map((size) => {
    const values = new Float32Array(pictures * size * size);
    noiseStreams.forEach((next, picture) => {
      values.set(next(size * size), picture * size * size);
    });
    return tf.tensor4d(values, [pictures, size, size, 1]);
  });
  return { mode: 'random', fields: (layer) => fields[layer] as tf.Tensor4D };
}

function mapRows(
  { rows, pictures }: PictureBatch,
  classes: number,
  map: (z: tf.Tensor2D, oneHot: tf.Tensor2D | null) => tf.Tensor2D,
): tf.Tensor2D {
  const zDim = rows[0]?.z.length ?? 0;
  const z = new Float32Array(rows.length * zDim);
  const oneHot = new Float32Array(rows.length * classes);
  const shares = new Float32Array(pictures * rows.length);
  rows.forEach((row, index) => {
    z.set(row.z, index * zDim);
    if (row.classIndex !== null) oneHot[index * classes + row.classIndex] = 1;
    shares[row.picture * rows.length + index] = row.share;
  });
  const w = map(tf.tensor2d(z, [rows.length, zDim]), classes === 0 ? null : tf.tensor2d(oneHot, [rows.length, classes]));
  // One row for each picture is the rule; only pictures between two classes have two.
  return rows.length === pictures ? w : tf.matMul(tf.tensor2d(shares, [pictures, rows.length]), w);
}

/** All pictures as one grid. The images are borrowed. */
export function joinImages(images: readonly Images[], columns: number): Grid {
  return tf.tidy<Grid>(() => arrangeGrid(images.length === 1 ? (images[0] as Images) : tf.concat([...images], 0), columns));
}

/** Gives back pictures or grids. */
export function disposeImages(images: readonly (Images | Grid)[]): void {
  tf.dispose([...images]);
}
