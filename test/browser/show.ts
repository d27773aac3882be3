import '../../src/index.ts';
import type { GanCanvas, GanCanvasErrorEvent, GanCanvasEventMap, GanCanvasLoadEvent } from '../../src/index.ts';

/** The next event of a name. */
export function nextEvent<K extends keyof GanCanvasEventMap>(element: GanCanvas, name: K): Promise<GanCanvasEventMap[K]> {
  return new Promise((resolve) => {
    const listen = element.addEventListener as (type: K, listener: (event: GanCanvasEventMap[K]) => void, options: object) => void;
    listen.call(element, name, resolve, { once: true });
  });
}

/** An element with these attributes, outside the document. */
export function createCanvas(attributes: Readonly<Record<string, string>> = {}, content = ''): GanCanvas {
  const element = document.createElement('gan-canvas');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.innerHTML = content;
  return element;
}

/** Connects an element and waits for its first picture; an `error` event fails. */
export function showPicture(element: GanCanvas, parent: Node = document.body): Promise<GanCanvasLoadEvent> {
  return new Promise((resolve, reject) => {
    element.addEventListener('load', resolve, { once: true });
    element.addEventListener('error', (event) => reject(event.error), { once: true });
    parent.appendChild(element);
  });
}

/** Connects an element and waits for its `error` event; a picture fails. */
export function showFailure(element: GanCanvas): Promise<GanCanvasErrorEvent> {
  return new Promise((resolve, reject) => {
    element.addEventListener('error', resolve, { once: true });
    element.addEventListener('load', () => reject(new Error('It drew a picture.')), { once: true });
    document.body.append(element);
  });
}

/** A part of an element. */
export function findPart(element: GanCanvas, name: string): HTMLElement | null {
  return element.shadowRoot?.querySelector<HTMLElement>(`[part="${name}"]`) ?? null;
}

/** The pixels that an element's canvas shows. */
export function readPixels(element: GanCanvas): ImageData {
  const canvas = findPart(element, 'canvas') as HTMLCanvasElement;
  const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d');
  if (!context) throw new Error('no 2d context');
  context.drawImage(canvas, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
