import { readFile } from 'node:fs/promises';
import type { NoiseMode } from '../../../src/weights/model-info.ts';
import { checksumTensors } from '../../../src/weights/weights-delta.ts';
import { decodeWeights, type WeightsFile } from '../../../src/weights/weights-file.ts';
import { decodeClassifier, type ClassifierHead } from './classifier.ts';
import { selectLabelled, spreadIndices, type LabelledFeatures } from './feature-matrix.ts';
import { decodeRealFeatures, type RealFeatures } from './real-features.ts';
import { openSamplePool, type SamplePool } from './sample-pool.ts';
import type { SampleRequest } from './samples.ts';
import { compareSets, measureFloor, type SetMetrics } from './set-metrics.ts';

/** Pictures on each side: the headline takes all of half B, but no more than this many; the tables fewer. */
const HEADLINE_SAMPLES = 10_000;
const TABLE_SAMPLES = 1_000;
const QUICK_HEADLINE_SAMPLES = 200;
const QUICK_TABLE_SAMPLES = 60;

/** Where things are, relative to the folder `weights` of the repository. */
export const CLASSIFIER_FILE = 'training/classifier.safetensors';

export interface QualityOptions {
  readonly quick: boolean;
  /** The image set, and the bundled model unless `src` is given. */
  readonly model: string;
  /** The weights file to measure. */
  readonly src?: string | undefined;
  /** Instead of the model's own default. */
  readonly noise?: NoiseMode | undefined;
  /** The same weights in F32. */
  readonly f32?: string | undefined;
  /** Weights to compare with. */
  readonly baseline?: string | undefined;
  /** The JSON of an earlier run, of which all but the milliseconds is kept. */
  readonly retime?: string | undefined;
  /** Where to write the plot of the latent-dim table. */
  readonly plot?: string | undefined;
  /** The folder `weights`. */
  readonly folder: string;
}

/** One model's measurement under way. */
export interface QualityRun {
  readonly options: QualityOptions;
  readonly weightsPath: string;
  readonly zDim: number;
  /** What all samples are drawn with: the model's default, unless the options name another. */
  readonly noise: NoiseMode;
  /** `checksumTensors` of the weights. */
  readonly checksum: string;
  readonly real: RealFeatures;
  /** The classifier's head for the classes that the model was asked for; null for a model without classes. */
  readonly head: ClassifierHead | null;
  /** Its head for what recall is told apart by: those classes, or the first kind of label of a model without. */
  readonly groups: ClassifierHead;
  /** Half A and half B, evenly thinned out to equal numbers: the headline's. */
  readonly halfA: LabelledFeatures;
  readonly halfB: LabelledFeatures;
  /** Rows of these halves that the tables take. */
  readonly tableRows: readonly number[];
  readonly pool: SamplePool;
}

/** The request of the headline's samples, but for what `changes` says. */
export function createRequest({ weightsPath, head, halfB, noise }: QualityRun, changes: Partial<SampleRequest> = {}): SampleRequest {
  return { weightsPath, classes: head ? halfB.labels : null, latentDim: null, truncation: 1, noise, ...changes };
}

/** Features of samples for rows of `halfB`, with the classes asked for. */
export async function drawRows(run: QualityRun, rows: readonly number[], changes: Partial<SampleRequest> = {}): Promise<LabelledFeatures> {
  const features = await run.pool.draw(createRequest(run, changes), rows);
  return { features, labels: rows.map((row) => run.halfB.labels[row] as number) };
}

/** Metrics of samples of the table's rows. Only conditional samples have a class accuracy. */
export function compareTableRows(run: QualityRun, generated: LabelledFeatures, isConditional = true): SetMetrics {
  return compareSets(selectLabelled(run.halfB, run.tableRows), generated, isConditional ? run.head : null);
}

/** The floor of the tables. */
export function measureTableFloor(run: QualityRun): SetMetrics {
  return measureFloor(selectLabelled(run.halfA, run.tableRows), selectLabelled(run.halfB, run.tableRows), run.head);
}

async function readTraining(path: string): Promise<Uint8Array> {
  return new Uint8Array(
    await readFile(path).catch((cause: unknown) => {
      throw new Error(`${path} cannot be read; it comes from weights/training/classifier.py (see the README there).`, { cause });
    }),
  );
}

async function readWeights(path: string): Promise<WeightsFile> {
  return decodeWeights(new Uint8Array(await readFile(path)));
}

/** Thins both halves out to the same number of rows. */
function balance({ halfA, halfB }: RealFeatures, wanted: number): [LabelledFeatures, LabelledFeatures] {
  const count = Math.min(halfA.features.count, halfB.features.count, wanted);
  const thin = (half: LabelledFeatures): LabelledFeatures => selectLabelled(half, spreadIndices(half.features.count, count));
  return [thin(halfA), thin(halfB)];
}

/** The image set of a model: that of `cats-128` is `cats`. */
function setOf(model: string): string {
  return model.replace(/-\d+$/, '');
}

/** Loads what a measurement needs and starts its processes; the caller closes `pool`. */
export async function openQualityRun(options: QualityOptions): Promise<QualityRun> {
  const { folder, model, quick } = options;
  const classifierPath = `${folder}/${CLASSIFIER_FILE}`;
  const classifierBytes = await readTraining(classifierPath);
  const classifier = decodeClassifier(classifierBytes);
  const real = decodeRealFeatures(await readTraining(`${folder}/training/features/${setOf(model)}.safetensors`), classifierBytes);
  const weightsPath = options.src ?? `${folder}/${model}.safetensors`;
  const file = await readWeights(weightsPath);
  // Found wrong before minutes of drawing rather than after.
  await Promise.all([options.f32, options.baseline].map((path) => path !== undefined && readWeights(path)));
  if (file.info.resolution % classifier.resolution !== 0)
    throw new Error(
      `${weightsPath} draws ${String(file.info.resolution)} pixels; the classifier takes ${String(classifier.resolution)} or a multiple, scaled down.`,
    );
  const groups = classifier.heads.get(real.head);
  const head = file.info.architecture.classes > 0 ? groups : null;
  if (!groups || head === undefined || (head && head.names.join() !== file.info.labels.join()))
    throw new Error(`The classifier's head ${real.head} is missing or names other classes than ${weightsPath}.`);
  const [halfA, halfB] = balance(real, quick ? QUICK_HEADLINE_SAMPLES : HEADLINE_SAMPLES);
  return {
    options,
    weightsPath,
    zDim: file.info.zDim,
    noise: options.noise ?? file.info.noise,
    checksum: checksumTensors(file),
    real,
    head,
    groups,
    halfA,
    halfB,
    tableRows: spreadIndices(halfB.features.count, quick ? QUICK_TABLE_SAMPLES : TABLE_SAMPLES),
    pool: openSamplePool(classifierPath),
  };
}
