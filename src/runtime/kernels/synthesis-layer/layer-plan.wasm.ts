import type { WasmKernels } from '../../wasm/wasm-kernels.ts';
import type { PackAttributes } from '../fused-kernels.ts';

/** How a convolution is done; the numbers are those of assembly/synthesis-layer.ts. */
export const FORM = { tiles4: 0, tiles2: 1, up: 2 } as const;
export type Form = (typeof FORM)[keyof typeof FORM];

/** Maps up to this side go by tiles of 2: there tiles of 4 are so few that reading their larger kernel costs more than they save. */
const SMALL_MAP = 8;
/** Bytes of a thread's transformed tiles, so that they and a part of the kernel stay in a second-level cache. */
const CHUNK_BYTES = 300_000;
/** Units for each thread at least, so that none waits long for another. */
const UNITS_PER_THREAD = 2;

export function chooseForm({ size, up }: PackAttributes): Form {
  if (up) return FORM.up;
  return size <= SMALL_MAP ? FORM.tiles2 : FORM.tiles4;
}

export const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Numbers in a packed kernel. */
export function packedSize(form: Form, inputs: number, outputs: number): number {
  return (form === FORM.tiles4 ? 36 : 16) * roundUp(inputs, 4) * roundUp(outputs, 8);
}

/** How a layer is cut into units. */
export interface LayerPlan {
  readonly tiles: number;
  readonly chunks: number;
  readonly groups: number;
  readonly groupSize: number;
  readonly scratchBytes: number;
}

function tilesAlong(form: Form, side: number): number {
  switch (form) {
    case FORM.tiles4:
      return Math.ceil(side / 4);
    case FORM.tiles2:
      return Math.ceil(side / 2);
    case FORM.up:
      return Math.floor(side / 2) + 1;
  }
}

/** Cuts a layer with square inputs of that side into chunks of tiles and, where these are too few for the threads, groups of outputs. */
export function planLayer(
  kernels: WasmKernels,
  { form, side, inputs, outputs, batch }: { form: Form; side: number; inputs: number; outputs: number; batch: number },
  threads: number,
): LayerPlan {
  const all = tilesAlong(form, side) ** 2;
  const [before, after] = form === FORM.tiles4 ? [36, 36] : [16, form === FORM.up ? 25 : 16];
  const columns = roundUp(outputs, 8);
  const tileBytes = 4 * (before * roundUp(inputs, 4) + after * columns);
  const wanted = threads === 1 ? 1 : Math.ceil((threads * UNITS_PER_THREAD) / batch);
  const chunksAtLeast = Math.max(Math.ceil((all * tileBytes) / CHUNK_BYTES), Math.min(wanted, Math.ceil(all / 8)));
  // Four tiles are multiplied at a time.
  const tiles = Math.min(all, roundUp(all / chunksAtLeast, 4));
  const chunks = Math.ceil(all / tiles);
  const groups = Math.max(1, Math.min(Math.ceil(wanted / chunks), columns / 8));
  const groupSize = roundUp(columns / groups, 8);
  return {
    tiles,
    chunks,
    groups: Math.ceil(columns / groupSize),
    groupSize,
    scratchBytes: kernels.scratchBytes(form, tiles, inputs, groupSize),
  };
}
