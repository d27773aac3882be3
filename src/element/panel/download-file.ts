/** Gives the visitor a file, as a link with `download` does. */
export function downloadFile(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = Object.assign(document.createElement('a'), { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken hold of the file once the task of the click is over.
  setTimeout(() => URL.revokeObjectURL(url));
}
