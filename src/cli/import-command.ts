import { SingleBar } from 'cli-progress';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { importCheckpoint } from '../engine/import-checkpoint.ts';
import type { ImportedCheckpoint, ImportProgress } from '../weights/checkpoint/imported-checkpoint.ts';
import type { ImportArguments } from './parse-import-arguments.ts';
import { writeOutput } from './write-output.ts';

async function readCheckpointFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: unknown) => {
    throw new Error(`${path} could not be read (${error instanceof Error ? error.message : String(error)}).`, { cause: error });
  });
}

/** Counts tensors on stderr; silent where nobody watches. */
function createProgress({ quiet }: ImportArguments): { show(progress: ImportProgress): void; stop(): void } {
  if (quiet || !process.stderr.isTTY) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar({ stream: process.stderr, format: '{bar} {value}/{total} tensors', clearOnComplete: true });
  let started = false;
  return {
    show: ({ loaded, total }) => {
      if (started) bar.update(loaded);
      else bar.start(total, loaded);
      started = true;
    },
    stop: () => {
      if (started) bar.stop();
    },
  };
}

/** Both files, or the one there is, with their paths. The generator's metadata names the discriminator's file by the model's name. */
function planFiles(
  { out, name }: ImportArguments,
  { generator, discriminator }: ImportedCheckpoint,
): readonly (readonly [string, Uint8Array])[] {
  if (generator === null) return discriminator === null ? [] : [[out, discriminator]];
  const beside = join(dirname(out), `${name}.discriminator.safetensors`);
  return [...(discriminator === null ? [] : [[beside, discriminator] as const]), [out, generator]];
}

function describeFile(path: string, bytes: Uint8Array): string {
  return `${path} (${(bytes.length / 1e6).toFixed(2)} MB)`;
}

function report({ summary }: ImportedCheckpoint, files: readonly (readonly [string, Uint8Array])[]): void {
  const { family, architecture, generatorPath, discriminatorPath, notes } = summary;
  const paths = [generatorPath, discriminatorPath].filter((path) => path !== null && path !== '').join(' and ');
  const size = `${architecture.resolution.toString()}×${architecture.resolution.toString()}`;
  const written = [...files].reverse().map(([path, bytes]) => describeFile(path, bytes));
  process.stderr.write(`Read ${family}, ${size}${paths === '' ? '' : `, ${paths}`}.\n`);
  for (const note of notes) process.stderr.write(`Note: ${note}\n`);
  process.stderr.write(`Wrote ${written.join(' and ')}.\n`);
}

/** `gan-canvas import`. Throws `UsageError`, `GanCanvasError`, or an error of the file system. */
export async function importCommand(args: ImportArguments): Promise<void> {
  const [checkpoint = new Uint8Array(), discriminator] = await Promise.all(args.files.map(readCheckpointFile));
  const { name, dtype, generatorOnly } = args;
  const progress = createProgress(args);
  let imported: ImportedCheckpoint;
  try {
    imported = await importCheckpoint(checkpoint, { name, dtype, generatorOnly, discriminator, onProgress: progress.show });
  } finally {
    progress.stop();
  }
  const files = planFiles(args, imported);
  for (const [path, bytes] of files) await writeOutput(path, bytes);
  if (!args.quiet) report(imported, files);
}
