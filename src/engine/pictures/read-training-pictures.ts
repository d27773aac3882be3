import { GanCanvasError, isAbortError, throwIfAborted } from '../../support/errors.ts';
import { asPublicError } from '../public-error.ts';
import { yieldToEventLoop } from '../yield-to-event-loop.ts';
import { MAX_PICTURES, TOO_MANY_PICTURES } from './picture-limits.ts';
import {
  assertReadOptions,
  readTrainingPicture,
  type PictureCrop,
  type PictureSource,
  type ReadPictureOptions,
  type TrainingPicture,
} from './read-training-picture.ts';

/** A picture with what people know it by. */
export interface NamedPicture {
  readonly name: string;
  readonly source: PictureSource;
  readonly crop?: PictureCrop | undefined;
}

export interface NamedTrainingPicture extends TrainingPicture {
  readonly name: string;
}

/** A picture that could not be had. */
export interface RefusedPicture {
  readonly name: string;
  /** A sentence that says why, and what to do. */
  readonly reason: string;
}

export interface ReadPictures {
  /** Those that were read, in the order given. */
  readonly pictures: readonly NamedTrainingPicture[];
  readonly refused: readonly RefusedPicture[];
}

/** How far reading has come: after each picture. */
export interface ReadProgress {
  readonly name: string;
  /** Why that picture was refused; null if it was read. */
  readonly reason: string | null;
  /** How many of `total` are settled. */
  readonly done: number;
  readonly total: number;
}

export interface ReadPicturesOptions extends Omit<ReadPictureOptions, 'crop'> {
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
}

/** How many reasons the error of no readable picture repeats. */
const REASONS_TOLD = 3;

/**
 * Reads the pictures of a training, one after the other, as {@link readTrainingPicture} does. One that cannot be read is listed
 * with the reason, and the others go on; what comes after 2,000 that were read is refused unread.
 *
 * Memory: that of one picture being read, and 3·side² bytes for each that was: of 2,000, 25 MB at a side of 64, 393 MB at 256.
 *
 * Rejects with `no-pictures` if none can be read; `invalid-argument`; `AbortError`.
 */
export async function readTrainingPictures(sources: readonly NamedPicture[], options: ReadPicturesOptions): Promise<ReadPictures> {
  const { onProgress, ...readOptions } = options;
  assertReadOptions(readOptions);
  const pictures: NamedTrainingPicture[] = [];
  const refused: RefusedPicture[] = [];
  for (const [index, picture] of sources.entries()) {
    // A later task, so that an abort that was posted meanwhile is seen.
    await yieldToEventLoop();
    throwIfAborted(options.signal);
    const outcome = pictures.length < MAX_PICTURES ? await tryPicture(picture, readOptions) : refusePicture(picture, TOO_MANY_PICTURES);
    const isRefused = 'reason' in outcome;
    if (isRefused) refused.push(outcome);
    else pictures.push(outcome);
    onProgress?.({ name: picture.name, reason: isRefused ? outcome.reason : null, done: index + 1, total: sources.length });
  }
  throwIfAborted(options.signal);
  if (pictures.length === 0) throw createNoPicturesError(refused);
  return { pictures, refused };
}

function refusePicture({ name }: NamedPicture, reason: string): RefusedPicture {
  return { name, reason };
}

async function tryPicture(picture: NamedPicture, options: ReadPictureOptions): Promise<NamedTrainingPicture | RefusedPicture> {
  const { name, source, crop } = picture;
  try {
    return { name, ...(await readTrainingPicture(source, { ...options, crop })) };
  } catch (error) {
    if (isAbortError(error)) throw error;
    return refusePicture(picture, asPublicError(error).message);
  }
}

function createNoPicturesError(refused: readonly RefusedPicture[]): GanCanvasError {
  if (refused.length === 0) return new GanCanvasError('no-pictures', 'There are no pictures to train on; give at least one.');
  const told = refused.slice(0, REASONS_TOLD).map(({ name, reason }) => `${JSON.stringify(name)}: ${reason}`);
  const rest = refused.length - told.length;
  const more = rest > 0 ? ` And ${rest} more.` : '';
  return new GanCanvasError('no-pictures', `None of the ${refused.length} pictures given can be trained on. ${told.join(' ')}${more}`);
}
