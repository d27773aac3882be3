import { MAX_PICTURES } from '../engine/pictures/picture-limits.ts';
import type { RefusedPicture } from '../engine/pictures/read-training-pictures.ts';
import { throwIfAborted } from '../support/errors.ts';

/** What is read of a drag's or the clipboard's `DataTransfer`. */
export type Transfer = Pick<DataTransfer, 'items' | 'files' | 'getData'>;

/** A file with its path from what was dropped. */
export interface TransferredFile {
  readonly path: string;
  readonly file: File;
}

/** What a transfer holds; taken at once, because after its event it is empty. */
export interface TransferContent {
  readonly files: readonly TransferredFile[];
  readonly folders: readonly FileSystemDirectoryEntry[];
  /** Addresses of pictures; none where there are files, because a dragged picture is both. */
  readonly urls: readonly string[];
}

export interface WalkedFolders {
  readonly files: readonly TransferredFile[];
  /** Folders and files that could not be read. */
  readonly refused: readonly RefusedPicture[];
}

/** A folder that holds more files is not walked to its end: it is hardly one of pictures to train on. */
const MAX_WALKED_FILES = 10 * MAX_PICTURES;

/** What systems put into folders for themselves, beside names that begin with a dot. */
const SYSTEM_NAMES = ['thumbs.db', 'desktop.ini', '__macosx'];

/** True for a path with a part that people do not see in their folder. */
export function isHiddenPath(path: string): boolean {
  return path.split('/').some((name) => name.startsWith('.') || SYSTEM_NAMES.includes(name.toLowerCase()));
}

/** Takes what a transfer holds; to be called while its event is handled. */
export function readTransfer(transfer: Transfer): TransferContent {
  const files: File[] = [];
  const folders: FileSystemDirectoryEntry[] = [];
  for (const item of Array.from(transfer.items)) {
    if (item.kind !== 'file') continue;
    const entry = (item as Partial<DataTransferItem>).webkitGetAsEntry?.();
    const file = entry?.isDirectory ? null : item.getAsFile();
    if (entry?.isDirectory) folders.push(entry as FileSystemDirectoryEntry);
    else if (file) files.push(file);
  }
  if (files.length + folders.length === 0) files.push(...Array.from(transfer.files));
  const urls = files.length + folders.length === 0 ? readUrls(transfer) : [];
  return { files: files.map((file) => ({ path: file.name, file })), folders, urls };
}

/** The pictures of what was dragged or copied from a page; else the links; else text that is nothing but links. */
function readUrls(transfer: Transfer): readonly string[] {
  const page = new DOMParser().parseFromString(transfer.getData('text/html'), 'text/html');
  const sources = Array.from(page.querySelectorAll('img[src]'), (image) => image.getAttribute('src') ?? '').filter((src) => src !== '');
  if (sources.length > 0) return sources;
  const links = splitLines(transfer.getData('text/uri-list')).filter((line) => !line.startsWith('#'));
  if (links.length > 0) return links;
  const lines = splitLines(transfer.getData('text/plain'));
  return lines.every((line) => /^(https?:\/\/|data:image\/|blob:)\S+$/i.test(line)) ? lines : [];
}

function splitLines(text: string): string[] {
  return text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The files of folders and of the folders in them, each folder's in the order of their names; hidden ones are left out. */
export async function walkFolders(folders: readonly FileSystemDirectoryEntry[], signal: AbortSignal | undefined): Promise<WalkedFolders> {
  const files: TransferredFile[] = [];
  const refused: RefusedPicture[] = [];
  // The next one is the last.
  const waiting: FileSystemEntry[] = [...folders].reverse();
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    throwIfAborted(signal);
    const path = entry.fullPath.replace(/^\//, '');
    if (files.length >= MAX_WALKED_FILES) {
      refused.push({
        name: path,
        reason: `It comes after ${MAX_WALKED_FILES} files, and so do others; give the folder that holds the pictures.`,
      });
      break;
    }
    try {
      if (entry.isDirectory) waiting.push(...(await listFolder(entry as FileSystemDirectoryEntry)).reverse());
      else files.push({ path, file: await openFile(entry as FileSystemFileEntry) });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      refused.push({ name: path, reason: `The browser could not read this ${entry.isDirectory ? 'folder' : 'file'}: ${reason}` });
    }
  }
  return { files, refused };
}

/** What is in a folder, in the order of the names. Browsers give it in batches, of which the empty one is the last. */
async function listFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const entries: FileSystemEntry[] = [];
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (batch.length === 0) break;
    entries.push(...batch.filter(({ name }) => !isHiddenPath(name)));
  }
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function openFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
