import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { GenerateOptions } from '../../engine/generator.ts';
import { isAbortError } from '../../support/errors.ts';

/** A picture beside the large one. */
export interface SmallPicture {
  readonly id: string;
  readonly options: GenerateOptions;
}

export interface SmallPicturesOptions {
  readonly draw: (options: GenerateOptions) => Promise<ImageData>;
  /** What could not be drawn, and why. */
  readonly onError: (error: unknown) => void;
}

/** Milliseconds without a change, before any is drawn. */
const REST_MS = 180;

/**
 * Draws the pictures beside the large one. They wait until nothing changes, are drawn one at a time, so that the large one never waits for
 * more than one of them, and those that are no longer wanted are not drawn at all. The former ones are shown until the new ones are there.
 */
export class SmallPictures implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: SmallPicturesOptions;
  readonly #images = new Map<string, ImageData>();
  #key = '';
  #drawing = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, options: SmallPicturesOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.want('', []);
  }

  /** The latest picture of that id. */
  imageOf(id: string): ImageData | undefined {
    return this.#images.get(id);
  }

  /** Wants these from now on, and no others; an equal key means that they are the same as before. */
  want(key: string, pictures: readonly SmallPicture[]): void {
    if (key === this.#key) return;
    this.#key = key;
    this.#drawing.abort();
    this.#drawing = new AbortController();
    clearTimeout(this.#timer);
    if (pictures.length === 0) return;
    const { signal } = this.#drawing;
    this.#timer = setTimeout(() => void this.#drawAll(pictures, signal), REST_MS);
  }

  /** Lets all pictures go: they are of another model. */
  clear(): void {
    this.want('', []);
    this.#images.clear();
  }

  async #drawAll(pictures: readonly SmallPicture[], signal: AbortSignal): Promise<void> {
    try {
      for (const { id, options } of pictures) {
        const image = await this.#options.draw({ ...options, signal });
        if (signal.aborted) return;
        this.#images.set(id, image);
        this.#host.requestUpdate();
      }
      const ids = new Set(pictures.map(({ id }) => id));
      for (const id of this.#images.keys()) if (!ids.has(id)) this.#images.delete(id);
    } catch (error) {
      if (!signal.aborted && !isAbortError(error)) this.#options.onError(error);
    }
  }
}
