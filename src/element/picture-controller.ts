import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Generator, RenderedBitmap, RenderOptions } from '../engine/generator.ts';
import { isAbortError } from '../support/errors.ts';
import type { WalkPosition } from './walk-position.ts';

/** What is to be drawn. */
export interface PictureJob {
  readonly options: RenderOptions;
  /** Where between two seeds; null: the picture of the options' own seed. */
  readonly position: WalkPosition | null;
}

export interface PictureControllerOptions {
  /** Works with the generator, opening it if need be. */
  readonly use: <T>(work: (generator: Generator) => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** True when the host wants a picture: it has been visible and nothing stands in the way. */
  readonly isWanted: () => boolean;
  /** What to draw, read when drawing begins; may throw. */
  readonly job: (generator: Generator) => Promise<PictureJob>;
  /** Takes the picture, bitmap included. */
  readonly onPicture: (picture: RenderedBitmap, job: PictureJob) => void;
  readonly onError: (error: unknown) => void;
}

type Host = ReactiveControllerHost & { readonly isConnected: boolean };

/**
 * Draws what the host wants, one picture at a time. While one is being drawn any number of changes make one next
 * picture, that of the latest values. Pictures are shown in the order in which they were asked for, so that dragging a
 * slider shows its way; only those of another source, or of a host that left the document, are dropped.
 */
export class PictureController implements ReactiveController {
  readonly #host: Host;
  readonly #options: PictureControllerOptions;
  #version = 1;
  #drawnVersion = 0;
  #abort: AbortController | undefined;

  constructor(host: Host, options: PictureControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** True while a picture is being drawn. */
  get isBusy(): boolean {
    return this.#abort !== undefined;
  }

  hostUpdated(): void {
    this.draw();
  }

  hostDisconnected(): void {
    queueMicrotask(() => {
      if (!this.#host.isConnected) this.cancel();
    });
  }

  /** The picture shown is not, or no more, what the host wants. */
  invalidate(): void {
    this.#version += 1;
  }

  /** Gives up the picture that is being drawn, and draws again when next wanted. */
  cancel(): void {
    if (!this.#abort) return;
    this.#abort.abort();
    this.#abort = undefined;
    this.invalidate();
  }

  /** Draws if something new is wanted and nothing is being drawn. */
  draw(): void {
    if (!this.isBusy && this.#isDue()) void this.#drawAll();
  }

  #isDue(): boolean {
    return this.#version !== this.#drawnVersion && this.#host.isConnected && this.#options.isWanted();
  }

  async #drawAll(): Promise<void> {
    const abort = new AbortController();
    this.#abort = abort;
    while (this.#abort === abort && this.#isDue()) await this.#drawOne(abort.signal);
    if (this.#abort === abort) this.#abort = undefined;
  }

  async #drawOne(signal: AbortSignal): Promise<void> {
    let version = this.#version;
    let isOutdated = () => false;
    try {
      let job: PictureJob | undefined;
      const picture = await this.#options.use(async (generator) => {
        const { info } = generator;
        version = this.#version;
        isOutdated = () => generator.info !== info;
        job = await this.#options.job(generator);
        return drawJob(generator, job, signal);
      }, signal);
      if (signal.aborted || !job) return picture.bitmap.close();
      this.#drawnVersion = version;
      this.#options.onPicture(picture, job);
    } catch (error) {
      // A job for the network that drew before is none for the one that has taken its place: it is read anew.
      if (signal.aborted || isOutdated()) return;
      this.#drawnVersion = version;
      // An abort that nobody here asked for (the engine went away) is followed by a new attempt when next something changes.
      if (!isAbortError(error)) this.#options.onError(error);
    }
  }
}

/** Asks a generator for a job. */
export function drawJob(generator: Generator, job: PictureJob, signal?: AbortSignal): Promise<RenderedBitmap> {
  const options = { ...job.options, signal };
  if (!job.position) return generator.renderBitmap(options);
  const { from, to, t } = job.position;
  return generator.renderBetween(from, to, t, options);
}
