import { GanCanvasError, isAbortError } from '../support/errors.ts';

/** What callers see: a `GanCanvasError` or an `AbortError`; anything else is our defect, code `internal`. */
export function asPublicError(error: unknown): Error {
  if (error instanceof GanCanvasError || isAbortError(error)) return error as Error;
  const message = error instanceof Error ? error.message : String(error);
  return new GanCanvasError('internal', `Something failed inside gan-canvas: ${message}. Please report it.`, { cause: error });
}
