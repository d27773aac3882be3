import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { FineTuneOptions, FineTuneResult, FineTuneRun, FineTuneStep } from '../../engine/fine-tune/fine-tune.ts';
import { isAbortError } from '../../support/errors.ts';
import type { PictureInputs } from '../gather-pictures.ts';
import { StepHistory } from './step-history.ts';
import { tellDuration, tellResult } from './tell-training.ts';
import type { TrainingHost } from './training-host.ts';

export interface TrainingSessionOptions {
  /** To be said to screen readers. */
  readonly announce: (text: string) => void;
  readonly onEnd: (result: FineTuneResult | null) => void;
}

/** `starting`: pictures are read, or another training goes first. */
export type TrainingPhase = 'idle' | 'starting' | 'running' | 'paused' | 'stopping' | 'ended';

/** Spoken when passed, in hundredths. */
const SPOKEN_SHARES = [25, 50, 75];
/** The latest of what happened; older notices are let go. */
const MOST_NOTICES = 5;

/** The panel's training, from the press of the button to what is said at its end. */
export class TrainingSession implements ReactiveController {
  phase: TrainingPhase = 'idle';
  /** The latest step; null before the first. */
  step: FineTuneStep | null = null;
  history = new StepHistory();
  notices: readonly string[] = [];
  /** How it ended; null before, and when it failed. */
  result: FineTuneResult | null = null;
  /** Why it failed, to be shown; null when it did not. */
  failure: string | null = null;
  /** True when the model draws what a training taught it. */
  hasLearnt = false;
  readonly #host: ReactiveControllerHost;
  readonly #options: TrainingSessionOptions;
  #run: FineTuneRun | null = null;
  #spokenShare = 0;

  constructor(host: ReactiveControllerHost, options: TrainingSessionOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** True from the press of the button to the end. */
  get isUnderWay(): boolean {
    return this.phase !== 'idle' && this.phase !== 'ended';
  }

  hostConnected(): void {
    this.#host.requestUpdate();
  }

  /** Begins a training; null: goes on with the one that is kept. */
  start(host: TrainingHost, pictures: PictureInputs | null, options: FineTuneOptions = {}): void {
    if (this.isUnderWay) return;
    this.phase = 'starting';
    this.step = null;
    this.history = new StepHistory();
    this.notices = [];
    this.result = null;
    this.failure = null;
    this.#spokenShare = 0;
    this.#options.announce('Training is starting.');
    this.#host.requestUpdate();
    void this.#follow(() => (pictures === null ? host.resumeFineTune() : host.fineTune(pictures, options)));
  }

  pause(): void {
    if (this.phase !== 'running' && this.phase !== 'starting') return;
    this.#run?.pause();
    this.#enter('paused', this.step ? `Paused at step ${this.step.step} of ${this.step.steps}.` : 'Paused.');
  }

  goOn(): void {
    if (this.phase !== 'paused') return;
    this.#run?.resume();
    this.#enter(this.step ? 'running' : 'starting', 'Training goes on.');
  }

  stop(): void {
    if (!this.isUnderWay) return;
    this.#run?.stop();
    // A training that is held ends as well.
    if (this.phase === 'paused') this.#run?.resume();
    this.#enter('stopping', 'Stopping.');
  }

  /** Forgets how it ended: the weights are others now. */
  clear(): void {
    if (this.isUnderWay) return;
    this.phase = 'idle';
    this.step = null;
    this.result = null;
    this.failure = null;
    this.hasLearnt = false;
    this.#host.requestUpdate();
  }

  async #follow(begin: () => FineTuneRun): Promise<void> {
    try {
      const run = begin();
      this.#run = run;
      for await (const step of run) this.#takeStep(step);
      this.result = await run.done;
      this.hasLearnt = true;
      this.#enter('ended', tellResult(this.result));
    } catch (error) {
      this.failure = isAbortError(error) ? 'The training was cancelled.' : error instanceof Error ? error.message : String(error);
      this.#enter('ended', `The training ended with an error. ${this.failure}`);
    }
    this.#run = null;
    this.#options.onEnd(this.result);
  }

  #takeStep(step: FineTuneStep): void {
    this.step = step;
    this.history.add(step);
    if (step.isShown) this.hasLearnt = true;
    if (step.notice !== null) {
      this.notices = [...this.notices, step.notice].slice(-MOST_NOTICES);
      this.#options.announce(step.notice);
    }
    if (this.phase === 'starting') this.#enter('running', `Training has begun: ${step.steps} steps, ${tellDuration(step.secondsLeft)}.`);
    this.#speakShare(step);
    this.#host.requestUpdate();
  }

  #speakShare({ step, steps, secondsLeft }: FineTuneStep): void {
    const share = SPOKEN_SHARES.findLast((each) => (100 * step) / steps >= each) ?? 0;
    if (share <= this.#spokenShare || step === steps) return;
    this.#spokenShare = share;
    this.#options.announce(`${share} % done, ${tellDuration(secondsLeft)} left.`);
  }

  #enter(phase: TrainingPhase, announcement: string): void {
    this.phase = phase;
    this.#options.announce(announcement);
    this.#host.requestUpdate();
  }
}
