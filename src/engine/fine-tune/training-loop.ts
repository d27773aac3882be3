import type { Runtime } from '../../runtime/runtime.ts';
import { judgeDiversity, judgeFigures, type Verdict } from '../../training/stability.ts';
import { readSnapshot, writeSnapshot, type SnapshotValues } from '../../training/snapshot-values.ts';
import type { StepFigures } from '../../training/trainer.ts';
import { encodeWeights, roundToDtype, type WeightsFile, type WeightsTensor } from '../../weights/weights-file.ts';
import { yieldToEventLoop } from '../yield-to-event-loop.ts';
import type { FineTuneEndReason, FineTuneResult, FineTuneStep } from './fine-tune.ts';
import type { TrainingSettings } from '../../training/training-settings.ts';
import { eraseKeptRun, keepRun, type KeptRun } from './kept-run.ts';
import { openTraining } from '../../training/open-training.ts';
import type { OpenTraining } from '../../training/opened-training.ts';
import type { TrainingPort } from './train.ts';

/** What a training starts from. */
export interface TrainingStart {
  /** The name under which its state is kept. */
  readonly name: string;
  readonly file: WeightsFile;
  /** The same as bytes. */
  readonly weights: Uint8Array;
  /** Null: a reconstruction goes by pixels alone. */
  readonly discriminator: WeightsFile | null;
  readonly settings: TrainingSettings;
  readonly pictures: readonly { readonly name: string; readonly pixels: Uint8Array }[];
  /** Where to go on from. */
  readonly kept: KeptRun | null;
}

export interface TrainingEnd {
  readonly reason: FineTuneEndReason;
  readonly steps: number;
  readonly imagesSeen: number;
  readonly seconds: number;
  readonly pivots: FineTuneResult['pivots'];
}

/** A state is good when so many steps have gone well. */
const GOOD_EVERY = 25;
const DIVERSITY_EVERY = 50;
const KEEP_EVERY_MS = 30_000;
/** Times that a training may go back to a good state before it ends there. */
const MOST_RETURNS = 4;
/** Of a step's own time: left to the page's frames on a GPU, and to everything else when nobody is looking. */
const REST = { webgpu: 0.1, hidden: 3 };
/** Weight of the last step in the mean speed. */
const SPEED_RATE = 0.1;

/** What a training can go on from, off the device. */
interface SavedState {
  readonly snapshot: SnapshotValues | null;
  readonly learningRateFactor: number;
  readonly step: number;
}

/** A training at work on a device. */
interface Running extends OpenTraining {
  readonly runtime: Runtime;
  /** The last good state. */
  good: object;
}

/** The steps of one training, on one device after another if it must be. */
export class TrainingLoop {
  readonly #start: TrainingStart;
  readonly #port: TrainingPort;
  #saved: SavedState;
  #latest: WeightsFile;
  #seconds: number;
  #returns = 0;
  #diversity: { readonly atStart: number; readonly ofPictures: number; readonly now: number } | null = null;
  #savedMs: number;
  #keeps: boolean;
  #meanStepMs = 0;
  #notice: string | null = null;
  #devices = 0;

  constructor(start: TrainingStart, port: TrainingPort) {
    const { kept, file, settings } = start;
    this.#start = start;
    this.#port = port;
    this.#saved = { snapshot: kept?.snapshot ?? null, learningRateFactor: kept?.learningRateFactor ?? 1, step: kept?.step ?? 0 };
    this.#seconds = kept?.seconds ?? 0;
    this.#latest = file;
    this.#keeps = settings.keeps;
    // A new training is kept from its first step on: a page may be reloaded at any time.
    this.#savedMs = kept ? performance.now() : -Infinity;
  }

  /** The file at the start, with the weights that were shown last. */
  get latest(): WeightsFile {
    return this.#latest;
  }

  /** Goes on from the last saved state to the end. Throws what a device throws that is lost; call it again with another then. */
  async run(runtime: Runtime): Promise<TrainingEnd> {
    const { file, discriminator, pictures, settings } = this.#start;
    const pixels = pictures.map((picture) => picture.pixels);
    const training = openTraining(runtime, file, discriminator, pixels, settings);
    try {
      // Before anything is taken up again: as it is opened, a training is at its start.
      this.#diversity ??= await this.#measureStart(training);
      this.#resume(runtime, training);
      this.#devices += 1;
      if (this.#devices > 1)
        this.#notice = `The device that trained was lost: back to step ${training.trainer.steps.toString()}, on ${runtime.backend}.`;
      const good = runtime.run(() => training.trainer.snapshot());
      return await this.#takeSteps({ ...training, runtime, good });
    } finally {
      training.close();
    }
  }

  #resume(runtime: Runtime, { trainer }: OpenTraining): void {
    const { snapshot, learningRateFactor } = this.#saved;
    trainer.learningRateFactor = learningRateFactor;
    if (!snapshot) return;
    runtime.run(() => {
      const written = writeSnapshot(snapshot);
      trainer.restore(written);
      trainer.disposeSnapshot(written);
    });
  }

  async #measureStart({ diversity }: OpenTraining) {
    if (!diversity) return null;
    const atStart = await diversity.now();
    return { atStart, ofPictures: (await diversity.ofPictures()) / atStart, now: 1 };
  }

  async #takeSteps(running: Running): Promise<TrainingEnd> {
    const { trainer, runtime } = running;
    const { controls } = this.#port;
    this.#port.emit({ type: 'state', state: 'running' });
    try {
      while (trainer.steps < this.#start.settings.steps && !controls.isStopped) {
        const startedMs = performance.now();
        const figures = await runtime.run(() => trainer.step());
        const verdict = await this.#judge(running, figures);
        if (verdict.kind !== 'fine' && !this.#goBack(running, verdict)) return await this.#end(running, verdict.kind);
        this.#meanStepMs += (performance.now() - startedMs - this.#meanStepMs) * (this.#meanStepMs === 0 ? 1 : SPEED_RATE);
        await this.#report(running, figures);
        await this.#leaveRoom(running, performance.now() - startedMs);
        this.#seconds += (performance.now() - startedMs) / 1000;
        await this.#saveSometimes(running);
        await this.#waitWhilePaused(running);
      }
      return await this.#end(running, controls.isStopped ? 'stopped' : 'finished');
    } finally {
      trainer.disposeSnapshot(running.good);
    }
  }

  async #judge(running: Running, figures: StepFigures): Promise<Verdict> {
    const { trainer, runtime } = running;
    const verdict = judgeFigures(figures, running.mostLoss);
    if (verdict.kind !== 'fine') return verdict;
    if (this.#diversity && running.diversity && trainer.steps % DIVERSITY_EVERY === 0) {
      this.#diversity = { ...this.#diversity, now: (await running.diversity.now()) / this.#diversity.atStart };
      const seen = judgeDiversity(this.#diversity.now, this.#diversity.ofPictures);
      if (seen.kind !== 'fine') return seen;
    }
    if (trainer.steps % GOOD_EVERY === 0) {
      trainer.disposeSnapshot(running.good);
      running.good = runtime.run(() => trainer.snapshot());
    }
    return verdict;
  }

  /** Back to the last good state with half the learning rate; false once that has been tried often enough. */
  #goBack({ trainer, runtime, good }: Running, verdict: Exclude<Verdict, { kind: 'fine' }>): boolean {
    runtime.run(() => {
      trainer.restore(good);
    });
    this.#returns += 1;
    if (this.#returns > MOST_RETURNS) return false;
    trainer.learningRateFactor /= 2;
    const what = verdict.kind === 'diverged' ? `Training became unstable (${verdict.reason})` : 'Pictures became too much alike';
    this.#notice = `${what}: back to step ${trainer.steps.toString()}, with half the learning rate.`;
    return true;
  }

  async #report(running: Running, figures: StepFigures): Promise<void> {
    const { trainer, runtime } = running;
    const { steps, batch, showEvery } = this.#start.settings;
    const isShown = trainer.steps % showEvery === 0 && trainer.steps < steps;
    const weights = isShown ? new Blob([await this.#readWeights(running)]) : null;
    const step: FineTuneStep = {
      ...{ step: trainer.steps, steps, imagesSeen: trainer.steps * batch, losses: figures, isShown, notice: this.#notice },
      diversity: this.#diversity?.now ?? null,
      imagesPerSecond: (batch / this.#meanStepMs) * 1000,
      secondsLeft: ((steps - trainer.steps) * this.#meanStepMs) / 1000,
      backend: runtime.backend,
    };
    this.#notice = null;
    this.#port.emit({ type: 'step', step, weights });
  }

  /** The weights to be shown, as a file. */
  async #readWeights({ readShown }: Running): Promise<Uint8Array<ArrayBuffer>> {
    const tensors = new Map<string, WeightsTensor>(this.#start.file.tensors);
    for (const [name, values] of await readShown()) {
      const { shape, dtype } = tensors.get(name) as WeightsTensor;
      tensors.set(name, { shape, dtype, values: roundToDtype(values, dtype) });
    }
    this.#latest = { ...this.#start.file, tensors };
    return encodeWeights(this.#latest);
  }

  /** Lets the page's frames, and whatever else the machine has to do, come in between. */
  async #leaveRoom({ runtime }: Running, stepMs: number): Promise<void> {
    const { controls } = this.#port;
    const share = controls.isHidden ? REST.hidden : runtime.backend === 'webgpu' ? REST.webgpu : 0;
    await (share > 0 ? controls.rest(share * stepMs) : yieldToEventLoop());
    controls.assertGoing();
  }

  async #waitWhilePaused(running: Running): Promise<void> {
    const { controls } = this.#port;
    if (!controls.isPaused) return;
    await this.#save(running);
    this.#port.emit({ type: 'state', state: 'paused' });
    await controls.untilGoing();
    this.#port.emit({ type: 'state', state: 'running' });
  }

  async #saveSometimes(running: Running): Promise<void> {
    if (performance.now() - this.#savedMs >= KEEP_EVERY_MS) await this.#save(running);
  }

  /** Reads the state off the device, and keeps it in the browser's storage where that is wanted. */
  async #save({ trainer, runtime }: Running): Promise<void> {
    const { learningRateFactor, steps } = trainer;
    const taken = runtime.run(() => trainer.snapshot());
    try {
      this.#saved = { snapshot: await readSnapshot(taken), learningRateFactor, step: steps };
    } finally {
      trainer.disposeSnapshot(taken);
    }
    this.#savedMs = performance.now();
    if (!this.#keeps) return;
    const { name, settings, weights, pictures } = this.#start;
    const { snapshot, step } = this.#saved;
    try {
      const state = { snapshot: snapshot ?? {}, learningRateFactor, step, seconds: this.#seconds };
      await keepRun({ name, savedAt: Date.now(), settings, weights, pictures, ...state });
    } catch (error) {
      this.#keeps = false;
      this.#notice = `This training is not kept for a reload: ${(error as Error).message}. It goes on all the same.`;
    }
  }

  async #end(running: Running, reason: FineTuneEndReason): Promise<TrainingEnd> {
    const { trainer } = running;
    await this.#readWeights(running);
    if (this.#start.settings.keeps) await eraseKeptRun(this.#start.name).catch(() => undefined);
    const imagesSeen = trainer.steps * this.#start.settings.batch;
    const vectors = await running.readPivots();
    const pivots = vectors.map((vector, index) => ({ name: this.#start.pictures[index]?.name ?? '', vector }));
    return { reason, steps: trainer.steps, imagesSeen, seconds: this.#seconds, pivots };
  }
}
