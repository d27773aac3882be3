import { createAbortError } from '../../support/errors.ts';
import type { FineTuneControl } from './fine-tune-job.ts';

/** What a training was told, for it to look at between two steps. */
export class TrainingControls {
  #isPaused = false;
  #isStopped = false;
  #isHidden = false;
  #wake: (() => void) | null = null;
  readonly #signal: AbortSignal | undefined;

  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    signal?.addEventListener('abort', () => this.#wake?.());
  }

  get isPaused(): boolean {
    return this.#isPaused && !this.#isStopped;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Nobody is looking. */
  get isHidden(): boolean {
    return this.#isHidden;
  }

  handle(control: FineTuneControl): void {
    switch (control) {
      case 'pause':
        this.#isPaused = true;
        return;
      case 'resume':
        this.#isPaused = false;
        break;
      case 'stop':
        this.#isStopped = true;
        break;
      case 'hidden':
        this.#isHidden = true;
        return;
      case 'visible':
        this.#isHidden = false;
    }
    this.#wake?.();
  }

  /** Throws `AbortError` once the training is aborted. */
  assertGoing(): void {
    if (this.#signal?.aborted) throw createAbortError(this.#signal);
  }

  /** Waits while it is paused. Rejects with `AbortError`. */
  async untilGoing(): Promise<void> {
    while (this.isPaused && !this.#signal?.aborted) await new Promise<void>((resolve) => (this.#wake = resolve));
    this.#wake = null;
    this.assertGoing();
  }

  /** Rests that long, or until something is said. */
  async rest(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
    this.assertGoing();
  }
}
