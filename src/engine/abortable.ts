import { createAbortError } from '../support/errors.ts';

/** The promise's outcome, or the signal's `AbortError` if that comes first; the work itself goes on for those who share it. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((resolve, reject) => {
    const handleAbort = () => {
      reject(createAbortError(signal));
    };
    if (signal.aborted) handleAbort();
    signal.addEventListener('abort', handleAbort, { once: true });
    const stop = () => {
      signal.removeEventListener('abort', handleAbort);
    };
    work.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error as Error);
      },
    );
  });
}
