/** Name of the file that a model is saved in: what it was, and that it was taught. */
export function nameWeights(model: string, { delta }: { readonly delta: boolean }): string {
  return `${model.replace(/[^\w.-]+/g, '-')}-taught${delta ? '-difference' : ''}.safetensors`;
}

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

/** True where the browser can hand a weights file to other programs. */
export function canShareWeights(): boolean {
  const probe = new File([''], nameWeights('model', { delta: false }), { type: 'application/octet-stream' });
  return typeof navigator.canShare === 'function' && navigator.canShare({ files: [probe] });
}
