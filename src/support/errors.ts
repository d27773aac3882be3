/**
 * Layer `support`: what every other layer may use. It imports nothing and knows nothing of tensors, workers or the DOM.
 */

/**
 * Every code a {@link GanCanvasError} can carry.
 *
 * | code | what happened |
 * | --- | --- |
 * | `unknown-model` | `model` names no bundled model |
 * | `weights-fetch` | the weights file could not be downloaded |
 * | `weights-integrity` | the bytes do not match the `integrity` hash |
 * | `weights-format` | the file is not a weights file that this release reads |
 * | `unknown-class` | `class-label` is no class of the model |
 * | `unknown-direction` | a direction names none that the model has |
 * | `bad-vector` | a direction or latent has the wrong length, or values that are not finite |
 * | `backend-unavailable` | the backend asked for cannot run here |
 * | `invalid-argument` | a method was called with an argument outside its documented range |
 * | `picture-unreadable` | a picture to train on cannot be had from what was given; the message says why |
 * | `no-pictures` | of all that was given to train on, no picture could be read |
 * | `disposed` | the generator was used after `dispose()` |
 * | `internal` | a defect of gan-canvas; please report it |
 */
export type GanCanvasErrorCode =
  | 'unknown-model'
  | 'weights-fetch'
  | 'weights-integrity'
  | 'weights-format'
  | 'unknown-class'
  | 'unknown-direction'
  | 'bad-vector'
  | 'backend-unavailable'
  | 'invalid-argument'
  | 'picture-unreadable'
  | 'no-pictures'
  | 'disposed'
  | 'internal';

/** The one error class of gan-canvas: says what happened, what was expected, and what to do. */
export class GanCanvasError extends Error {
  override readonly name = 'GanCanvasError';
  readonly code: GanCanvasErrorCode;

  constructor(code: GanCanvasErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}

/** True for the rejection of an aborted command, whatever realm it comes from. */
export function isAbortError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && (error as { name?: unknown }).name === 'AbortError';
}

/** The error of an aborted command: the signal's own reason where it is an `AbortError`, else a new one. */
export function createAbortError(signal?: AbortSignal): Error {
  const reason: unknown = signal?.reason;
  return isAbortError(reason) ? (reason as Error) : new DOMException('The command was aborted.', 'AbortError');
}

/** Throws the `AbortError` of an aborted signal; does nothing otherwise. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw createAbortError(signal);
}

/** Marks a branch that the types rule out; throws `internal` if it is reached all the same. */
export function assertNever(value: never): never {
  throw new GanCanvasError('internal', `Unexpected value ${String(value)}; this is a defect of gan-canvas.`);
}

/** An error as plain data, so that it can cross a worker boundary. */
export interface ErrorData {
  readonly name: string;
  readonly message: string;
  readonly code?: GanCanvasErrorCode;
  readonly stack?: string;
  readonly cause?: string;
}

/** Turns anything thrown into plain data. */
export function encodeError(error: unknown): ErrorData {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  return {
    name: error.name,
    message: error.message,
    ...(error instanceof GanCanvasError && { code: error.code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(error.cause !== undefined && { cause: String(error.cause) }),
  };
}

/** The reverse of {@link encodeError}: a `GanCanvasError` (code `internal` for foreign errors), or an `AbortError`. */
export function decodeError(data: ErrorData): Error {
  if (data.name === 'AbortError') return new DOMException(data.message, 'AbortError');
  const error = new GanCanvasError(data.code ?? 'internal', data.message, data.cause === undefined ? {} : { cause: data.cause });
  if (data.stack !== undefined) error.stack = data.stack;
  return error;
}
