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
