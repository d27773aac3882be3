import { access, readFile, stat } from 'node:fs/promises';
import { createGenerator } from '../../../src/core.ts';
import type { Generator } from '../../../src/engine/generator.ts';
import type { NoiseMode } from '../../../src/weights/model-info.ts';
import { decodeWeights } from '../../../src/weights/weights-file.ts';
import { exactFigure, summarize, type Figure } from '../figures.ts';
import { selectLabelled, type LabelledFeatures } from './feature-matrix.ts';
import { kernelDistance } from './kernel-distance.ts';
import { compareTableRows, createRequest, drawRows, measureTableFloor, type QualityRun } from './quality-run.ts';
import { drawSample } from './samples.ts';
import { listFigures, type SetMetrics } from './set-metrics.ts';

const LATENT_DIMENSIONS = [1, 2, 4, 8, 16, 32, 64, 128] as const;
const TRUNCATIONS = [0.5, 0.7, 1] as const;
/** z_dim and width of the small DCGANs that show what size costs, and the model whose pictures they were trained on. */
const DCGAN_SIZES = [8, 16, 32, 64, 128] as const;
const DCGAN_MODEL = 'pomona';
/** Pictures of F16 and F32 that are compared byte by byte. */
const COMPARED_PICTURES = 64;
const TIMED_ROUNDS = 60;
const QUICK_TIMED_ROUNDS = 12;
const WARM_UP_ROUNDS = 100;

/** Rows of the headline that the tables take. */
function selectTable(run: QualityRun, headline: LabelledFeatures): LabelledFeatures {
  return selectLabelled(headline, run.tableRows);
}

/** What `latent-dim` does, and what truncation does. `headline` are the samples of the whole z at truncation 1. */
export async function measureSettings(run: QualityRun, headline: LabelledFeatures): Promise<Figure[]> {
  const name = `quality.${run.options.model}`;
  const floor = measureTableFloor(run);
  const whole = compareTableRows(run, selectTable(run, headline));
  const samples = exactFigure(`${name}.table.samples`, run.tableRows.length, 'samples', 'in each row of the tables, real and generated');
  const figures: Figure[] = [samples, ...listFigures(`${name}.table.floor`, floor, 'half A against half B, the same numbers')];
  for (const k of LATENT_DIMENSIONS) {
    if (k > run.zDim) continue;
    const metrics = k === run.zDim ? whole : compareTableRows(run, await drawRows(run, run.tableRows, { latentDim: k }));
    figures.push(...listFigures(`${name}.latent-dim.${String(k)}`, metrics));
    reportRow(`latent-dim ${String(k)}`, metrics);
  }
  for (const truncation of TRUNCATIONS) {
    const metrics = truncation === 1 ? whole : compareTableRows(run, await drawRows(run, run.tableRows, { truncation }));
    figures.push(...listFigures(`${name}.truncation.${String(truncation)}`, metrics));
    reportRow(`truncation ${String(truncation)}`, metrics);
  }
  return figures;
}

function reportRow(row: string, { kernelDistance: distance, precision, recall }: SetMetrics): void {
  console.error(
    `  ${row}: kernel distance ${(distance * 1000).toFixed(3)} ×10⁻³, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function openFile(path: string): Promise<Generator> {
  return createGenerator({ bytes: new Uint8Array(await readFile(path)), backend: 'wasm' });
}

/** The largest and the mean difference, in levels of 255, between pictures of the same samples. */
async function comparePictures(run: QualityRun, otherPath: string): Promise<{ readonly worst: number; readonly mean: number }> {
  const [ours, theirs] = [await openFile(run.weightsPath), await openFile(otherPath)];
  const request = createRequest(run);
  let [worst, sum, count] = [0, 0, 0];
  for (const position of run.tableRows.slice(0, COMPARED_PICTURES)) {
    const [a, b] = [await drawSample(ours, request, position), await drawSample(theirs, request, position)];
    a.data.forEach((value, index) => {
      if (index % 4 === 3) return;
      const difference = Math.abs(value - (b.data[index] ?? NaN));
      worst = Math.max(worst, difference);
      sum += difference;
      count += 1;
    });
  }
  ours.dispose();
  theirs.dispose();
  return { worst, mean: sum / count };
}

/** The same weights stored in F16 and in F32. */
export async function measureStorage(run: QualityRun, headline: LabelledFeatures): Promise<Figure[]> {
  const { model, f32 } = run.options;
  if (f32 === undefined) {
    console.error('LOUD: F16 against F32 is not measured: there is no --f32 FILE, the same weights exported in F32.');
    return [];
  }
  const name = `quality.${model}`;
  const inF16 = compareTableRows(run, selectTable(run, headline));
  const inF32 = compareTableRows(run, await drawRows(run, run.tableRows, { weightsPath: f32 }));
  const { worst, mean } = await comparePictures(run, f32);
  return [
    ...listFigures(`${name}.f16`, inF16),
    ...listFigures(`${name}.f32`, inF32),
    exactFigure(`${name}.f16.worst_difference`, worst, 'levels', 'of 255, from F32, at the worst channel of 64 pictures'),
    exactFigure(`${name}.f16.mean_difference`, mean, 'levels', 'of 255, from F32'),
  ];
}

/** The kernel distance of other weights with the same seeds and classes, with our noise and with their own, and the ratios of ours to it. */
export async function measureBaseline(run: QualityRun, ours: number): Promise<Figure[]> {
  const { model, baseline } = run.options;
  if (baseline === undefined) return [];
  const own = decodeWeights(new Uint8Array(await readFile(baseline))).info.noise;
  const rows = run.halfB.labels.map((_, row) => row);
  const measure = async (name: string, noise: NoiseMode): Promise<Figure[]> => {
    const { features } = await drawRows(run, rows, { weightsPath: baseline, noise });
    const theirs = kernelDistance(run.halfB.features, features);
    return [
      exactFigure(`${name}.kernel_distance`, theirs * 1000, 'x1000', `${baseline}, noise ${noise}`),
      exactFigure(`${name}.ratio`, ours / theirs, 'ratio', 'kernel distance of the model over that of the baseline'),
    ];
  };
  const name = `quality.${model}.baseline`;
  return [...(await measure(name, run.noise)), ...(own === run.noise ? [] : await measure(`${name}.own_noise`, own))];
}

/** Milliseconds for a picture, z to RGBA bytes, of each file, in turns. Nothing else may be running. */
async function timePictures(paths: readonly string[], noise: NoiseMode, quick: boolean): Promise<number[][]> {
  const generators = await Promise.all(paths.map(openFile));
  const times = paths.map((): number[] => []);
  const rounds = quick ? QUICK_TIMED_ROUNDS : TIMED_ROUNDS;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    for (const [index, generator] of generators.entries()) {
      const start = performance.now();
      await generator.generate({ seed: `timed ${String(round)}`, truncation: 1, noise });
      if (round >= 0) times[index]?.push(performance.now() - start);
    }
  }
  for (const generator of generators) generator.dispose();
  return times;
}

/** The small DCGANs that there are, of the model that they were trained beside. */
async function findDcgans({ folder, model }: QualityRun['options']): Promise<{ readonly size: number; readonly path: string }[]> {
  if (model !== DCGAN_MODEL) return [];
  const found = [];
  for (const size of DCGAN_SIZES) {
    const path = `${folder}/training/dcgan/dcgan-${String(size)}.safetensors`;
    if (await exists(path)) found.push({ size, path });
    else console.error(`LOUD: ${path} is not there: what that size costs is not measured.`);
  }
  return found;
}

/** Milliseconds of the model itself and of the DCGANs, in turns. For true ones nothing else may be running. */
export async function measureTimes(run: QualityRun): Promise<Figure[]> {
  const { model, quick } = run.options;
  const found = await findDcgans(run.options);
  const [own, ...times] = await timePictures([run.weightsPath, ...found.map(({ path }) => path)], run.noise, quick);
  return [
    ...found.map(({ size }, index) =>
      summarize(`quality.dcgan.${String(size)}.ms`, times[index] ?? [], 'z to RGBA bytes, WASM, in turns with the others'),
    ),
    summarize(`quality.${model}.ms`, own ?? [], 'z to RGBA bytes, WASM'),
  ];
}

/** What the size of z and of the network costs: DCGANs of z_dim = width, trained alike, and the time of the model itself. */
export async function measureSizes(run: QualityRun): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const { size, path } of await findDcgans(run.options)) {
    const metrics = compareTableRows(run, await drawRows(run, run.tableRows, { weightsPath: path, classes: null }), false);
    figures.push(...listFigures(`quality.dcgan.${String(size)}`, metrics));
    figures.push(exactFigure(`quality.dcgan.${String(size)}.bytes`, (await stat(path)).size, 'bytes', 'the generator, F16'));
    reportRow(`DCGAN of z_dim = width = ${String(size)}`, metrics);
  }
  return [...figures, ...(await measureTimes(run))];
}
