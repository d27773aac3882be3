/**
 * `npm run bench -- NAME [--json FILE] [--quick]`: measures, prints a table, and writes {"figures": [{name, value, unit, runs, spread}]}.
 * `generate` and `fine-tune` also take `--dawn`: their WebGPU figures alone, in Node on the package `webgpu` (`npm install --no-save webgpu`), where a
 * machine has a GPU but no browser (test/tools/pack-dawn-bench.ts packs them for such a one).
 * `fine-tune` also takes `--data FOLDER`, a folder of folders of pictures, and then says how well models are adapted to them.
 * `quality` also takes `--model NAME`, `--src FILE`, `--noise MODE`, `--f32 FILE`, `--baseline FILE`,
 * `--retime FILE.json` and `--plot FILE.svg`. Run it on a quiet machine.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { NOISE_MODES, type NoiseMode } from '../../src/weights/model-info.ts';
import type { BenchOptions, Figure } from './figures.ts';
import { measureFineTune } from './fine-tune.ts';
import { measureGenerate } from './generate.ts';
import { measurePage } from './page.ts';
import { measureQuality } from './quality.ts';
import type { QualityOptions } from './quality/quality-run.ts';
import { reportFigures } from './report-figures.ts';
import { measureSize } from './size.ts';
import { measureStartup } from './startup.ts';

const BENCHMARKS: Readonly<Record<string, (options: QualityOptions & BenchOptions) => Promise<readonly Figure[]>>> = {
  'fine-tune': measureFineTune,
  generate: measureGenerate,
  page: measurePage,
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
      dawn: { type: 'boolean', default: false },
      model: { type: 'string' },
      src: { type: 'string' },
      noise: { type: 'string' },
      f32: { type: 'string' },
      baseline: { type: 'string' },
      retime: { type: 'string' },
      plot: { type: 'string' },
      data: { type: 'string' },
    },
    allowPositionals: true,
  });
  const [name = '', ...rest] = positionals;
  const measure = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  if (!measure || rest.length > 0) {
    throw new Error(`Usage: npm run bench -- NAME [--json FILE] [--quick], with one NAME of: ${Object.keys(BENCHMARKS).join(', ')}.`);
  }
  const { json, model = 'pomona', quick, dawn, noise, data, ...files } = values;
  if (data !== undefined && name !== 'fine-tune') throw new Error('Only fine-tune takes --data.');
  if (name !== 'quality' && [values.model, noise, ...Object.values(files)].some((value) => value !== undefined))
    throw new Error('Only quality takes --model, --src, --noise, --f32, --baseline, --retime and --plot.');
  if (dawn && name !== 'generate' && name !== 'fine-tune') throw new Error('Only generate and fine-tune take --dawn.');
  const [load = 0] = loadavg();
  if (load > availableParallelism() / 2) console.error(`The machine is busy (load ${load.toFixed(1)}): times will be too long.`);
  const figures = await measure({ ...files, model, quick, dawn, data, noise: readNoise(noise), folder: 'weights' });
  await reportFigures(figures, json);
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
