import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { LoadProgress } from '../engine/generator.ts';
import { GanCanvasError } from '../support/errors.ts';
import { GanCanvasErrorEvent, GanCanvasProgressEvent } from './events.ts';
import { loadAnnouncer } from './load-announcer.ts';

export interface StatusControllerOptions {
  /** True when the host wants a picture. */
  readonly isWanted: () => boolean;
  /** Custom states of the host; undefined where there are none. */
  readonly states: Set<string> | undefined;
}

/**
 * Where the host stands: loading, ready, or failed. Turns what is thrown below into one `error` event, keeps what the live
 * region says, and shows `:state(loading)`, `:state(ready)` and `:state(error)`.
 */
export class StatusController implements ReactiveController {
  /** What went wrong; null when nothing stands in the way of a picture. */
  error: GanCanvasError | null = null;
  /** True when no generator could be opened: only another source mends that. */
  isSourceBroken = false;
  /** How far loading is; null before and after. */
  progress: LoadProgress | null = null;
  /** What the live region says. */
  announcement = '';
  readonly #host: ReactiveControllerHost & EventTarget;
  readonly #options: StatusControllerOptions;
  #hasLoaded = false;
  #loadStartMs: number | null = null;

  constructor(host: ReactiveControllerHost & EventTarget, options: StatusControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** True while a picture of the source is shown. */
  get isReady(): boolean {
    return this.#hasLoaded && this.error === null;
  }

  get isLoading(): boolean {
    return !this.#hasLoaded && this.error === null && this.#options.isWanted();
  }

  /** True once a picture of the source was shown, whatever happened since. */
  get hasLoaded(): boolean {
    return this.#hasLoaded;
  }

  hostUpdated(): void {
    if (this.isLoading) this.#loadStartMs ??= performance.now();
    showState(this.#options.states, 'ready', this.isReady);
    showState(this.#options.states, 'loading', this.isLoading);
    showState(this.#options.states, 'error', this.error !== null);
  }

  /** Another source: everything begins anew. */
  reset(): void {
    this.#hasLoaded = false;
    this.#endLoading();
    this.clear();
    this.#host.requestUpdate();
  }

  /** What went wrong is mended, or about to be tried again. */
  clear(): void {
    if (!this.error) return;
    this.error = null;
    this.isSourceBroken = false;
    this.announcement = '';
    this.#host.requestUpdate();
  }

  handleProgress(progress: LoadProgress): void {
    this.progress = progress;
    this.#host.requestUpdate();
    this.#host.dispatchEvent(new GanCanvasProgressEvent(progress));
  }

  /** @param text what was loaded, for the live region; null: nothing is said */
  handleLoad(text: string | null): void {
    const isLong = this.#loadStartMs !== null && loadAnnouncer.claim(this.#loadStartMs, performance.now());
    if (isLong && text !== null) this.announcement = `Loaded: ${text}`;
    this.#hasLoaded = true;
    this.#endLoading();
    this.#host.requestUpdate();
  }

  handleError(cause: unknown, isOfSource: boolean): void {
    const error = cause instanceof GanCanvasError ? cause : new GanCanvasError('internal', `Drawing failed: ${String(cause)}`, { cause });
    this.error = error;
    this.isSourceBroken = isOfSource;
    this.announcement = `The picture could not be drawn. ${error.message}`;
    this.#endLoading();
    this.#host.requestUpdate();
    this.#host.dispatchEvent(new GanCanvasErrorEvent(error));
  }

  #endLoading(): void {
    this.progress = null;
    this.#loadStartMs = null;
  }
}

function showState(states: Set<string> | undefined, name: string, isOn: boolean): void {
  try {
    if (isOn) states?.add(name);
    else states?.delete(name);
  } catch {
    // Chromium before 125 takes only names that begin with two dashes; nothing depends on these.
  }
}
