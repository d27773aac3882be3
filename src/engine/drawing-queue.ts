import { createAbortError } from '../support/errors.ts';

/** Runs tasks one at a time, in the order in which they came. */
export interface DrawingQueue {
  /**
   * Runs `task` when its turn comes. An aborted task rejects with `AbortError` at once; it is skipped if it had not begun, and
   * otherwise keeps its turn until it notices the signal itself.
   */
  run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}

/** A queue of its own; a realm draws through one, so that generators take turns instead of starving each other. */
export function createDrawingQueue(): DrawingQueue {
  let tail = Promise.resolve();
  return {
    run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const handleAbort = () => {
          reject(createAbortError(signal));
        };
        if (signal?.aborted) {
          handleAbort();
          return;
        }
        signal?.addEventListener('abort', handleAbort, { once: true });
        tail = tail.then(async () => {
          if (signal?.aborted) return;
          try {
            resolve(await task());
          } catch (error) {
            reject(error as Error);
          } finally {
            signal?.removeEventListener('abort', handleAbort);
          }
        });
      });
    },
  };
}
