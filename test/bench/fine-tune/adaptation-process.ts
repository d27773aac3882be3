/** One training from start to end, in a process of its own: sends the features of what the model draws after so many steps. */
import { readFile } from 'node:fs/promises';
import { createGenerator } from '../../../src/core.ts';
import type { TrainableGenerator } from '../../../src/engine/generator.ts';
import { decodeClassifier, openClassifier } from '../quality/classifier.ts';
import { namePictures } from './name-pictures.ts';

export interface AdaptationJob {
  readonly model: string;
  /** Name of what it learns. */
  readonly set: string;
  readonly classifierPath: string;
  /** side · side · 3 bytes each. */
  readonly pictures: readonly Uint8Array[];
  readonly seed: string;
  /** Ascending, from 0; the last is where it ends. */
  readonly marks: readonly number[];
  /** Drawn at each mark. */
  readonly samples: number;
}

export interface AdaptationMark {
  readonly step: number;
  /** samples · 64 numbers, of pictures drawn with the exported and imported file. */
  readonly features: Float32Array;
  /** The file. */
  readonly weights: Uint8Array;
}

export interface AdaptationAnswer {
  readonly marks: readonly AdaptationMark[];
  readonly secondsPerStep: number;
}

const EMBEDDED_AT_ONCE = 25;

/** Trains, and gives the exported file at each mark. */
async function train(
  generator: TrainableGenerator,
  { pictures, seed, marks }: AdaptationJob,
): Promise<{ files: Map<number, Uint8Array>; secondsPerStep: number }> {
  const steps = Math.max(...marks);
  const files = new Map([[0, await generator.exportWeights()]]);
  // Marks are multiples of the first after 0, so that they are shown.
  const run = generator.fineTune(namePictures(pictures), {
    method: 'adversarial',
    steps,
    seed,
    keeps: false,
    showEvery: marks[1] ?? steps,
  });
  for await (const step of run) {
    if (step.isShown && marks.includes(step.step)) files.set(step.step, await generator.exportWeights());
    if (step.notice) console.error(`${generator.info.name}, start ${seed}, step ${step.step.toString()}: ${step.notice}`);
  }
  const { seconds, reason } = await run.done;
  if (reason !== 'finished') throw new Error(`The training ended early: ${reason}.`);
  files.set(steps, await generator.exportWeights());
  return { files, secondsPerStep: seconds / steps };
}

async function measure(job: AdaptationJob): Promise<AdaptationAnswer> {
  const generator = await createGenerator({ model: job.model, backend: 'wasm' });
  const { files, secondsPerStep } = await train(generator, job);
  generator.dispose();
  const classifier = await openClassifier(decodeClassifier(new Uint8Array(await readFile(job.classifierPath))));
  const marks: AdaptationMark[] = [];
  for (const [step, weights] of files) {
    const tuned = await createGenerator({ bytes: weights, backend: 'wasm' });
    const features: number[] = [];
    for (let start = 0; start < job.samples; start += EMBEDDED_AT_ONCE) {
      const drawn: Uint8ClampedArray[] = [];
      for (let at = start; at < Math.min(job.samples, start + EMBEDDED_AT_ONCE); at++)
        drawn.push((await tuned.generate({ seed: `quality/${at.toString()}`, truncation: 1 })).data);
      features.push(...(await classifier.embed(drawn)));
    }
    tuned.dispose();
    marks.push({ step, weights, features: Float32Array.from(features) });
  }
  return { marks, secondsPerStep };
}

process.on('message', (job: AdaptationJob) => {
  measure(job).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
