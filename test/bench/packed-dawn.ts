/** What the packed benchmarks run (test/tools/pack-dawn-bench.ts): `node driver.js NAME [--json FILE] [--quick]`, the sites beside it. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureFineTuneOnDawn } from './fine-tune/measure-webgpu.ts';
import { measureGenerateOnDawn } from './generate/measure-webgpu.ts';
import { reportFigures } from './report-figures.ts';

const BENCHMARKS = { generate: measureGenerateOnDawn, 'fine-tune': measureFineTuneOnDawn } as const;

async function run(): Promise<void> {
  const options = { json: { type: 'string' }, quick: { type: 'boolean', default: false } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const name = positionals[0] === 'fine-tune' ? 'fine-tune' : 'generate';
  await reportFigures(await BENCHMARKS[name](join(import.meta.dirname, name), { quick: values.quick }), values.json);
}

try {
  await run();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
