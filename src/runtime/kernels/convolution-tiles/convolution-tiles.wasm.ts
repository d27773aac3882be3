import type * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';

/** Words of `Convolution` in assembly/training-convolution.ts. */
const WORDS = 16;
const FLOAT = 4;
/** Bytes that the transforms work in. */
const WORK_BYTES = 4096;
/** Positions of a tile in Winograd's form. */
const POSITIONS = 36;
/** Bytes of transformed tiles that stay in a second-level cache beside a part of the kernel. */
const CHUNK_BYTES = 600_000;
/** Fewer tiles at a time would read the kernel too often. */
const FEWEST_TILES = 32;
/** With fewer channels the transforms cost more than they save. */
const FEWEST_CHANNELS = 8;
/** Taps along an axis of a kernel of stride 2, from which on 9 multiplications for each output, and the transforms, are fewer. */
const FEWEST_STRIDED_TAPS = 4;

/** A convolution that goes by tiles: how its kernel lies in 3×3 cells. */
export interface TiledConvolution {
  readonly info: tf.backend_util.Conv2DInfo;
  /** 2: a cell has 2×2 taps. */
  readonly step: 1 | 2;
  /** Empty taps before the kernel's first, down and across. */
  readonly before: number;
  readonly across: number;
  /** Cells of padding. */
  readonly top: number;
  readonly left: number;
}

/**
 * How a convolution goes by tiles of 4×4 outputs; null where it does not, or where that would not be faster. `channels`: those that are added up, or
 * the fewer of both sides.
 */
export function planTiles(
  info: tf.backend_util.Conv2DInfo,
  channels: number = Math.min(info.inChannels, info.outChannels),
): TiledConvolution | null {
  const { strideHeight: step, strideWidth, filterHeight, filterWidth, padInfo, dilationHeight, dilationWidth } = info;
  if (dilationHeight !== 1 || dilationWidth !== 1 || strideWidth !== step || info.dataFormat !== 'channelsLast') return null;
  if (channels < FEWEST_CHANNELS) return null;
  const { top, left } = padInfo;
  if (step === 1) {
    return filterHeight === 3 && filterWidth === 3 ? { info, step, before: 0, across: 0, top, left } : null;
  }
  if (step !== 2 || Math.min(filterHeight, filterWidth) < FEWEST_STRIDED_TAPS || top > 2 || left > 2) return null;
  // Cell a begins two taps after cell a − 1, and cell 1 where the output's own pixel does.
  const [before, across] = [2 - top, 2 - left];
  return filterHeight + before <= 6 && filterWidth + across <= 6 ? { info, step, before, across, top: 1, left: 1 } : null;
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

interface Side {
  readonly pointer: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly step: number;
}

interface TileTask {
  readonly wasm: BackendWasm;
  readonly plan: TiledConvolution;
  readonly x: Side;
  readonly y: Side;
  readonly top: number;
  readonly left: number;
}

const depthOf = ({ channels, step }: Side): number => step * step * roundUp(channels, 4);

/** Memory of a task, and its description in it. */
function prepare({ wasm, plan, x, y, top, left }: TileTask) {
  const { kernels, arena, pool } = kernelsOf(wasm);
  const [depth, columns] = [depthOf(x), roundUp(depthOf(y), 8)];
  const along = (length: number): number => Math.ceil(Math.ceil(length / y.step) / 4);
  const all = plan.info.batchSize * along(y.height) * along(y.width);
  const wanted = Math.max(FEWEST_TILES, CHUNK_BYTES / (POSITIONS * FLOAT * (depth + columns)));
  const tiles = Math.min(all, roundUp(all / Math.ceil(all / wanted), 4));
  const most = roundUp(Math.max(x.channels, y.channels), 4) * FLOAT;
  const scratchBytes = WORK_BYTES + POSITIONS * (tiles * (depth + columns) * FLOAT + 128);
  const [description, zeros, kernel, scratch] = arena.reserve(
    WORDS * FLOAT,
    most,
    POSITIONS * depth * columns * FLOAT,
    pool.threads * roundUp(scratchBytes, 64),
  );
  const words = new Int32Array(arena.memory.buffer);
  words.fill(0, zeros / FLOAT, (zeros + most) / FLOAT);
  words.set(
    [
      ...[x.pointer, y.pointer, kernel, plan.info.batchSize, x.height, x.width, x.channels, x.step],
      ...[y.height, y.width, y.channels, y.step, top, left, tiles, zeros],
    ],
    description / FLOAT,
  );
  return { kernels, pool, description, kernel, scratch, scratchBytes: roundUp(scratchBytes, 64), chunks: Math.ceil(all / tiles) };
}

function inputSide(wasm: BackendWasm, tensor: tf.TensorInfo, { info, step }: TiledConvolution): Side {
  return { pointer: pointerOf(wasm, tensor), height: info.inHeight, width: info.inWidth, channels: info.inChannels, step };
}

function outputSide(wasm: BackendWasm, tensor: tf.TensorInfo, { info }: TiledConvolution): Side {
  return { pointer: pointerOf(wasm, tensor), height: info.outHeight, width: info.outWidth, channels: info.outChannels, step: 1 };
}

function runTiles(task: TileTask, filter: tf.TensorInfo, turned: boolean): void {
  const { kernels, pool, description, kernel, scratch, scratchBytes, chunks } = prepare(task);
  const { info, step, before, across } = task.plan;
  const { filterHeight, filterWidth, inChannels, outChannels } = info;
  const from = pointerOf(task.wasm, filter);
  kernels.transformCells(from, kernel, filterHeight, filterWidth, inChannels, outChannels, step, before, across, turned, scratch);
  pool.run('convolveTiles', description, chunks, scratch, scratchBytes);
}

/** The convolution of x by the filter. */
export function convolveByTiles(wasm: BackendWasm, plan: TiledConvolution, x: tf.TensorInfo, filter: tf.TensorInfo): tf.TensorInfo {
  const y = wasm.makeOutput(plan.info.outShape, 'float32');
  const { top, left } = plan;
  runTiles({ wasm, plan, x: inputSide(wasm, x, plan), y: outputSide(wasm, y, plan), top, left }, filter, false);
  return y;
}

/** The gradient by x: a convolution of dy by the turned kernel, whose cells are padded from the other side. */
export function inputGradientByTiles(wasm: BackendWasm, plan: TiledConvolution, dy: tf.TensorInfo, filter: tf.TensorInfo): tf.TensorInfo {
  const dx = wasm.makeOutput(plan.info.inShape, 'float32');
  const [top, left] = [2 - plan.top, 2 - plan.left];
  runTiles({ wasm, plan, x: outputSide(wasm, dy, plan), y: inputSide(wasm, dx, plan), top, left }, filter, true);
  return dx;
}

/** The gradient by the filter. */
export function filterGradientByTiles(wasm: BackendWasm, plan: TiledConvolution, x: tf.TensorInfo, dy: tf.TensorInfo): tf.TensorInfo {
  const dw = wasm.makeOutput(plan.info.filterShape, 'float32');
  const { info, step, before, across, top, left } = plan;
  const task = prepare({ wasm, plan, x: inputSide(wasm, x, plan), y: outputSide(wasm, dy, plan), top, left });
  task.kernels.sumTiles(task.description, task.scratch);
  task.kernels.contractCells(
    task.kernel,
    pointerOf(wasm, dw),
    info.filterHeight,
    info.filterWidth,
    info.inChannels,
    info.outChannels,
    step,
    before,
    across,
    task.scratch,
  );
  return dw;
}
