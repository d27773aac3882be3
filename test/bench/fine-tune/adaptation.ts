/** How well the default training turns a model into a small set of pictures: distances to pictures that it was not shown. */
import { fork } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { meanPairwiseDistance } from '../../../src/training/diversity.ts';
import { exactFigure, type Figure } from '../figures.ts';
import type { Place } from '../place.ts';
import { decodeClassifier, openClassifier } from '../quality/classifier.ts';
import { createFeatureMatrix, selectRows, spreadIndices, type FeatureMatrix } from '../quality/feature-matrix.ts';
import { kernelDistance } from '../quality/kernel-distance.ts';
import { nearestDistances } from '../quality/nearest-neighbours.ts';
import { slicedWasserstein } from '../quality/sliced-wasserstein.ts';
import type { AdaptationAnswer, AdaptationJob } from './adaptation-process.ts';
import { readPictureFolder } from './read-picture-folder.ts';
import { toRgba } from './to-rgba.ts';

export interface AdaptationPair {
  readonly model: string;
  /** A folder of pictures in the folder of `--data`. */
  readonly set: string;
}

export const ADAPTATION_PAIRS: readonly AdaptationPair[] = [
  { model: 'pomona', set: 'cherries' },
  { model: 'cats', set: 'emoji' },
];
const MARKS = [0, 100, 300, 1000];
const STARTS = ['a', 'b'];
const SAMPLES = 400;
/** Neighbouring files are often alike (a series of one thing), so runs of this many are held out or shown as a whole. */
const RUN_LENGTH = 10;
const SIDE = 64;
const CLASSIFIER = 'weights/training/classifier.safetensors';
const FEATURES = 64;
const KEPT = '.cache/bench/adaptation';
const PROCESS = fileURLToPath(new URL('./adaptation-process.ts', import.meta.url));

/** Where the exported file of a training, after so many steps, is kept. */
export function adaptationFile({ model, set }: AdaptationPair, seed: string, step: number): string {
  return `${KEPT}/${model}-${set}-${seed}-${step.toString()}.safetensors`;
}

/** Trainings after one another in each of as many processes as there are cores. */
async function runAll(jobs: readonly AdaptationJob[]): Promise<AdaptationAnswer[]> {
  const answers: AdaptationAnswer[] = [];
  let next = 0;
  await mkdir(KEPT, { recursive: true });
  const work = async (): Promise<void> => {
    for (let at = next++; at < jobs.length; at = next++) {
      const job = jobs[at] as AdaptationJob;
      const answer = await runOne(job);
      for (const { step, weights } of answer.marks) await writeFile(adaptationFile(job, job.seed, step), weights);
      answers[at] = answer;
      console.error(`${job.model} to ${job.set}, start ${job.seed}: ${answer.secondsPerStep.toFixed(2)} s a step`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(jobs.length, availableParallelism()) }, work));
  return answers;
}

function runOne(job: AdaptationJob): Promise<AdaptationAnswer> {
  const child = fork(PROCESS, { serialization: 'advanced' });
  return new Promise<AdaptationAnswer>((resolve, reject) => {
    child.on('message', (answer: AdaptationAnswer | { readonly error: string }) => {
      if ('error' in answer) reject(new Error(answer.error));
      else resolve(answer);
    });
    child.on('exit', (code) => {
      reject(new Error(`The process that trains ended with code ${String(code)}.`));
    });
    child.send(job);
  }).finally(() => {
    child.kill();
  });
}

async function embed(pictures: readonly Uint8Array[]): Promise<FeatureMatrix> {
  const classifier = await openClassifier(decodeClassifier(new Uint8Array(await readFile(CLASSIFIER))));
  const values: number[] = [];
  for (let start = 0; start < pictures.length; start += 25) {
    values.push(...(await classifier.embed(pictures.slice(start, start + 25).map(toRgba))));
  }
  classifier.dispose();
  return createFeatureMatrix(values, FEATURES);
}

const spreadOf = ({ count, values }: FeatureMatrix): number => meanPairwiseDistance(Float32Array.from(values), count);

function medianOf(values: Float64Array): number {
  const sorted = values.slice().sort();
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

interface Measured {
  readonly kernel: number;
  readonly gap: number;
  readonly diversity: number;
  readonly sliced: number;
  readonly nearest: number;
}

function measureMark(features: FeatureMatrix, shown: FeatureMatrix, held: FeatureMatrix, start: number, floor: number): Measured {
  const kernel = kernelDistance(features, held);
  const few = Math.min(features.count, held.count);
  return {
    kernel,
    gap: (start - kernel) / (start - floor),
    diversity: spreadOf(features) / spreadOf(held),
    sliced: slicedWasserstein(selectRows(features, spreadIndices(features.count, few)), selectRows(held, spreadIndices(held.count, few))),
    nearest: medianOf(nearestDistances(features, shown)),
  };
}

/** Figures of one pair: of two starts the worse. */
function figuresOfPair(
  { model, set }: AdaptationPair,
  answers: readonly AdaptationAnswer[],
  shown: FeatureMatrix,
  held: FeatureMatrix,
): Figure[] {
  const name = `fine-tune.${model}.${set}`;
  const floor = kernelDistance(shown, held);
  const few = Math.min(shown.count, held.count);
  const figures = [
    exactFigure(
      `${name}.floor.kernel_distance`,
      1000 * floor,
      'x1000',
      `${shown.count.toString()} pictures shown against ${held.count.toString()} held out`,
    ),
    exactFigure(
      `${name}.floor.sliced_wasserstein`,
      slicedWasserstein(selectRows(shown, spreadIndices(shown.count, few)), selectRows(held, spreadIndices(held.count, few))),
      'distance',
    ),
    exactFigure(`${name}.floor.nearest_shown`, medianOf(nearestDistances(held, shown)), 'distance', 'median distance of held-out pictures'),
    exactFigure(
      `${name}.wasm.step`,
      1000 * Math.max(...answers.map((each) => each.secondsPerStep)),
      'ms',
      'Node, one thread; the slower start',
    ),
  ];
  for (const step of MARKS) {
    const starts = answers.map(({ marks }) => {
      const featuresAt = (at: number): FeatureMatrix =>
        createFeatureMatrix(marks.find((mark) => mark.step === at)?.features ?? [], FEATURES);
      return measureMark(featuresAt(step), shown, held, kernelDistance(featuresAt(0), held), floor);
    });
    const least = (key: keyof Measured): number => Math.min(...starts.map((each) => each[key]));
    const most = (key: keyof Measured): number => Math.max(...starts.map((each) => each[key]));
    figures.push(
      exactFigure(
        `${name}.step${step.toString()}.kernel_distance`,
        1000 * most('kernel'),
        'x1000',
        `the worse of ${starts.length.toString()} starts`,
      ),
      exactFigure(`${name}.step${step.toString()}.gap_closed`, least('gap'), 'ratio'),
      exactFigure(
        `${name}.step${step.toString()}.diversity`,
        least('diversity'),
        'ratio',
        'mean pairwise distance over that of the held-out pictures',
      ),
      exactFigure(`${name}.step${step.toString()}.sliced_wasserstein`, most('sliced'), 'distance'),
      exactFigure(
        `${name}.step${step.toString()}.nearest_shown`,
        least('nearest'),
        'distance',
        'median distance to the nearest picture shown',
      ),
    );
  }
  return figures;
}

/**
 * `npm run bench -- fine-tune --data FOLDER`: every other run of {@link RUN_LENGTH} pictures, by file name, is shown and the others held out. The exported
 * files are kept in .cache/bench/adaptation, for test/tools/make-tuning-sheets.ts.
 */
export async function measureAdaptations(place: Place, data: string): Promise<Figure[]> {
  const sets = new Map<string, Uint8Array[]>();
  for (const { set } of ADAPTATION_PAIRS) sets.set(set, await readPictureFolder(place, join(data, set), SIDE));
  const part = (set: string, isHeld: boolean): Uint8Array[] =>
    (sets.get(set) ?? []).filter((_, index) => (Math.floor(index / RUN_LENGTH) % 2 === 1) === isHeld);
  const jobs = ADAPTATION_PAIRS.flatMap(({ model, set }) =>
    STARTS.map((seed) => ({ model, set, seed, pictures: part(set, false), classifierPath: CLASSIFIER, marks: MARKS, samples: SAMPLES })),
  );
  const answers = await runAll(jobs);
  const figures: Figure[] = [];
  for (const [index, pair] of ADAPTATION_PAIRS.entries()) {
    const own = answers.slice(index * STARTS.length, (index + 1) * STARTS.length);
    figures.push(...figuresOfPair(pair, own, await embed(part(pair.set, false)), await embed(part(pair.set, true))));
  }
  return figures;
}
