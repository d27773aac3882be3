import type { BackendName } from '../../runtime/backend.ts';
import { createAbortError, isAbortError } from '../../support/errors.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import { createDrawingQueue } from '../drawing-queue.ts';
import type { ExportOptions, ImportOptions } from '../generator.ts';
import { asPublicError } from '../public-error.ts';
import { yieldToEventLoop } from '../yield-to-event-loop.ts';
import type { FineTuneOptions, FineTuneResult, FineTuneRun, FineTuneState, FineTuneStep, NamedPicture } from './fine-tune.ts';
import type { FineTuneControl, FineTuneEvent, FineTuneJob, FineTuneOutcome } from './fine-tune-job.ts';
import { ForwardingRun } from './forwarding-run.ts';

/** The generator whose weights a training changes. */
export interface FineTuneTarget {
  readonly info: ModelInfo;
  readonly loadedInfo: ModelInfo;
  readonly activeBackend: BackendName;
  exportWeights(options?: ExportOptions): Promise<Uint8Array>;
  importWeights(file: Uint8Array | Blob, options?: ImportOptions): Promise<void>;
}

/** A training that has begun somewhere. */
export interface StartedTraining {
  readonly outcome: Promise<FineTuneOutcome>;
  control(control: FineTuneControl): void;
}

/** Begins a training in a worker of its own, or here. */
export type StartTraining = (
  job: FineTuneJob,
  how: { readonly signal: AbortSignal; readonly onTraining: (event: FineTuneEvent) => void },
) => Promise<StartedTraining>;

/** A network that began from nothing draws in the place of the loaded one. */
const REPLACING: ImportOptions = { replaces: true };

/** Trainings of this realm take turns. */
const queue = createDrawingQueue();

/**
 * Begins to fine-tune a generator, or queues behind the training under way; `pictures` null: goes on with what is kept for it. `discriminatorUrl`:
 * where the model's discriminator is, or null.
 */
export function startFineTune(
  target: FineTuneTarget,
  pictures: readonly NamedPicture[] | null,
  { signal, ...options }: FineTuneOptions,
  { start, discriminatorUrl }: { readonly start: StartTraining; readonly discriminatorUrl: string | null },
): FineTuneRun {
  const { info, loadedInfo } = target;
  const job = {
    discriminator: discriminatorUrl === null ? null : { url: discriminatorUrl, integrity: info.discriminator?.integrity ?? null },
    pictures: pictures ?? [],
    options,
    backend: target.activeBackend,
    keptAs: loadedInfo.name,
  };
  return new StartedRun(target, pictures !== null, job, start, signal);
}

class StartedRun extends ForwardingRun<'hidden' | 'visible'> {
  readonly done: Promise<FineTuneResult>;
  readonly #target: FineTuneTarget;
  #state: FineTuneState = 'queued';
  /** Shown steps whose weights do not draw yet. */
  #imports = 0;
  #importing: Promise<void> = Promise.resolve();
  /** The latest step that came meanwhile. */
  #held: FineTuneStep | null = null;

  constructor(
    target: FineTuneTarget,
    isNew: boolean,
    job: Omit<FineTuneJob, 'weights'>,
    start: StartTraining,
    signal: AbortSignal | undefined,
  ) {
    super();
    this.#target = target;
    this.done = queue
      .run(() => this.#run(isNew, job, start, signal), signal)
      .finally(() => {
        this.#state = 'ended';
        this.steps.end();
      });
    // Whoever only iterates gets no unhandled rejection.
    this.done.catch(() => undefined);
  }

  get state(): FineTuneState {
    return this.#state;
  }

  async #run(
    isNew: boolean,
    job: Omit<FineTuneJob, 'weights'>,
    start: StartTraining,
    signal: AbortSignal | undefined,
  ): Promise<FineTuneResult> {
    const ending = new AbortController();
    const forward = (): void => {
      ending.abort(createAbortError(signal));
    };
    signal?.addEventListener('abort', forward);
    const stopWatching = this.#watchVisibility();
    try {
      this.#state = 'preparing';
      const weights = isNew ? await this.#target.exportWeights() : null;
      const onTraining = (event: FineTuneEvent): void => {
        this.#receive(event, ending);
      };
      const training = await start({ ...job, weights }, { signal: ending.signal, onTraining });
      this.connect((control) => training.control(control));
      const { result, weights: final } = await training.outcome;
      await this.#importing;
      this.#tellHeld();
      await this.#target.importWeights(final, REPLACING);
      return result;
    } catch (error) {
      // What could not be shown any more ended the training; that is what there is to tell.
      const reason: unknown = isAbortError(error) && !signal?.aborted ? ending.signal.reason : error;
      throw asPublicError(reason);
    } finally {
      signal?.removeEventListener('abort', forward);
      stopWatching();
    }
  }

  #receive(event: FineTuneEvent, ending: AbortController): void {
    if (event.type === 'state') {
      this.#state = event.state;
      // No step comes that would take its place. A task later: who hears of the shown step has heard of it then.
      if (event.state === 'paused') void this.#importing.then(yieldToEventLoop).then(() => this.#tellHeld());
      return;
    }
    const { step, weights } = event;
    this.#held = null;
    if (weights) this.#show(step, weights, ending);
    else if (this.#imports === 0) this.steps.push(step);
    // Steps are told of in their order, and not so soon after a shown one that it would be passed over.
    else this.#held = step;
  }

  #tellHeld(): void {
    if (this.#held === null || this.#imports > 0) return;
    this.steps.push(this.#held);
    this.#held = null;
  }

  /** A shown step is told of once its weights draw. */
  #show(step: FineTuneStep, weights: Blob, ending: AbortController): void {
    this.#imports += 1;
    this.#importing = this.#importing
      .then(() => this.#target.importWeights(weights, REPLACING))
      .then(
        () => {
          this.#imports -= 1;
          this.steps.push(step);
        },
        (error: unknown) => {
          ending.abort(error);
        },
      );
  }

  /** Tells the training when nobody is looking. */
  #watchVisibility(): () => void {
    if (typeof document === 'undefined') return () => undefined;
    const tell = (): void => {
      this.say(document.visibilityState === 'hidden' ? 'hidden' : 'visible');
    };
    if (document.visibilityState === 'hidden') tell();
    document.addEventListener('visibilitychange', tell);
    return () => {
      document.removeEventListener('visibilitychange', tell);
    };
  }
}
