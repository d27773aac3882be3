/**
 * What to call a picture: its path, its file's name, or the end of its address; null where it has none.
 */
export function namePicture(input: unknown): string | null {
  if (input instanceof File) return input.webkitRelativePath || input.name || null;
  if (input instanceof HTMLImageElement) return nameUrl(input.currentSrc || input.src) ?? (input.alt.trim() || null);
  return typeof input === 'string' || input instanceof URL ? nameUrl(String(input)) : null;
}

/** The URL that a page means; null for text that is none. */
export function parseAddress(address: string): URL | null {
  try {
    return new URL(address, document.baseURI);
  } catch {
    return null;
  }
}

function nameUrl(address: string): string | null {
  const url = address === '' ? null : parseAddress(address);
  if (url === null) return address.trim().slice(0, 80) || null;
  if (url.protocol === 'data:' || url.protocol === 'blob:') return null;
  const last = url.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || url.host || null;
  } catch {
    // A stray percent sign.
    return last;
  }
}
