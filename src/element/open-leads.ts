/** The part of gathering pictures that needs nothing of the event they came with; loaded when there are some. */
import { MAX_PICTURES, TOO_MANY_PICTURES } from '../engine/pictures/picture-limits.ts';
import type { PictureCrop } from '../engine/pictures/read-training-picture.ts';
import type { RefusedPicture } from '../engine/pictures/read-training-pictures.ts';
import { asPublicError } from '../engine/public-error.ts';
import { isAbortError, throwIfAborted } from '../support/errors.ts';
import type { GatheredPicture } from './gather-pictures.ts';
import { openPicture } from './open-picture.ts';

export { walkFolders } from './walk-folders.ts';

/** A picture before it is opened. */
export interface Lead {
  readonly name: string | null;
  readonly input: unknown;
  readonly crop?: PictureCrop | undefined;
}

/** How many are fetched at once. */
const AT_ONCE = 6;

/** Opens pictures, a few at once; when told to stop, closes what it opened. */
export async function openLeads(
  leads: readonly Lead[],
  signal: AbortSignal | undefined,
): Promise<readonly (GatheredPicture | RefusedPicture)[]> {
  const outcomes: (GatheredPicture | RefusedPicture)[] = [];
  const waiting = leads.entries();
  const openNext = async () => {
    for (const [index, lead] of waiting) {
      throwIfAborted(signal);
      outcomes[index] = await openLead(lead, index, signal);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: AT_ONCE }, openNext));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined && !signal?.aborted) return outcomes;
  outcomes.forEach(closeBitmap);
  throwIfAborted(signal);
  throw failed?.reason as Error;
}

function closeBitmap(outcome: GatheredPicture | RefusedPicture): void {
  if ('source' in outcome && outcome.source instanceof ImageBitmap) outcome.source.close();
}

async function openLead(
  { name, input, crop }: Lead,
  index: number,
  signal: AbortSignal | undefined,
): Promise<GatheredPicture | RefusedPicture> {
  const known = name ?? `picture ${index + 1}`;
  // Files cost nothing until the engine reads them, which also counts those that can be read; others are not opened in vain.
  if (index >= MAX_PICTURES && !(input instanceof Blob)) return { name: known, reason: TOO_MANY_PICTURES };
  try {
    const source = await openPicture(input, signal);
    return { name: known, source, ...(crop && { crop }) };
  } catch (error) {
    if (isAbortError(error)) throw error;
    return { name: known, reason: asPublicError(error).message };
  }
}
