import { basename } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { IMPORT_DTYPES, type ImportDtype } from '../engine/import-checkpoint.ts';
import { UsageError } from './usage-error.ts';

/** What `gan-canvas import` was asked for. */
export interface ImportArguments {
  /** Paths of one checkpoint, or of a generator's and a discriminator's. */
  readonly files: readonly string[];
  /** Path of the weights file to write. */
  readonly out: string;
  /** What the model is called: the file's name without its ending. */
  readonly name: string;
  readonly dtype: ImportDtype;
  readonly generatorOnly: boolean;
  readonly quiet: boolean;
}

const OPTIONS = {
  out: { type: 'string', short: 'o' },
  dtype: { type: 'string' },
  'generator-only': { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];
const ENDING = '.safetensors';

function readOptions(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.replace(/\. To specify a positional.*$/s, '.').replaceAll('\n', ' '));
  }
}

function parseDtype(text = 'f32'): ImportDtype {
  const dtype = IMPORT_DTYPES.find((each) => each === text.toLowerCase());
  if (dtype !== undefined) return dtype;
  throw new UsageError(`--dtype is "${text}"; expected one of ${IMPORT_DTYPES.join(', ')}.`);
}

/**
 * Parses what follows `gan-canvas import`; `help` when that is all that is asked for.
 * @throws UsageError naming what was found and what was expected.
 */
export function parseImportArguments(args: readonly string[]): ImportArguments | 'help' {
  const { values, positionals: files } = readOptions(args);
  if (values.help) return 'help';
  if (files.length < 1 || files.length > 2)
    throw new UsageError(`${files.length.toString()} checkpoints are given; expected one, or a generator's and a discriminator's.`);
  const { out } = values;
  if (out === undefined || out === '') throw new UsageError(`--out is missing; name a ${ENDING} file.`);
  const name = basename(out).slice(0, -ENDING.length);
  if (!out.toLowerCase().endsWith(ENDING) || name === '')
    throw new UsageError(`--out ${out} does not end in NAME${ENDING}, the one format that is written.`);
  return {
    files,
    out,
    name,
    dtype: parseDtype(values.dtype),
    generatorOnly: values['generator-only'] ?? false,
    quiet: values.quiet ?? false,
  };
}
