import type { ReactiveController, ReactiveControllerHost, TemplateResult } from 'lit';
import { html, nothing, svg } from 'lit';
import { live } from 'lit/directives/live.js';
import type { PictureCrop } from '../../engine/pictures/read-training-picture.ts';
import type { ChosenPicture } from './picture-collection.ts';
import {
  centreRange,
  clampCrop,
  isMiddleSquare,
  MIDDLE_SQUARE,
  moveCrop,
  placeCrop,
  resizeCrop,
  SMALLEST_SQUARE,
  type ShownSize,
} from './crop-square.ts';

export interface CropEditorOptions {
  readonly urlOf: (picture: ChosenPicture) => string;
  /** The visitor took that square; null: the one in the middle. */
  readonly onCrop: (picture: ChosenPicture, crop: PictureCrop | null, size: ShownSize) => void;
  /** The picture cannot be shown. */
  readonly onBroken: (picture: ChosenPicture) => void;
}

interface Editing {
  readonly picture: ChosenPicture;
  readonly size: ShownSize;
  readonly crop: PictureCrop;
}

/** Share of the shorter side that a key moves by; with Shift, and by how much one resizes. */
const [STEP, LONG_STEP, RESIZE] = [0.02, 0.1, 1.1];

const KEYS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A dialog in which the square of a picture is moved and resized: by pointer, by keys, or by three sliders. */
export class CropEditor implements ReactiveController {
  readonly #host: ReactiveControllerHost & { readonly renderRoot: ParentNode };
  readonly #options: CropEditorOptions;
  #editing: Editing | null = null;
  #pointer: { readonly x: number; readonly y: number } | null = null;

  constructor(host: ReactiveControllerHost & { readonly renderRoot: ParentNode }, options: CropEditorOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostUpdated(): void {
    const dialog = this.#dialog;
    if (this.#editing && dialog?.isConnected && !dialog.open) dialog.showModal();
  }

  hostDisconnected(): void {
    this.#editing = null;
  }

  /** Shows a picture once its size is known. */
  async open(picture: ChosenPicture): Promise<void> {
    try {
      const image = new Image();
      image.src = this.#options.urlOf(picture);
      await image.decode();
      const size = { width: image.naturalWidth, height: image.naturalHeight };
      this.#editing = { picture, size, crop: picture.crop ?? MIDDLE_SQUARE };
      this.#host.requestUpdate();
    } catch {
      this.#options.onBroken(picture);
    }
  }

  render(): TemplateResult {
    const editing = this.#editing;
    return html`
      <dialog id="crop" aria-label="Crop of ${editing?.picture.name ?? ''}" @close=${this.#handleClose}>
        ${editing ? this.#renderForm(editing) : nothing}
      </dialog>
    `;
  }

  get #dialog(): HTMLDialogElement | null {
    return this.#host.renderRoot.querySelector<HTMLDialogElement>('dialog');
  }

  #renderForm({ picture, size, crop }: Editing): TemplateResult {
    const shorter = Math.min(size.width, size.height);
    return html`
      <div class="editor">
        <p class="lead">${picture.name}</p>
        ${this.#renderSquare({ picture, size, crop })}
        <p class="hint" id="crop-hint">Drag the square, or move it with the arrow keys; + and − change its size.</p>
        ${this.#renderSlider('Size', crop.size, [SMALLEST_SQUARE, 1], (value) => ({ ...crop, size: value }))}
        ${this.#renderSlider('Across', crop.x, centreRange(crop.size, size.width, shorter), (value) => ({ ...crop, x: value }))}
        ${this.#renderSlider('Down', crop.y, centreRange(crop.size, size.height, shorter), (value) => ({ ...crop, y: value }))}
        <p class="buttons">
          <button type="button" part="button primary-button" class="primary" id="take" @click=${this.#handleTake}>Use this square</button>
          <button type="button" part="button" @click=${() => this.#change(MIDDLE_SQUARE)}>Middle</button>
          <button type="button" part="button" @click=${() => this.#close()}>Cancel</button>
        </p>
      </div>
    `;
  }

  #renderSquare({ picture, size: { width, height }, crop }: Editing): TemplateResult {
    const { left, top, side } = placeCrop(crop, { width, height });
    const outside = `M0 0H${width}V${height}H0ZM${left} ${top}V${top + side}H${left + side}V${top}Z`;
    return html`
      <svg
        class="square"
        viewBox="0 0 ${width} ${height}"
        tabindex="0"
        role="group"
        aria-label="Square, ${tellSquare(crop)}"
        aria-describedby="crop-hint"
        @keydown=${this.#handleKey}
        @pointerdown=${this.#handlePointerDown}
        @pointermove=${this.#handlePointerMove}
        @pointerup=${this.#handlePointerUp}
        @pointercancel=${this.#handlePointerUp}
      >
        ${svg`<image href=${this.#options.urlOf(picture)} width=${width} height=${height} />`} ${svg`<path class="outside" d=${outside} />`}
        ${svg`<rect class="edge" x=${left} y=${top} width=${side} height=${side} />`}
        ${svg`<rect x=${left} y=${top} width=${side} height=${side} />`}
      </svg>
    `;
  }

  #renderSlider(
    title: string,
    value: number,
    [least, most]: readonly [number, number],
    change: (value: number) => PictureCrop,
  ): TemplateResult {
    return html`
      <label class="slider">
        <span>${title}</span>
        <input
          type="range"
          min=${least}
          max=${most}
          step="any"
          ?disabled=${most - least < 1e-6}
          .value=${live(String(value))}
          aria-valuetext="${Math.round(value * 100)} %"
          @input=${({ target }: Event) => this.#change(change((target as HTMLInputElement).valueAsNumber))}
        />
      </label>
    `;
  }

  #change(crop: PictureCrop): void {
    if (!this.#editing) return;
    this.#editing = { ...this.#editing, crop: clampCrop(crop, this.#editing.size) };
    this.#host.requestUpdate();
  }

  readonly #handleKey = (event: KeyboardEvent): void => {
    if (!this.#editing || event.ctrlKey || event.metaKey || event.altKey) return;
    const { crop, size } = this.#editing;
    const length = (event.shiftKey ? LONG_STEP : STEP) * Math.min(size.width, size.height);
    const arrow = KEYS[event.key];
    if (arrow) this.#change(moveCrop(crop, size, arrow[0] * length, arrow[1] * length));
    else if (event.key === '+' || event.key === '=') this.#change(resizeCrop(crop, size, RESIZE));
    else if (event.key === '-' || event.key === '−') this.#change(resizeCrop(crop, size, 1 / RESIZE));
    else return;
    event.preventDefault();
  };

  readonly #handlePointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    this.#pointer = locate(event);
  };

  readonly #handlePointerMove = (event: PointerEvent): void => {
    if (!this.#editing || !this.#pointer) return;
    const to = locate(event);
    if (!to) return;
    this.#change(moveCrop(this.#editing.crop, this.#editing.size, to.x - this.#pointer.x, to.y - this.#pointer.y));
    this.#pointer = to;
  };

  readonly #handlePointerUp = (): void => {
    this.#pointer = null;
  };

  #close(): void {
    // The event of closing comes later than the next update, which would open the dialog again.
    this.#editing = null;
    this.#dialog?.close();
    this.#host.requestUpdate();
  }

  readonly #handleTake = (): void => {
    if (!this.#editing) return;
    const { picture, crop, size } = this.#editing;
    this.#options.onCrop(picture, isMiddleSquare(crop) ? null : crop, size);
    this.#close();
  };

  readonly #handleClose = (): void => {
    this.#editing = null;
    this.#host.requestUpdate();
  };
}

/** Where a pointer is, in pixels of the picture. */
function locate(event: PointerEvent): DOMPoint | null {
  const matrix = (event.currentTarget as SVGGraphicsElement).getScreenCTM();
  return matrix ? new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse()) : null;
}

function tellSquare({ x, y, size }: PictureCrop): string {
  const percent = (value: number): string => `${Math.round(value * 100)} %`;
  return `${percent(size)} large, ${percent(x)} across, ${percent(y)} down`;
}
