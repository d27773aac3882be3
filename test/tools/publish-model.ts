/**
 * Publishes a model of `weights/`, which the recipe has put there (weights/training/export.py), whenever its weights, its directions or
 * `weights/training/sets.json` have changed:
 *
 *     npx tsx test/tools/publish-model.ts NAME [--measure | --figures FILE.json] [--f32 FILE] [--baseline FILE] [--dry-run]
 *
 * The file's metadata gets the defaults, licence and credit of sets.json and the hash of the discriminator; the tables of `weights/NAME.md`
 * (written from a template when there is none) and the plot in stories/docs/images are made anew; size and hash go to
 * `src/weights/bundled-models.ts`, a new model as a new entry; for `pomona` the fixture of 32 seeds is drawn anew. Nothing else names the
 * weights. `--measure` runs the full `npm run bench -- quality` first, with `--f32` and `--baseline`, and keeps its JSON in
 * `.cache/quality/NAME.json`; `--figures` takes such a JSON; without either the file's own figures stay. Figures of other weights, of
 * another noise or of `--quick` are refused. `--dry-run` measures quickly and prints the card; no file changes.
 *
 * Measuring draws 13,000 pictures for pomona (21,000 with a baseline of another noise), 20,000 for cats, 8,000 for flowers: 15 minutes for
 * pomona on two cores beside a training. For true milliseconds nothing else should run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { hashIntegrity } from '../../src/weights/integrity.ts';
import type { ModelInfo } from '../../src/weights/model-info.ts';
import { decodeWeights, encodeWeights, type WeightsFile } from '../../src/weights/weights-file.ts';
import type { Figure } from '../bench/figures.ts';
import { measureQuality } from '../bench/quality.ts';
import { formatLatentPlot } from '../bench/quality/latent-plot.ts';
import { createCard } from './card-template.ts';
import { compactMetrics } from './compact-metrics.ts';
import { fillCard, formatSections } from './model-card.ts';
import { setBundledModel } from './set-bundled-model.ts';
import { readSetInfo } from './set-info.ts';

interface PublishOptions {
  readonly name: string;
  readonly measure: boolean;
  readonly figures?: string | undefined;
  readonly f32?: string | undefined;
  readonly baseline?: string | undefined;
  readonly dryRun: boolean;
}

/** A model as it will be shipped, but for its figures. */
interface Candidate {
  readonly file: WeightsFile;
  readonly discriminator: Uint8Array;
  readonly card: string;
}

/** Room for the figures in a file that visitors load. */
const MAX_METRICS_BYTES = 8 * 1024;
const SHEET_MODEL = 'pomona';
const WEIGHTS = 'weights';
const BUNDLED_MODELS = 'src/weights/bundled-models.ts';
const CACHE = '.cache/quality';

async function readBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(path));
}

async function readCandidate(name: string): Promise<Candidate> {
  const path = `${WEIGHTS}/${name}.safetensors`;
  const file = decodeWeights(await readBytes(path));
  if (file.info.name !== name) throw new Error(`${path} says that its name is "${file.info.name}".`);
  const beside = `${name}.discriminator.safetensors`;
  const discriminator = await readBytes(`${WEIGHTS}/${beside}`);
  const info: ModelInfo = {
    ...file.info,
    ...(await readSetInfo(name)),
    discriminator: { url: beside, integrity: await hashIntegrity(discriminator) },
  };
  const photographers = `${name}.photographers.txt`;
  const hasPhotographers = existsSync(`${WEIGHTS}/${photographers}`);
  if (info.attribution.includes(photographers) && !hasPhotographers)
    throw new Error(`The credit names ${photographers}, which is not in ${WEIGHTS}/; put it there.`);
  const cardPath = `${WEIGHTS}/${name}.md`;
  const card = existsSync(cardPath) ? await readFile(cardPath, 'utf8') : createCard(info, hasPhotographers ? photographers : null);
  return { file: { ...file, info }, discriminator, card };
}

/** Measures the candidate, whose defaults may not be those of the file in `weights/`. */
async function measure({ file }: Candidate, { name, dryRun, f32, baseline }: PublishOptions): Promise<readonly Figure[]> {
  await mkdir(CACHE, { recursive: true });
  const src = `${CACHE}/${name}.safetensors`;
  await writeFile(src, encodeWeights(file));
  const figures = await measureQuality({ model: name, src, f32, baseline, quick: dryRun, folder: WEIGHTS });
  await writeFile(`${CACHE}/${name}.json`, `${JSON.stringify({ figures }, null, 2)}\n`);
  return figures;
}

/** The figures to publish; null for those that the file has. */
async function findFigures(candidate: Candidate, options: PublishOptions): Promise<readonly Figure[] | null> {
  if (options.measure || options.dryRun) return measure(candidate, options);
  if (options.figures === undefined) return null;
  const { figures } = JSON.parse(await readFile(options.figures, 'utf8')) as { figures: Figure[] };
  return figures;
}

function addMetrics(file: WeightsFile, figures: readonly Figure[] | null, acceptQuick: boolean): WeightsFile {
  if (!figures) return file;
  const metrics = compactMetrics(file.info.name, figures, { acceptQuick });
  const sizeBytes = JSON.stringify(metrics).length;
  if (sizeBytes > MAX_METRICS_BYTES)
    throw new Error(`The metrics take ${String(sizeBytes)} bytes; at most ${String(MAX_METRICS_BYTES)} fit.`);
  return { ...file, info: { ...file.info, metrics: { ...metrics } } };
}

async function publish(options: PublishOptions): Promise<void> {
  const { name, dryRun } = options;
  const figures = await findFigures(await readCandidate(name), options);
  // Read again: measuring takes minutes, in which somebody may have written to card or weights. Figures of other weights are refused below.
  const candidate = await readCandidate(name);
  const generator = encodeWeights(addMetrics(candidate.file, figures, dryRun));
  const integrity = await hashIntegrity(generator);
  const card = fillCard(candidate.card, await formatSections({ name, generator, discriminator: candidate.discriminator }));
  const listed = setBundledModel(await readFile(BUNDLED_MODELS, 'utf8'), { name, integrity, sizeBytes: generator.length });
  const plot = figures && formatLatentPlot(name, figures);
  // All that can be refused has been by now.
  if (dryRun) {
    console.log(card);
    return;
  }
  await writeFile(`${WEIGHTS}/${name}.safetensors`, generator);
  await writeFile(`${WEIGHTS}/${name}.md`, card);
  await writeFile(BUNDLED_MODELS, listed);
  if (plot !== null) await writeFile(`stories/docs/images/${name}-latent-dim.svg`, plot);
  console.log(`${name}: ${generator.length.toLocaleString('en-US')} bytes, ${integrity}`);
  if (name !== SHEET_MODEL) return;
  const sheets = spawnSync(process.execPath, ['--import', 'tsx', 'test/tools/make-seed-sheets.ts', name], { stdio: 'inherit' });
  if (sheets.status !== 0) throw new Error('The sheet of 32 seeds could not be drawn (test/tools/make-seed-sheets.ts).');
}

function readOptions(): PublishOptions {
  const { values, positionals } = parseArgs({
    options: {
      measure: { type: 'boolean', default: false },
      figures: { type: 'string' },
      f32: { type: 'string' },
      baseline: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const [name, ...rest] = positionals;
  const { 'dry-run': dryRun, ...options } = values;
  const measures = options.measure || dryRun;
  const isOdd = measures ? options.figures !== undefined : (options.f32 ?? options.baseline) !== undefined;
  if (name === undefined || rest.length > 0 || isOdd)
    throw new Error(
      'Usage: npx tsx test/tools/publish-model.ts NAME [--measure | --figures FILE.json | --dry-run]; --f32 FILE and --baseline FILE go with --measure and --dry-run.',
    );
  return { ...options, name, dryRun };
}

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
try {
  await publish(readOptions());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
