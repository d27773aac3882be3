/**
 * `npm run bench -- NAME [--json FILE] [--quick]`: measures, prints a table, and writes {"figures": [{name, value, unit, runs, spread}]}.
 * Run it on a quiet machine.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { formatTable, type BenchOptions, type Figure } from './figures.ts';
import { measureSize } from './size.ts';
import { measureStartup } from './startup.ts';

const BENCHMARKS: Readonly<Record<string, (options: BenchOptions) => Promise<readonly Figure[]>>> = {
  size: measureSize,
  startup: measureStartup,
};

async function run(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { json: { type: 'string' }, quick: { type: 'boolean', default: false } },
    allowPositionals: true,
  });
  const [name = '', ...rest] = positionals;
  const measure = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined;
  if (!measure || rest.length > 0) {
    throw new Error(`Usage: npm run bench -- NAME [--json FILE] [--quick], with one NAME of: ${Object.keys(BENCHMARKS).join(', ')}.`);
  }
  const [load = 0] = loadavg();
  if (load > availableParallelism() / 2) console.error(`The machine is busy (load ${load.toFixed(1)}): times will be too long.`);
  const figures = await measure({ quick: values.quick });
  console.log(formatTable(figures));
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ figures }, null, 2)}\n`);
}

try {
  await run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
