/** What tests of the training panel have in common: files to give it, and ways to find what it shows. */
import { until } from './until.ts';

/** A picture file of one colour. */
export async function drawFile(name: string, colour = 'rgb(220 40 40)', [width, height] = [40, 30]): Promise<File> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.fillStyle = colour;
  context.fillRect(0, 0, width, height);
  return new File([await canvas.convertToBlob()], name, { type: 'image/png' });
}

export function drawFiles(count: number): Promise<File[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => drawFile(`${index}.png`, `hsl(${index * 5} 90% 45%)`)));
}

export function transferOf(files: readonly File[]): DataTransfer {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(file);
  return transfer;
}

/** A panel of an element, once it is loaded. */
export function findPanel(element: HTMLElement, part = 'training-panel'): Promise<ShadowRoot> {
  return until(() => element.shadowRoot?.querySelector(`[part="${part}"]`)?.shadowRoot);
}

export function findIn<T extends HTMLElement>(panel: ShadowRoot, selector: string): T {
  const found = panel.querySelector<T>(selector);
  if (!found) throw new Error(`The panel has no ${selector}: ${panel.textContent.replace(/\s+/g, ' ')}`);
  return found;
}

/** What a person reads, without the white space of the source. */
export function textIn(panel: ShadowRoot, selector = '.panel'): string {
  return findIn(panel, selector).textContent.replace(/\s+/g, ' ').trim();
}

/** Chooses files, as a file dialog does. */
export function chooseFiles(panel: ShadowRoot, files: readonly File[]): void {
  const input = findIn<HTMLInputElement>(panel, '#files');
  input.files = transferOf(files).files;
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

/** Sets a field of the panel, as a hand does. */
export function setField(panel: ShadowRoot, name: string, value: string): void {
  const field = findIn<HTMLInputElement>(panel, `[name="${name}"]`);
  field.value = value;
  field.dispatchEvent(new Event('change'));
}
