import type { FineTuneResult, FineTuneRun, FineTuneState, FineTuneStep } from './fine-tune.ts';
import { StepStream } from './step-stream.ts';

export type RunControl = 'pause' | 'resume' | 'stop';

/** A run that stands for one elsewhere from before that one begins: what is said meanwhile is passed on then. `More`: what else it is told. */
export abstract class ForwardingRun<More extends string = never> implements FineTuneRun {
  abstract readonly done: Promise<FineTuneResult>;
  abstract readonly state: FineTuneState;
  protected readonly steps = new StepStream<FineTuneStep>();
  readonly #said: (RunControl | More)[] = [];
  #tell = (control: RunControl | More): void => {
    this.#said.push(control);
  };

  pause(): void {
    this.say('pause');
  }

  resume(): void {
    this.say('resume');
  }

  stop(): void {
    this.say('stop');
  }

  [Symbol.asyncIterator](): AsyncGenerator<FineTuneStep, void> {
    return this.steps[Symbol.asyncIterator]();
  }

  protected say(control: RunControl | More): void {
    this.#tell(control);
  }

  /** There is somebody to tell now. */
  protected connect(tell: (control: RunControl | More) => void): void {
    this.#tell = tell;
    for (const control of this.#said) tell(control);
  }
}
