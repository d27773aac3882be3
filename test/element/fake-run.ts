import type { FineTuneResult, FineTuneRun, FineTuneState, FineTuneStep } from '../../src/engine/fine-tune/fine-tune.ts';
import { StepStream } from '../../src/engine/fine-tune/step-stream.ts';

/** A training that takes its steps and ends when a test says so, and records what it was told. */
export class FakeRun implements FineTuneRun {
  state: FineTuneState = 'running';
  readonly said: string[] = [];
  readonly done: Promise<FineTuneResult>;
  readonly #steps = new StepStream<FineTuneStep>();
  #resolve: (result: FineTuneResult) => void = () => undefined;
  #reject: (error: Error) => void = () => undefined;

  constructor() {
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.done.catch(() => undefined);
  }

  pause(): void {
    this.said.push('pause');
  }

  resume(): void {
    this.said.push('resume');
  }

  stop(): void {
    this.said.push('stop');
  }

  [Symbol.asyncIterator](): AsyncGenerator<FineTuneStep, void> {
    return this.#steps[Symbol.asyncIterator]();
  }

  take(step: number, changes: Partial<FineTuneStep> = {}): void {
    this.#steps.push({
      step,
      steps: 100,
      imagesSeen: step * 8,
      losses: { generator: 1 / step, discriminator: 0.7, penalty: 0 },
      diversity: 0.9,
      imagesPerSecond: 4.04,
      secondsLeft: 2 * (100 - step),
      isShown: false,
      notice: null,
      backend: 'cpu',
      ...changes,
    });
  }

  finish(changes: Partial<FineTuneResult> = {}): void {
    this.#steps.end();
    this.state = 'ended';
    this.#resolve({ reason: 'finished', steps: 100, imagesSeen: 800, seconds: 200, pivots: [], refused: [], ...changes });
  }

  fail(error: Error): void {
    this.#steps.end();
    this.state = 'ended';
    this.#reject(error);
  }
}
