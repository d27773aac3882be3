import { MAX_PICTURES, TOO_MANY_PICTURES } from '../engine/pictures/picture-limits.ts';
import type { PictureCrop } from '../engine/pictures/read-training-picture.ts';
import type { RefusedPicture } from '../engine/pictures/read-training-pictures.ts';
import { asPublicError } from '../engine/public-error.ts';
import { GanCanvasError, isAbortError, throwIfAborted } from '../support/errors.ts';
import { namePicture, openPicture, type OpenedPicture, type PictureInput } from './open-picture.ts';
import { isHiddenPath, readTransfer, walkFolders, type Transfer } from './read-transfer.ts';

export type { PictureInput } from './open-picture.ts';

/** A picture with what else is known of it: a name that goes before its own, and the square of it that is used. */
export interface CroppedPicture {
  readonly source: PictureInput;
  readonly name?: string | undefined;
  /** Default: the largest square, in the middle. */
  readonly crop?: PictureCrop | undefined;
}

/** Where pictures come from: one, several, a `FileList`, or what was dropped or pasted. */
export type PictureInputs =
  | PictureInput
  | CroppedPicture
  | Iterable<PictureInput | CroppedPicture>
  | Transfer
  | Pick<DragEvent, 'dataTransfer'>
  | Pick<ClipboardEvent, 'clipboardData'>;

/** A picture to send to the engine. A bitmap is the receiver's, to be transferred or closed. */
export interface GatheredPicture {
  readonly name: string;
  readonly source: OpenedPicture;
  readonly crop?: PictureCrop | undefined;
}

export interface GatheredPictures {
  readonly pictures: readonly GatheredPicture[];
  /** What cannot be had, with the reason. Files are only looked into by the engine. */
  readonly refused: readonly RefusedPicture[];
}

export interface GatherOptions {
  readonly signal?: AbortSignal | undefined;
}

/** A picture before it is opened. */
interface Lead {
  readonly name: string | null;
  readonly input: unknown;
  readonly crop?: PictureCrop | undefined;
}

/** How many are fetched at once. */
const AT_ONCE = 6;

/**
 * Turns what a caller or an event gives into pictures with names, in the order given; folders are walked. What cannot be had is
 * listed, and the others go on. A transfer is read before this returns, so the handler of its event can call it and wait.
 *
 * Memory: files are not read here, and those of URLs and image elements are kept as they were fetched; bitmaps, image data and
 * canvases are copied, 4 bytes a pixel, as much as they have in the page already.
 *
 * Rejects with `invalid-argument` for what no pictures can come from; `AbortError`.
 */
export async function gatherPictures(inputs: PictureInputs, { signal }: GatherOptions = {}): Promise<GatheredPictures> {
  const { leads, folders } = findLeads(inputs);
  throwIfAborted(signal);
  const walked = await walkFolders(folders, signal);
  const all = [...leads, ...walked.files.map(({ path, file }) => ({ name: path, input: file }))];
  const outcomes = await openAll(all, signal);
  const pictures = outcomes.filter((outcome) => 'source' in outcome);
  const refused = outcomes.filter((outcome) => 'reason' in outcome);
  return { pictures, refused: [...refused, ...walked.refused] };
}

interface Leads {
  readonly leads: readonly Lead[];
  readonly folders: readonly FileSystemDirectoryEntry[];
}

function findLeads(inputs: unknown): Leads {
  if (isPicture(inputs) || isCropped(inputs)) return { leads: [nameLead(inputs)], folders: [] };
  if (typeof inputs === 'object' && inputs !== null) {
    if ('dataTransfer' in inputs) return findTransferLeads(inputs.dataTransfer as Transfer | null);
    if ('clipboardData' in inputs) return findTransferLeads(inputs.clipboardData as Transfer | null);
    if ('getData' in inputs) return findTransferLeads(inputs as Transfer);
    if (Symbol.iterator in inputs) {
      const leads = Array.from(inputs as Iterable<unknown>, nameLead);
      return { leads: leads.filter(({ input }) => !isHiddenInFolder(input)), folders: [] };
    }
  }
  const kind = inputs === null ? 'null' : typeof inputs;
  throw new GanCanvasError(
    'invalid-argument',
    `Pictures must be a picture, an iterable of them, or what was dropped or pasted; it is ${kind}.`,
  );
}

function isPicture(input: unknown): boolean {
  return [String, URL, Blob, ImageBitmap, ImageData, HTMLImageElement, HTMLCanvasElement, OffscreenCanvas].some(
    (type) => Object(input) instanceof type,
  );
}

function isCropped(input: unknown): input is CroppedPicture {
  return typeof input === 'object' && input !== null && 'source' in input;
}

function nameLead(input: unknown): Lead {
  if (!isCropped(input)) return { name: namePicture(input), input };
  const { source, name, crop } = input;
  return { name: name ?? namePicture(source), input: source, crop };
}

/** True for a hidden file of a folder that was chosen; one that was chosen by itself is taken at its word. */
function isHiddenInFolder(input: unknown): boolean {
  return input instanceof File && input.webkitRelativePath !== '' && isHiddenPath(input.webkitRelativePath);
}

function findTransferLeads(transfer: Transfer | null): Leads {
  if (transfer === null) return { leads: [], folders: [] };
  const { files, folders, urls } = readTransfer(transfer);
  const leads = [...files.map(({ path, file }) => ({ name: path || null, input: file })), ...urls.map(nameLead)];
  return { leads, folders };
}

/** Opens pictures, a few at once; when told to stop, closes what it opened. */
async function openAll(leads: readonly Lead[], signal: AbortSignal | undefined): Promise<readonly (GatheredPicture | RefusedPicture)[]> {
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
