/**
 * Runs a training in this realm, from a job to its outcome: a worker of its own, or, where none can start, the page or Node. It yields to
 * the event loop between steps, and looks at what it was told.
 */
import { loadGradients } from '../../runtime/gradients.ts';
import { acquireRuntime } from '../../runtime/runtime.ts';
import { GanCanvasError } from '../../support/errors.ts';
import { decodeWeights, encodeWeights, type WeightsFile } from '../../weights/weights-file.ts';
import { readTrainingPictures } from '../pictures/read-training-pictures.ts';
import { acquireNext } from '../acquire-next.ts';
import { wasLost } from '../lost-device.ts';
import type { RefusedPicture } from './fine-tune.ts';
import { createUntrainedModel } from '../../training/create-untrained-model.ts';
import { startsFromNothing, type TrainingSettings } from '../../training/training-settings.ts';
import { readFineTuneSettings } from './fine-tune-settings.ts';
import type { FineTuneEvent, FineTuneJob, FineTuneOutcome } from './fine-tune-job.ts';
import { loadKeptRun, type KeptRun } from './kept-run.ts';
import { loadDiscriminator } from './load-discriminator.ts';
import type { TrainingControls } from './training-controls.ts';
import { TrainingLoop, type TrainingStart } from './training-loop.ts';

export interface TrainingPort {
  readonly controls: TrainingControls;
  emit(event: FineTuneEvent): void;
  readonly signal: AbortSignal;
}

/** Runs the job. Rejects with `GanCanvasError`, or `AbortError`. */
export async function runFineTune(job: FineTuneJob, port: TrainingPort): Promise<FineTuneOutcome> {
  port.emit({ type: 'state', state: 'preparing' });
  const start = job.weights === null ? await startFromKept(job, port) : await startAnew(job, job.weights, port);
  const loop = new TrainingLoop(start.start, port);
  let runtime = await acquireRuntime(job.backend, port);
  for (let losses = 1; ; losses++) {
    try {
      await loadGradients(runtime);
      const end = await loop.run(runtime);
      return { result: { ...end, refused: start.refused }, weights: new Blob([writeTuning(start.start, loop.latest, end)]) };
    } catch (error) {
      if (port.signal.aborted || !(await wasLost(runtime))) throw error;
    } finally {
      runtime.dispose();
    }
    runtime = await acquireNext(losses > MAX_DEVICE_LOSSES ? 'wasm' : runtime.backend, port.signal);
  }
}

/** A device that is lost more often than this is not trusted again. */
const MAX_DEVICE_LOSSES = 3;

interface Started {
  readonly start: TrainingStart;
  readonly refused: readonly RefusedPicture[];
}

async function startAnew(job: FineTuneJob, weights: Uint8Array, { signal }: TrainingPort): Promise<Started> {
  const model = decodeWeights(weights);
  // Before any picture is decoded: what is asked for must be possible.
  const settings = readFineTuneSettings(job.options, model.info, job.pictures.length);
  const { network, seed, background } = settings;
  const file = network === null ? model : createUntrainedModel(network, seed);
  const [discriminator, { pictures, refused }] = await Promise.all([
    loadFor(settings, job, file, signal),
    readTrainingPictures(job.pictures, { side: file.info.resolution, background, signal }),
  ]);
  const start = { name: job.keptAs, file, weights: network === null ? weights : encodeWeights(file), discriminator, settings, pictures };
  return { start: { ...start, kept: null }, refused };
}

async function startFromKept(job: FineTuneJob, { signal }: TrainingPort): Promise<Started> {
  const kept: KeptRun = await loadKeptRun(job.keptAs);
  const file = decodeWeights(kept.weights);
  const { settings, pictures, weights } = kept;
  const discriminator = await loadFor(settings, job, file, signal);
  const side = file.info.resolution;
  if (pictures.some(({ pixels }) => pixels.length !== side * side * 3)) {
    throw new GanCanvasError(
      'invalid-argument',
      `What is kept of "${job.keptAs}" does not fit the model; erase it and begin a new training.`,
    );
  }
  return { start: { name: job.keptAs, file, weights, discriminator, settings, pictures, kept }, refused: [] };
}

/** The discriminator, which a reconstruction can do without, and what begins from nothing makes for itself. */
async function loadFor(
  { method }: TrainingSettings,
  { discriminator }: FineTuneJob,
  file: WeightsFile,
  signal: AbortSignal,
): Promise<WeightsFile | null> {
  const isWithout = startsFromNothing(method) || (method === 'reconstruction' && discriminator === null);
  return isWithout ? null : loadDiscriminator(discriminator, file, signal);
}

/** The file at the start with the weights at the end, and how they came about; `from` null: from nothing. */
function writeTuning(
  start: TrainingStart,
  latest: WeightsFile,
  end: { readonly steps: number; readonly imagesSeen: number; readonly seconds: number },
): Uint8Array<ArrayBuffer> {
  const { settings, pictures, file } = start;
  const tuning = {
    from: startsFromNothing(settings.method) ? null : file.info.name,
    pictures: pictures.length,
    steps: end.steps,
    images_seen: end.imagesSeen,
    seconds: Math.round(end.seconds),
    settings: { ...settings, background: undefined, keeps: undefined, network: settings.network ?? undefined },
  };
  const imagesSeen = latest.info.imagesSeen + (startsFromNothing(settings.method) ? end.imagesSeen : 0);
  return encodeWeights({ ...latest, info: { ...latest.info, imagesSeen, tuning } });
}
