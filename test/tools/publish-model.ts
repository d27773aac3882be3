/**
 * Publishes a model of `weights/`: `npx tsx test/tools/publish-model.ts NAME [FIGURES.json]`. With the JSON of a full
 * `npm run bench -- quality --model NAME --json FIGURES.json` its figures go into the file's metadata, without it they stay. Then the hash of
 * the discriminator is set, the tables of `weights/NAME.md` are made anew (its prose must be there), and size and hash are written to
 * `src/weights/bundled-models.ts`; a new model gets its entry. For `pomona` the fixture of 32 seeds is drawn anew.
 * Nothing else names the weights. Figures of other weights, or of `--quick`, are refused.
 */
import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { hashIntegrity } from '../../src/weights/integrity.ts';
import type { ModelInfo } from '../../src/weights/model-info.ts';
import { checksumTensors } from '../../src/weights/weights-delta.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import type { Figure } from '../bench/figures.ts';
import { compactMetrics } from './compact-metrics.ts';
import { fillCard, formatSections } from './model-card.ts';
import { setBundledModel } from './set-bundled-model.ts';

/** Room for the figures in a file that visitors load. */
const MAX_METRICS_BYTES = 8 * 1024;
const SHEET_MODEL = 'pomona';
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUNDLED_MODELS = `${ROOT}src/weights/bundled-models.ts`;

async function readMetrics(name: string, path: string, checksum: string): Promise<ModelInfo['metrics']> {
  const { figures } = JSON.parse(await readFile(path, 'utf8')) as { figures: Figure[] };
  const metrics = compactMetrics(name, figures);
  if (metrics.weights !== checksum)
    throw new Error(
      `${path} has the figures of weights ${metrics.weights}; weights/${name}.safetensors is ${checksum}. Run the benchmark again.`,
    );
  const sizeBytes = JSON.stringify(metrics).length;
  if (sizeBytes > MAX_METRICS_BYTES)
    throw new Error(`The metrics take ${String(sizeBytes)} bytes; at most ${String(MAX_METRICS_BYTES)} fit.`);
  return { ...metrics };
}

async function publish(name: string, figuresPath: string | undefined): Promise<void> {
  const folder = `${ROOT}weights`;
  const path = `${folder}/${name}.safetensors`;
  const file = decodeWeights(new Uint8Array(await readFile(path)));
  if (file.info.name !== name) throw new Error(`${path} says that its name is "${file.info.name}".`);
  const beside = `${name}.discriminator.safetensors`;
  const discriminator = new Uint8Array(await readFile(`${folder}/${beside}`));
  const metrics = figuresPath === undefined ? file.info.metrics : await readMetrics(name, figuresPath, checksumTensors(file));
  const info: ModelInfo = { ...file.info, metrics, discriminator: { url: beside, integrity: await hashIntegrity(discriminator) } };
  const generator = encodeWeights({ ...file, info });

  const cardPath = `${folder}/${name}.md`;
  const card = await readFile(cardPath, 'utf8').catch((cause: unknown) => {
    throw new Error(`${cardPath} cannot be read; write the card's prose first (weights/pomona.md is an example).`, { cause });
  });
  const filled = fillCard(card, await formatSections({ name, generator, discriminator }));
  const source = await readFile(BUNDLED_MODELS, 'utf8');
  const listed = setBundledModel(source, { name, integrity: await hashIntegrity(generator), sizeBytes: generator.length });
  // All that can be refused has been by now.
  await writeFile(path, generator);
  await writeFile(cardPath, filled);
  await writeFile(BUNDLED_MODELS, listed);
  console.log(`${name}: ${generator.length.toLocaleString('en-US')} bytes, ${await hashIntegrity(generator)}`);
  if (name !== SHEET_MODEL) return;
  const sheets = spawnSync(process.execPath, ['--import', 'tsx', 'test/tools/make-seed-sheets.ts', name], { cwd: ROOT, stdio: 'inherit' });
  if (sheets.status !== 0) throw new Error('The sheet of 32 seeds could not be drawn (test/tools/make-seed-sheets.ts).');
}

try {
  const [name, figuresPath, ...rest] = process.argv.slice(2);
  if (name === undefined || rest.length > 0) throw new Error('Usage: npx tsx test/tools/publish-model.ts NAME [FIGURES.json]');
  await publish(name, figuresPath);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
