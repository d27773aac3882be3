import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { DirectionsInput } from '../latent/directions-input.ts';
import { parseDirections } from '../latent/directions.ts';
import { readStyleMix, type StyleMix } from '../latent/style-mix.ts';
import { NOISE_MODES, type NoiseMode } from '../weights/model-info.ts';
import { MAX_SEEDS, parseSeeds } from './parse-seeds.ts';
import { UsageError } from './usage-error.ts';

/** The backends that Node has, the default first. */
export const NODE_BACKENDS = ['wasm', 'cpu'] as const;
export type NodeBackend = (typeof NODE_BACKENDS)[number];

export interface SheetSize {
  readonly columns: number;
  readonly rows: number;
}

/** What `gan-canvas render` was asked for; checked as far as it can be without the model. */
export interface RenderArguments {
  /** Name of a bundled model; undefined with `src`, else `pomona` when left out by the engine. */
  readonly model: string | undefined;
  /** Path or URL of a weights file. */
  readonly src: string | undefined;
  readonly integrity: string | undefined;
  /** At least one. */
  readonly seeds: readonly string[];
  /** A file, a folder, a pattern with `{seed}` or `{index}`, or `-` for stdout. */
  readonly out: string;
  readonly sheet: SheetSize | undefined;
  /** Path of a JSON file that holds z. */
  readonly latentFile: string | undefined;
  readonly latentDim: number | undefined;
  readonly truncation: number | undefined;
  readonly classLabel: string | undefined;
  readonly noise: NoiseMode | undefined;
  readonly directions: DirectionsInput | undefined;
  readonly mix: StyleMix | undefined;
  readonly backend: NodeBackend;
  /** Every pixel becomes scale × scale. */
  readonly scale: number;
  readonly pixelated: boolean;
  readonly quiet: boolean;
}

const MAX_SHEET_SIDE = 256;
const MAX_SCALE = 32;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const OPTIONS = {
  model: { type: 'string' },
  src: { type: 'string' },
  integrity: { type: 'string' },
  seed: { type: 'string', multiple: true },
  out: { type: 'string', short: 'o' },
  sheet: { type: 'string' },
  latent: { type: 'string' },
  'latent-dim': { type: 'string' },
  truncation: { type: 'string' },
  'class-label': { type: 'string' },
  noise: { type: 'string' },
  directions: { type: 'string' },
  mix: { type: 'string' },
  backend: { type: 'string' },
  scale: { type: 'string' },
  pixelated: { type: 'boolean' },
  quiet: { type: 'boolean', short: 'q' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies ParseArgsConfig['options'];

/** Node's messages, without the advice on positional arguments, which this command has none of. */
function readOptions(args: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values'] {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.replace(/\. (To specify a positional|This command does not take).*$/s, '.').replaceAll('\n', ' '));
  }
}

interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
}

function parseNumber(option: string, text: string | undefined, { min, max, whole }: NumberRange): number | undefined {
  if (text === undefined) return undefined;
  const value = NUMBER.test(text.trim()) ? Number(text) : NaN;
  if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  const bounds = max === Infinity ? `of at least ${min.toString()}` : `from ${min.toString()} to ${max.toString()}`;
  throw new UsageError(`--${option} is "${text}"; expected a ${whole ? 'whole ' : ''}number ${bounds}.`);
}

function parseChoice<T extends string>(option: string, text: string | undefined, choices: readonly T[]): T | undefined {
  const choice = choices.find((each) => each === text);
  if (text === undefined || choice !== undefined) return choice;
  throw new UsageError(`--${option} is "${text}"; expected one of ${choices.join(', ')}.`);
}

function parseSheet(text: string | undefined): SheetSize | undefined {
  if (text === undefined) return undefined;
  const [, columns, rows] = /^(\d{1,4})[x×](\d{1,4})$/i.exec(text) ?? [];
  const size = { columns: Number(columns), rows: Number(rows) };
  if (Object.values(size).every((side) => side >= 1 && side <= MAX_SHEET_SIDE)) return size;
  throw new UsageError(`--sheet is "${text}"; expected COLUMNSxROWS such as 8x8, each from 1 to ${MAX_SHEET_SIDE.toString()}.`);
}

/** An option that the layer below reads; what it says of a bad value becomes a `UsageError`. */
function parseWith<T>(option: string, text: string | undefined, parse: (text: string) => T): T | undefined {
  if (text === undefined) return undefined;
  try {
    return parse(text);
  } catch (error) {
    throw new UsageError(`--${option}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseSeedOptions(texts: readonly string[] | undefined): readonly string[] {
  const seeds = (texts ?? ['0']).flatMap(parseSeeds);
  if (seeds.length > MAX_SEEDS)
    throw new UsageError(`${seeds.length.toString()} seeds; at most ${MAX_SEEDS.toString()} go into one command.`);
  return seeds;
}

function assertSeedsFit(seeds: readonly string[], sheet: SheetSize | undefined): void {
  if (!sheet || seeds.length <= sheet.columns * sheet.rows) return;
  const size = `${sheet.columns.toString()}x${sheet.rows.toString()}`;
  throw new UsageError(
    `${seeds.length.toString()} seeds do not fit on a sheet of ${size} (${(sheet.columns * sheet.rows).toString()} cells); use a larger --sheet or fewer seeds.`,
  );
}

/**
 * Parses what follows `gan-canvas render`; `help` when that is all that is asked for.
 * @throws UsageError naming the option, what was found and what was expected.
 */
export function parseRenderArguments(args: readonly string[]): RenderArguments | 'help' {
  const values = readOptions(args);
  if (values.help) return 'help';
  if (values.model !== undefined && values.src !== undefined) throw new UsageError('Both --model and --src are given; keep one of them.');
  if (values.integrity !== undefined && values.src === undefined)
    throw new UsageError('--integrity is given without --src, whose bytes it checks.');
  if (values.out === undefined || values.out === '') throw new UsageError('--out is missing; name a PNG file, a folder, or - for stdout.');
  const seeds = parseSeedOptions(values.seed);
  const sheet = parseSheet(values.sheet);
  assertSeedsFit(seeds, sheet);
  return {
    model: values.model,
    src: values.src,
    integrity: values.integrity,
    seeds,
    out: values.out,
    sheet,
    latentFile: values.latent,
    latentDim: parseNumber('latent-dim', values['latent-dim'], { min: 1, max: Infinity, whole: true }),
    truncation: parseNumber('truncation', values.truncation, { min: 0, max: 2, whole: false }),
    classLabel: values['class-label'],
    noise: parseChoice('noise', values.noise, NOISE_MODES),
    directions: parseWith('directions', values.directions, parseDirections),
    mix: parseWith('mix', values.mix, readStyleMix),
    backend: parseChoice('backend', values.backend, NODE_BACKENDS) ?? NODE_BACKENDS[0],
    scale: parseNumber('scale', values.scale, { min: 1, max: MAX_SCALE, whole: true }) ?? 1,
    pixelated: values.pixelated ?? false,
    quiet: values.quiet ?? false,
  };
}
