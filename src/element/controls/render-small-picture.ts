import type { TemplateResult } from 'lit';
import { html } from 'lit';
import { ref } from 'lit/directives/ref.js';

const painted = new WeakMap<HTMLCanvasElement, ImageData>();

function paint(canvas: Element | undefined, image: ImageData | undefined): void {
  if (!(canvas && image) || painted.get(canvas as HTMLCanvasElement) === image) return;
  const target = canvas as HTMLCanvasElement;
  target.width = image.width;
  target.height = image.height;
  target.getContext('2d')?.putImageData(image, 0, 0);
  painted.set(target, image);
}

/** A small picture that only illustrates; an empty square until it is drawn. */
export function renderSmallPicture(image: ImageData | undefined, part = ''): TemplateResult {
  return html`<canvas
    class="small ${image ? '' : 'empty'}"
    part=${part}
    width="1"
    height="1"
    aria-hidden="true"
    ${ref((canvas) => paint(canvas, image))}
  ></canvas>`;
}
