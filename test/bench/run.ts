/**
 * `npm run bench -- NAME [--json FILE] [--quick]`: measures, prints a table, and writes {"figures": [{name, value, unit, runs, spread}]}.
 * `quality` also takes `--model NAME`, `--src FILE`, `--noise MODE`, `--f32 FILE`, `--baseline FILE` and
 * `--plot FILE.svg`. Run it on a quiet machine.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { NOISE_MODES, type NoiseMode } from '../../src/weights/model-info.ts';
import { formatTable, type Figure } from './figures.ts';
import { measureFineTune } from './fine-tune.ts';
import { measureGenerate } from './generate.ts';
import { measureQuality } from './quality.ts';
import type { QualityOptions } from './quality/quality-run.ts';
import { measureSize } from './size.ts';
import { measureStartup } from './startup.ts';

const BENCHMARKS: Readonly<Record<string, (options: QualityOptions) => Promise<readonly Figure[]>>> = {
  'fine-tune': measureFineTune,
  generate: measureGenerate,
  quality: measureQuality,
  size: measureSize,
  startup: measureStartup,
};

function readNoise(value: string | undefined): NoiseMode | undefined {
  const mode = NOISE_MODES.find((each) => each === value);
  if (value !== undefined && mode === undefined) throw new Error(`--noise is "${value}"; expected one of ${NOISE_MODES.join(', ')}.`);
  return mode;
}

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: {
      json: { type: 'string' },
      quick: { type: 'boolean', default: false },
      model: { type: 'string' },
      src: { type: 'string' },
      noise: { type: 'string' },
      f32: { type: 'string' },
      baseline: { type: 'string' },
      plot: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [name = '', ...rest] = positionals;
  const measure = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  if (!measure || rest.length > 0) {
    throw new Error(`Usage: npm run bench -- NAME [--json FILE] [--quick], with one NAME of: ${Object.keys(BENCHMARKS).join(', ')}.`);
  }
  const { json, model = 'pomona', quick, noise, ...files } = values;
  if (name !== 'quality' && [values.model, noise, ...Object.values(files)].some((value) => value !== undefined))
    throw new Error('Only quality takes --model, --src, --noise, --f32, --baseline and --plot.');
  const [load = 0] = loadavg();
  if (load > availableParallelism() / 2) console.error(`The machine is busy (load ${load.toFixed(1)}): times will be too long.`);
  const figures = await measure({ ...files, model, quick, noise: readNoise(noise), folder: 'weights' });
  console.log(formatTable(figures));
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ figures }, null, 2)}\n`);
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
