import { MAX_PICTURES } from '../engine/pictures/picture-limits.ts';
import type { RefusedPicture } from '../engine/pictures/read-training-pictures.ts';
import { throwIfAborted } from '../support/errors.ts';
import { isHiddenPath, type TransferredFile } from './read-transfer.ts';

export interface WalkedFolders {
  readonly files: readonly TransferredFile[];
  /** Folders and files that could not be read. */
  readonly refused: readonly RefusedPicture[];
}

/** A folder that holds more files is not walked to its end: it is hardly one of pictures to train on. */
const MAX_WALKED_FILES = 10 * MAX_PICTURES;

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
