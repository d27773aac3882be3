import type { PictureCrop } from '../engine/pictures/read-training-picture.ts';
import type { RefusedPicture } from '../engine/pictures/read-training-pictures.ts';
import { GanCanvasError, throwIfAborted } from '../support/errors.ts';
import { namePicture } from './name-picture.ts';
import type { Lead } from './open-leads.ts';
import type { OpenedPicture, PictureInput } from './open-picture.ts';
import { isHiddenPath, readTransfer, type Transfer } from './read-transfer.ts';

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
  const { openLeads, walkFolders } = await import('./open-leads.ts');
  const walked = await walkFolders(folders, signal);
  const all = [...leads, ...walked.files.map(({ path, file }) => ({ name: path, input: file }))];
  const outcomes = await openLeads(all, signal);
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
