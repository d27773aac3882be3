/** Name of the file that a model is saved in: what it was, and that it was taught. */
export function nameWeights(model: string, { delta }: { readonly delta: boolean }): string {
  return `${model.replace(/[^\w.-]+/g, '-')}-taught${delta ? '-difference' : ''}.safetensors`;
}

/** True where the browser can hand a weights file to other programs. */
export function canShareWeights(): boolean {
  const probe = new File([''], nameWeights('model', { delta: false }), { type: 'application/octet-stream' });
  return typeof navigator.canShare === 'function' && navigator.canShare({ files: [probe] });
}
