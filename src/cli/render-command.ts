import { SingleBar } from 'cli-progress';
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createGenerator } from '../engine/create-generator.ts';
import { cellSeed } from '../engine/draw-plan.ts';
import type { GenerateOptions, Generator, Picture } from '../engine/generator.ts';
import { createSheet, enlargePicture, placeInSheet } from './compose-picture.ts';
import { encodePicture } from './encode-picture.ts';
import type { RenderArguments } from './parse-render-arguments.ts';
import { encodeFileName, planOutputs, STDOUT } from './plan-outputs.ts';
import { readLatent } from './read-latent.ts';
import { UsageError } from './usage-error.ts';
import { isFolder, writeOutput } from './write-output.ts';

/** 8192 × 8192: larger sheets would not fit into memory together with their encoded form. */
const MAX_SHEET_PIXELS = 2 ** 26;

/** A path or URL as a URL. */
function toUrl(src: string): string {
  return /^[a-z][a-z0-9+.-]+:/i.test(src) ? src : pathToFileURL(src).href;
}

function sourceName({ model, src }: RenderArguments): string {
  return model ?? (src === undefined ? 'pomona' : encodeFileName(basename(src.replace(/[?#].*$/, '')).replace(/\.safetensors$/, '')));
}

/** Counts pictures on stderr; silent where nobody watches. */
function createProgress(total: number, { quiet }: RenderArguments): { advance(): void; stop(): void } {
  if (quiet || total < 2 || !process.stderr.isTTY) return { advance: () => undefined, stop: () => undefined };
  const bar = new SingleBar({
    stream: process.stderr,
    format: '{bar} {value}/{total} pictures, {eta_formatted} left',
    clearOnComplete: true,
  });
  bar.start(total, 0);
  return {
    advance: () => {
      bar.increment();
    },
    stop: () => {
      bar.stop();
    },
  };
}

function describeOrigin(generator: Generator, options: GenerateOptions, seeds: readonly string[]): Record<string, unknown> {
  return {
    model: generator.info.name,
    ...(seeds.length === 1 ? { seed: seeds[0] } : { seeds: seeds.length > 64 ? [...seeds.slice(0, 64), '…'] : seeds }),
    latentDim: options.latentDim,
    truncation: options.truncation ?? generator.info.truncation,
    classLabel: options.classLabel,
    noise: options.noise ?? generator.info.noise,
    directions: options.directions,
    mix: options.mix,
    latent: options.latent && Array.from(options.latent),
    backend: generator.activeBackend,
    attribution: generator.info.attribution,
    licence: generator.info.licence,
  };
}

/** Draws every seed in turn. */
async function* drawSeeds(
  generator: Generator,
  args: RenderArguments,
  options: GenerateOptions,
  seeds: readonly string[],
): AsyncGenerator<Picture> {
  const progress = createProgress(seeds.length, args);
  try {
    for (const seed of seeds) {
      const picture = await generator.generate({ ...options, seed });
      yield enlargePicture(picture, args.scale, args.pixelated);
      progress.advance();
    }
  } finally {
    progress.stop();
  }
}

async function renderSheet(generator: Generator, args: RenderArguments, options: GenerateOptions, path: string): Promise<void> {
  const { columns, rows } = args.sheet ?? { columns: 1, rows: 1 };
  const side = generator.info.resolution * args.scale;
  if (columns * rows * side * side > MAX_SHEET_PIXELS) {
    const size = `${(columns * side).toString()}×${(rows * side).toString()}`;
    throw new UsageError(`The sheet would have ${size} pixels; at most 8192×8192 are written. Use a smaller --sheet or --scale.`);
  }
  const [first = '0'] = args.seeds;
  const seeds = args.seeds.length > 1 ? args.seeds : Array.from({ length: columns * rows }, (_, index) => cellSeed(first, index));
  const sheet = createSheet(columns, rows, side, side);
  let index = 0;
  for await (const picture of drawSeeds(generator, args, options, seeds)) placeInSheet(sheet, picture, index++);
  await writeOutput(path, encodePicture(sheet, describeOrigin(generator, options, seeds)));
}

async function renderFiles(generator: Generator, args: RenderArguments, options: GenerateOptions, paths: readonly string[]): Promise<void> {
  let index = 0;
  for await (const picture of drawSeeds(generator, args, options, args.seeds)) {
    const seed = args.seeds[index] ?? '0';
    await writeOutput(paths[index] ?? STDOUT, encodePicture(picture, describeOrigin(generator, options, [seed])));
    index += 1;
  }
}

function report(args: RenderArguments, generator: Generator, paths: readonly string[], startMs: number): void {
  if (args.quiet) return;
  const [path = STDOUT] = paths;
  const what = paths.length > 1 ? `${paths.length.toString()} pictures, ${path} and on` : path === STDOUT ? 'the picture to stdout' : path;
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  process.stderr.write(`Wrote ${what} (${generator.info.name}, ${generator.activeBackend}, ${seconds} s).\n`);
}

/** `gan-canvas render`. Throws `UsageError`, `GanCanvasError`, or an error of the file system. */
export async function renderCommand(args: RenderArguments): Promise<void> {
  const startMs = performance.now();
  const request = { out: args.out, isFolder: await isFolder(args.out), name: sourceName(args), seeds: args.sheet ? null : args.seeds };
  const paths = planOutputs(request);
  const { latentDim, truncation, classLabel, noise, directions, mix } = args;
  const latent = args.latentFile === undefined ? undefined : await readLatent(args.latentFile);
  const source = { model: args.model, src: args.src === undefined ? undefined : toUrl(args.src), integrity: args.integrity };
  const generator = await createGenerator({ ...source, backend: args.backend });
  try {
    const options = { latent, latentDim, truncation, classLabel, noise, directions, mix };
    if (args.sheet) await renderSheet(generator, args, options, paths[0] ?? STDOUT);
    else await renderFiles(generator, args, options, paths);
    report(args, generator, paths, startMs);
  } finally {
    generator.dispose();
  }
}
