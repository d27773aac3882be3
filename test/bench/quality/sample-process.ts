/** A process of the pool in sample-pool.ts: draws pictures with the engine on WASM and answers with their features. */
import { readFile } from 'node:fs/promises';
import { createGenerator } from '../../../src/core.ts';
import type { Generator } from '../../../src/engine/generator.ts';
import { decodeClassifier, openClassifier } from './classifier.ts';
import type { SampleAnswer, SampleJob } from './sample-pool.ts';
import { drawSample } from './samples.ts';

/** Pictures that the classifier takes at a time. */
const BATCH = 16;

const [classifierPath = ''] = process.argv.slice(2);
const opening = readFile(classifierPath).then((bytes) => openClassifier(decodeClassifier(new Uint8Array(bytes))));
let open: { readonly path: string; readonly generator: Generator } | null = null;

/** The generator of a weights file; one is kept at a time. */
async function openGenerator(path: string): Promise<Generator> {
  if (open?.path === path) return open.generator;
  open?.generator.dispose();
  open = { path, generator: await createGenerator({ bytes: new Uint8Array(await readFile(path)), backend: 'wasm' }) };
  return open.generator;
}

async function work({ request, positions }: SampleJob): Promise<Float32Array> {
  const classifier = await opening;
  const generator = await openGenerator(request.weightsPath);
  const parts: Float32Array[] = [];
  for (let start = 0; start < positions.length; start += BATCH) {
    const pictures: Uint8ClampedArray[] = [];
    for (const position of positions.slice(start, start + BATCH)) pictures.push((await drawSample(generator, request, position)).data);
    parts.push(await classifier.embed(pictures));
  }
  const features = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    features.set(part, at);
    return at + part.length;
  }, 0);
  return features;
}

process.on('message', (job: SampleJob) => {
  const answer = (message: SampleAnswer): void => {
    process.send?.(message);
  };
  work(job).then(
    (features) => answer({ id: job.id, features }),
    (error: unknown) => answer({ id: job.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
