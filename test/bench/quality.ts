/**
 * `npm run bench -- quality`: how good a model's pictures are. Our own engine draws them from its weights file; the classifier of the recipe
 * turns them into 64 numbers each; these are compared with those of the real pictures, half B, which the classifier was not trained on.
 * Beside every figure stands its floor: what half A, real pictures too, reaches in the place of the generated ones. Two runs give the same
 * figures, but for milliseconds. `weights/training/README.md` says where classifier and features come from.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { exactFigure, type Figure } from './figures.ts';
import { classifyRows } from './quality/classifier.ts';
import type { LabelledFeatures } from './quality/feature-matrix.ts';
import { formatLatentPlot } from './quality/latent-plot.ts';
import { measureClassRecall } from './quality/manifold-metrics.ts';
import { measureMemorising } from './quality/memorising.ts';
import { drawRows, openQualityRun, type QualityOptions, type QualityRun } from './quality/quality-run.ts';
import { measureBaseline, measureSettings, measureSizes, measureStorage, measureTimes } from './quality/quality-tables.ts';
import { compareSets, listFigures, measureFloor } from './quality/set-metrics.ts';

/** "apple whole" in the name of a figure. */
function slug(label: string): string {
  return label.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

/** The recall of each class; of a model without classes, of each kind of picture that the classifier takes the generated ones for. */
function listClassRecall(run: QualityRun, headline: LabelledFeatures): Figure[] {
  const { names } = run.groups;
  const told = run.head ? headline : { ...headline, labels: classifyRows(headline.features, run.groups) };
  const name = `quality.${run.options.model}`;
  const list = (prefix: string, recalls: readonly number[]): Figure[] =>
    recalls.flatMap((recall, index) => {
      const count = run.halfB.labels.filter((label) => label === index).length;
      const figure = exactFigure(`${prefix}.recall.class.${slug(names[index] ?? '')}`, recall, 'share', `${String(count)} real pictures`);
      return Number.isNaN(recall) ? [] : [figure];
    });
  return [
    ...list(name, measureClassRecall(run.halfB, told, names.length)),
    ...list(`${name}.floor`, measureClassRecall(run.halfB, run.halfA, names.length)),
  ];
}

function listMemorising({ options, real }: QualityRun, { features }: LabelledFeatures): Figure[] {
  const { medianDistance, realMedianDistance, nearShare } = measureMemorising(features, real.halfA.features, real.halfB.features);
  const name = `quality.${options.model}`;
  return [
    exactFigure(
      `${name}.memorising.median_distance`,
      medianDistance,
      'distance',
      'from a generated picture to the nearest real one, both halves',
    ),
    exactFigure(`${name}.floor.memorising.median_distance`, realMedianDistance, 'distance', 'from half B to the nearest of half A'),
    exactFigure(`${name}.memorising.near_share`, nearShare, 'share', 'nearer to a real picture than 1 % of half B is to half A'),
  ];
}

async function measureRun(run: QualityRun): Promise<Figure[]> {
  const { model, quick } = run.options;
  const name = `quality.${model}`;
  const count = run.halfB.features.count;
  const headline = await drawRows(
    run,
    run.halfB.labels.map((_, row) => row),
  );
  const metrics = compareSets(run.halfB, headline, run.head);
  const extent = quick ? 'quick' : 'full';
  return [
    exactFigure(`${name}.samples`, count, 'samples', `${extent}; truncation 1; noise ${run.noise}; weights ${run.checksum}`),
    ...listFigures(name, metrics),
    ...listFigures(`${name}.floor`, measureFloor(run.halfA, run.halfB, run.head)),
    ...listClassRecall(run, headline),
    ...listMemorising(run, headline),
    ...(await measureBaseline(run, metrics.kernelDistance)),
    ...(await measureSettings(run, headline)),
    ...(await measureStorage(run, headline)),
    ...(await measureSizes(run)),
  ];
}

/** The figures of an earlier run of the same weights, their milliseconds measured anew: these want a quiet machine, and take seconds. */
async function retime(run: QualityRun, path: string): Promise<Figure[]> {
  type Written = Omit<Figure, 'value'> & { readonly value: number | null };
  const { figures } = JSON.parse(await readFile(path, 'utf8')) as { readonly figures: readonly Written[] };
  if (!figures.some(({ name, note }) => name === `quality.${run.options.model}.samples` && note?.includes(run.checksum)))
    throw new Error(`${path} has no figures of ${run.weightsPath}; measure it without --retime.`);
  const times = new Map((await measureTimes(run)).map((figure) => [figure.name, figure]));
  return figures.map((figure) => times.get(figure.name) ?? { ...figure, value: figure.value ?? NaN });
}

/** `npm run bench -- quality`. */
export async function measureQuality(options: QualityOptions): Promise<readonly Figure[]> {
  const startMs = performance.now();
  const run = await openQualityRun(options);
  try {
    const figures = options.retime === undefined ? await measureRun(run) : await retime(run, options.retime);
    if (options.plot !== undefined) await writeFile(options.plot, formatLatentPlot(options.model, figures));
    console.error(`  ${((performance.now() - startMs) / 1000).toFixed(0)} s; kernel distances are printed times 1000`);
    return figures;
  } finally {
    run.pool.close();
  }
}
