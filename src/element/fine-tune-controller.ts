import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { FineTuneOptions, FineTuneResult, FineTuneRun, FineTuneState, FineTuneStep } from '../engine/fine-tune/fine-tune.ts';
import { ForwardingRun } from '../engine/fine-tune/forwarding-run.ts';
import type { TrainableGenerator } from '../engine/generator.ts';
import { asPublicError } from '../engine/public-error.ts';
import { createAbortError } from '../support/errors.ts';
import { gatherPictures, type PictureInputs } from './gather-pictures.ts';

export interface FineTuneControllerOptions {
  /** Works with the generator that the attributes name, and holds it meanwhile. */
  readonly use: <T>(work: (generator: TrainableGenerator) => Promise<T>) => Promise<T>;
  /** The generator has other weights now. */
  readonly onWeights: (generator: TrainableGenerator) => Promise<void>;
  readonly onStep: (step: FineTuneStep) => void;
  readonly onEnd: (result: FineTuneResult | null, error: Error | null) => void;
}

type Host = ReactiveControllerHost & { readonly isConnected: boolean };

/** Begins trainings for the element, and tells it of them. They end when it leaves the document; what is kept can be gone on with. */
export class FineTuneController implements ReactiveController {
  readonly #host: Host;
  readonly #options: FineTuneControllerOptions;
  #leaving = new AbortController();

  constructor(host: Host, options: FineTuneControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostDisconnected(): void {
    // Moving in the DOM disconnects and connects again within one task.
    queueMicrotask(() => {
      if (this.#host.isConnected) return;
      this.#leaving.abort();
      this.#leaving = new AbortController();
    });
  }

  /** Begins to learn from pictures; null: goes on with what is kept. */
  start(inputs: PictureInputs | null, options: FineTuneOptions): FineTuneRun {
    const signals = [this.#leaving.signal, ...(options.signal ? [options.signal] : [])];
    return new ElementRun(inputs, { ...options, signal: AbortSignal.any(signals) }, this.#options);
  }
}

/** A training from the moment it is asked for, before its generator is open and its pictures are gathered. */
class ElementRun extends ForwardingRun {
  readonly done: Promise<FineTuneResult>;
  readonly #hooks: FineTuneControllerOptions;
  #run: FineTuneRun | null = null;
  #isEnded = false;

  constructor(inputs: PictureInputs | null, options: FineTuneOptions, hooks: FineTuneControllerOptions) {
    super();
    this.#hooks = hooks;
    // Pictures of an event are gone once its handler returns.
    const gathering = inputs === null ? null : gatherPictures(inputs, { signal: options.signal });
    gathering?.catch(() => undefined);
    this.done = this.#start(gathering, options);
    this.done.catch(() => undefined);
  }

  get state(): FineTuneState {
    return this.#isEnded ? 'ended' : (this.#run?.state ?? 'preparing');
  }

  async #start(gathering: ReturnType<typeof gatherPictures> | null, options: FineTuneOptions): Promise<FineTuneResult> {
    try {
      const result = await this.#hooks.use((generator) => this.#train(generator, gathering, options));
      this.#end(result, null);
      return result;
    } catch (error) {
      const reason = asPublicError(error);
      this.#end(null, reason);
      throw reason;
    }
  }

  #end(result: FineTuneResult | null, error: Error | null): void {
    this.#isEnded = true;
    this.steps.end();
    this.#hooks.onEnd(result, error);
  }

  async #train(
    generator: TrainableGenerator,
    gathering: ReturnType<typeof gatherPictures> | null,
    options: FineTuneOptions,
  ): Promise<FineTuneResult> {
    const gathered = gathering === null ? null : await gathering;
    if (options.signal?.aborted) throw createAbortError(options.signal);
    const run = gathered === null ? generator.resumeFineTune(options) : generator.fineTune(gathered.pictures, options);
    this.#run = run;
    this.connect((control) => run[control]());
    for await (const step of run) {
      if (step.isShown) await this.#hooks.onWeights(generator);
      this.steps.push(step);
      this.#hooks.onStep(step);
    }
    const result = await run.done;
    await this.#hooks.onWeights(generator);
    return { ...result, refused: [...(gathered?.refused ?? []), ...result.refused] };
  }
}
