import { createNormalStream } from '../latent/seeded-random.ts';
import {
  disposeImages,
  joinImages,
  type Grid,
  type Images,
  type LoadedNetwork,
  type MappingRow,
  type PictureBatch,
} from '../model/loaded-network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { throwIfAborted } from '../support/errors.ts';
import type { CellPlan, DrawPlan, Share } from './draw-plan.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

/** Pictures in one call of the network: enough to keep a GPU busy, few enough to stop soon. In a page one, for the sake of its frames. */
const MAX_BATCH = typeof document === 'undefined' ? 8 : 1;

/** Networks that have drawn, or are about to. */
const compiled = new WeakSet<LoadedNetwork>();

/** Before a network's first picture: has everything compiled at once that a batch of the plan needs. */
async function compileOnce(runtime: Runtime, network: LoadedNetwork, plan: DrawPlan): Promise<void> {
  if (compiled.has(network)) return;
  compiled.add(network);
  await runtime.compile(() => {
    if (plan.cells.length <= MAX_BATCH) {
      disposeImages([network.drawGrid(createBatch(plan, plan.cells), plan.columns)]);
      return;
    }
    const images = network.draw(createBatch(plan, plan.cells.slice(0, MAX_BATCH)));
    disposeImages([images, joinImages([images], plan.columns)]);
  });
}

/**
 * Draws a plan and hands the grid to `take`, which reads it. Between batches it lets the event loop run and looks at the
 * signal. Nothing stays on the backend. Rejects with `AbortError`, or with what the backend threw.
 */
export async function drawImages<T>(
  runtime: Runtime,
  network: LoadedNetwork,
  plan: DrawPlan,
  signal: AbortSignal,
  take: (grid: Grid) => Promise<T>,
): Promise<T> {
  const images: Images[] = [];
  let grid: Grid | null = null;
  try {
    await compileOnce(runtime, network, plan);
    throwIfAborted(signal);
    if (plan.cells.length <= MAX_BATCH) {
      grid = runtime.run(() => network.drawGrid(createBatch(plan, plan.cells), plan.columns));
      return await take(grid);
    }
    for (let start = 0; start < plan.cells.length; start += MAX_BATCH) {
      if (start > 0) await yieldToEventLoop();
      throwIfAborted(signal);
      images.push(runtime.run(() => network.draw(createBatch(plan, plan.cells.slice(start, start + MAX_BATCH)))));
    }
    grid = runtime.run(() => joinImages(images, plan.columns));
    return await take(grid);
  } finally {
    disposeImages(grid ? [...images, grid] : images);
  }
}

function createBatch({ truncation, offsets, noise, mix }: DrawPlan, cells: readonly CellPlan[]): PictureBatch {
  const seconds = mix ? cells.flatMap((cell, index) => createRows({ ...cell, z: mix.z }, cells.length + index)) : [];
  return {
    pictures: cells.length,
    rows: [...cells.flatMap((cell, index) => createRows(cell, index)), ...seconds],
    mixed: mix?.layers ?? null,
    truncation,
    offsets,
    noise,
    noiseStreams: noise === 'random' ? cells.map(({ noiseSeeds }) => mixStreams(noiseSeeds)) : [],
  };
}

function createRows({ z, classes }: CellPlan, picture: number): MappingRow[] {
  if (classes.length === 0) return [{ z, classIndex: null, picture, share: 1 }];
  return classes.map(({ of, share }) => ({ z, classIndex: of, picture, share }));
}

function mixStreams(seeds: readonly Share<string>[]): (count: number) => Float32Array {
  const streams = seeds.map(({ of, share }) => ({ next: createNormalStream(of, 'noise'), share }));
  const [only] = streams;
  if (streams.length === 1 && only) return only.next;
  return (count) => {
    const mixed = new Float32Array(count);
    for (const { next, share } of streams) next(count).forEach((value, i) => (mixed[i] = (mixed[i] ?? 0) + share * value));
    return mixed;
  };
}
