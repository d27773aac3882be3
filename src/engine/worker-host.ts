import { encodeError, GanCanvasError, throwIfAborted } from '../support/errors.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import type { CreateGeneratorOptions, Generator, ImportOptions } from './generator.ts';
import type { FineTuneJob, FineTuneOutcome } from './fine-tune/fine-tune-job.ts';
import type { TrainingPort } from './fine-tune/train.ts';
import { TrainingControls } from './fine-tune/training-controls.ts';
import { discardResult, transferables, type Command, type EngineMemory, type PageMessage, type WorkerMessage } from './protocol.ts';

/** The engine that a host serves; loaded when the first generator is opened. */
export interface Engine {
  createGenerator(options: CreateGeneratorOptions): Promise<Generator>;
  engineMemory(): EngineMemory;
}

/** What a host trains with; loaded when the first training comes. */
export interface TrainingEngine {
  runFineTune(job: FineTuneJob, port: TrainingPort): Promise<FineTuneOutcome>;
}

/** The worker's end of the wire; `self` of a dedicated worker, or a MessagePort in tests. */
export interface HostPort {
  postMessage(message: WorkerMessage, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent<PageMessage>) => void): void;
}

const IDLE_MEMORY: EngineMemory = { tensors: 0, bytes: 0, gpuBytes: null, generators: 0, weights: 0 };

/** Answers the page's messages with the engines that these give, and says `ready`. */
export function serveEngine(port: HostPort, loadEngine: () => Promise<Engine>, loadTraining: () => Promise<TrainingEngine>): void {
  const host = new WorkerHost(port, loadEngine, loadTraining);
  port.addEventListener('message', ({ data }) => {
    host.handle(data);
  });
  port.postMessage({ type: 'ready' }, []);
}

class WorkerHost {
  readonly #port: HostPort;
  readonly #loadEngine: () => Promise<Engine>;
  readonly #loadTraining: () => Promise<TrainingEngine>;
  readonly #trainings = new Map<number, TrainingControls>();
  readonly #generators = new Map<number, Generator>();
  readonly #running = new Map<number, AbortController>();
  #engine: Promise<Engine> | null = null;

  constructor(port: HostPort, loadEngine: () => Promise<Engine>, loadTraining: () => Promise<TrainingEngine>) {
    this.#port = port;
    this.#loadEngine = loadEngine;
    this.#loadTraining = loadTraining;
  }

  handle(message: PageMessage): void {
    switch (message.type) {
      case 'open':
        void this.#answer(message.id, (signal) => this.#open(message.id, message.options, signal));
        return;
      case 'command':
        void this.#answer(message.id, (signal) => this.#run(message.generator, message.command, signal));
        return;
      case 'memory':
        void this.#answer(message.id, async () => (this.#engine === null ? IDLE_MEMORY : (await this.#engine).engineMemory()));
        return;
      case 'train':
        void this.#answer(message.id, (signal) => this.#train(message.id, message.job, signal));
        return;
      case 'control':
        this.#trainings.get(message.id)?.handle(message.control);
        return;
      case 'abort':
        this.#running.get(message.id)?.abort();
        return;
      case 'dispose':
        this.#generators.get(message.generator)?.dispose();
        this.#generators.delete(message.generator);
        return;
    }
  }

  async #answer(id: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const value = await work(controller.signal);
      if (controller.signal.aborted) discardResult(value);
      throwIfAborted(controller.signal);
      this.#port.postMessage({ type: 'result', id, value }, transferables(value));
    } catch (error) {
      this.#port.postMessage({ type: 'failure', id, error: encodeError(error) }, []);
    } finally {
      this.#running.delete(id);
    }
  }

  async #train(id: number, job: FineTuneJob, signal: AbortSignal): Promise<FineTuneOutcome> {
    const controls = new TrainingControls(signal);
    this.#trainings.set(id, controls);
    try {
      const { runFineTune } = await this.#loadTraining();
      return await runFineTune(job, {
        controls,
        signal,
        emit: (event) => {
          this.#port.postMessage({ type: 'training', id, event }, transferables(event));
        },
      });
    } finally {
      this.#trainings.delete(id);
    }
  }

  async #open(id: number, options: CreateGeneratorOptions, signal: AbortSignal): Promise<unknown> {
    const engine = await this.#load();
    throwIfAborted(signal);
    const generator = await engine.createGenerator({
      ...options,
      signal,
      onProgress: (progress) => {
        this.#port.postMessage({ type: 'progress', id, progress }, []);
      },
    });
    if (signal.aborted) generator.dispose();
    throwIfAborted(signal);
    this.#generators.set(id, generator);
    generator.onBackendChange((activeBackend, backendReport) => {
      this.#port.postMessage({ type: 'backend-change', generator: id, activeBackend, backendReport }, []);
    });
    const { info, activeBackend, backendReport } = generator;
    return { info, activeBackend, backendReport };
  }

  #load(): Promise<Engine> {
    // A failed import is not kept, so that the next element tries again (the network may be back).
    this.#engine ??= this.#loadEngine().catch((error: unknown) => {
      this.#engine = null;
      throw error;
    });
    return this.#engine;
  }

  async #run(id: number, command: Command, signal: AbortSignal): Promise<unknown> {
    const generator = this.#generators.get(id);
    if (generator === undefined) throw new GanCanvasError('disposed', 'The generator was disposed; open a new one.');
    return runCommand(generator, command, signal);
  }
}

function runCommand(generator: Generator, command: Command, signal: AbortSignal): Promise<unknown> {
  switch (command.name) {
    case 'generate':
      return generator.generate({ ...command.args[0], signal });
    case 'renderPicture':
      return generator.renderPicture({ ...command.args[0], signal });
    case 'renderBitmap':
      return generator.renderBitmap({ ...command.args[0], signal });
    case 'interpolate': {
      const [from, to, steps, options] = command.args;
      return generator.interpolate(from, to, steps, { ...options, signal });
    }
    case 'renderBetween': {
      const [from, to, t, options] = command.args;
      return generator.renderBetween(from, to, t, { ...options, signal });
    }
    case 'discoverDirections':
      return generator.discoverDirections({ ...command.args[0], signal });
    case 'listDirections':
      return generator.listDirections();
    case 'learnDirection': {
      const [positives, negatives, name, options] = command.args;
      return generator.learnDirection(positives, negatives, name, { ...options, signal });
    }
    case 'exportWeights':
      return generator.exportWeights(command.args[0]);
    case 'importWeights':
      return importInto(generator, ...command.args);
    case 'resetWeights':
      return generator.resetWeights();
  }
}

/** What the generator's network says now, where it is not the loaded one. */
async function importInto(generator: Generator, file: Uint8Array | Blob, options: ImportOptions): Promise<ModelInfo | null> {
  await generator.importWeights(file, options);
  return generator.info === generator.loadedInfo ? null : generator.info;
}
