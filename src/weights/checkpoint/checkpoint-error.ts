import { GanCanvasError } from '../../support/errors.ts';

/** The error of a checkpoint that cannot be imported: code `weights-format`. `reason` goes on from "cannot be imported:". */
export function createCheckpointError(reason: string, cause?: unknown): GanCanvasError {
  return new GanCanvasError('weights-format', `The checkpoint cannot be imported: ${reason}`, cause === undefined ? {} : { cause });
}
