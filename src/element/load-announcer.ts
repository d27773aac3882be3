/** A load that took less is not announced: nobody was kept waiting. */
const LONG_LOAD_MS = 1000;
/** Loads sooner after an announced one are not announced: a page full of pictures would talk without end. */
const PAUSE_MS = 5000;

/** Decides which finished loads are announced to screen readers. Errors are always announced. */
export class LoadAnnouncer {
  #lastMs = -Infinity;

  /** True when a load from `startMs` to `nowMs` is to be announced; it then counts as announced. */
  claim(startMs: number, nowMs: number): boolean {
    if (nowMs - startMs < LONG_LOAD_MS || nowMs - this.#lastMs < PAUSE_MS) return false;
    this.#lastMs = nowMs;
    return true;
  }
}

/** Shared by all elements of a page. */
export const loadAnnouncer = new LoadAnnouncer();
