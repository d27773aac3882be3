import { GanCanvasError } from '../../support/errors.ts';
import type { Architecture } from '../architecture.ts';
import { parseArchitecture } from '../parse-architecture.ts';
import { createCheckpointError } from './checkpoint-error.ts';

/** Runs what reads or writes weights files; an error of theirs becomes one of the checkpoint. */
export function asCheckpointError<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof GanCanvasError) || error.code !== 'weights-format') throw error;
    throw createCheckpointError(error.message.replace(/^The weights file cannot be read: /, ''), error);
  }
}

/** An architecture that was made out of a checkpoint, checked. @throws GanCanvasError `weights-format` */
export function parseImportedArchitecture(json: unknown): Architecture {
  return asCheckpointError(() => parseArchitecture(json));
}
