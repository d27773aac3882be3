import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { WalkPosition } from './walk-position.ts';
import { walkPosition } from './walk-position.ts';

export interface WalkControllerOptions {
  /** True when the host should walk, as far as its attributes and its place on screen go. */
  readonly isWanted: () => boolean;
  readonly seed: () => string;
  readonly intervalMs: () => number;
  readonly loop: () => boolean;
  /** The position moved on. */
  readonly onMove: () => void;
  /** True while a picture is being drawn: the clock goes on, and no position is asked for that could not be drawn. */
  readonly isBusy: () => boolean;
}

/** A frame that comes later than this is a pause: the walk does not leap after it. */
const MAX_FRAME_MS = 250;

const REDUCED_MOTION = '(prefers-reduced-motion: reduce)';

/**
 * The clock of `autoplay`. It runs on animation frames, only while the walk is wanted, the tab is shown and the visitor
 * does not prefer reduced motion; after a pause it goes on from where it was.
 */
export class WalkController implements ReactiveController {
  /** Where the walk is; null before its first move. */
  position: WalkPosition | null = null;
  readonly #host: ReactiveControllerHost & Element;
  readonly #options: WalkControllerOptions;
  #steps = 0;
  #frame: number | undefined;
  #lastTimeMs: number | undefined;
  #motion: MediaQueryList | undefined;
  #document: Document | undefined;

  constructor(host: ReactiveControllerHost & Element, options: WalkControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** True while the clock runs. */
  get isRunning(): boolean {
    return this.#frame !== undefined;
  }

  hostConnected(): void {
    this.#motion = matchMedia(REDUCED_MOTION);
    this.#motion.addEventListener('change', this.#handleChange);
    this.#document = this.#host.ownerDocument;
    this.#document.addEventListener('visibilitychange', this.#handleChange);
  }

  hostDisconnected(): void {
    this.#motion?.removeEventListener('change', this.#handleChange);
    this.#document?.removeEventListener('visibilitychange', this.#handleChange);
    this.#stop();
  }

  hostUpdated(): void {
    this.#handleChange();
  }

  /** Back to the first seed. */
  restart(): void {
    this.#steps = 0;
    this.position = null;
  }

  readonly #handleChange = (): void => {
    if (!this.#mayRun()) this.#stop();
    else this.#frame ??= requestAnimationFrame(this.#handleFrame);
  };

  readonly #handleFrame = (timeMs: number): void => {
    this.#frame = requestAnimationFrame(this.#handleFrame);
    const elapsedMs = Math.min(MAX_FRAME_MS, timeMs - (this.#lastTimeMs ?? timeMs));
    this.#lastTimeMs = timeMs;
    this.#steps += elapsedMs / this.#options.intervalMs();
    if (elapsedMs === 0 || this.#options.isBusy()) return;
    this.position = walkPosition(this.#options.seed(), this.#steps, this.#options.loop());
    this.#options.onMove();
  };

  #mayRun(): boolean {
    const isShown = this.#document?.visibilityState === 'visible';
    return this.#host.isConnected && isShown && this.#motion?.matches === false && this.#options.isWanted();
  }

  #stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    this.#lastTimeMs = undefined;
  }
}
