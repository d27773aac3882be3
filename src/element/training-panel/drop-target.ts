import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { PictureInputs } from '../gather-pictures.ts';

export interface DropTargetOptions {
  /** What takes pictures that are dropped anywhere on it. */
  readonly target: () => HTMLElement | null;
  /** False while no pictures are taken. */
  readonly isOpen: () => boolean;
  readonly onPictures: (inputs: PictureInputs) => void;
}

/** Types of a drag or of the clipboard that pictures may be in. */
const TYPES = ['Files', 'text/uri-list', 'text/html'];

/** Takes pictures that are dropped on an element, or pasted while the focus is within the host. */
export class DropTarget implements ReactiveController {
  /** True while something that may be taken is dragged over the element. */
  isOver = false;
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: DropTargetOptions;
  #target: HTMLElement | null = null;

  constructor(host: ReactiveControllerHost & HTMLElement, options: DropTargetOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  hostConnected(): void {
    this.#target = this.#options.target();
    this.#target?.addEventListener('dragover', this.#handleDragOver);
    this.#target?.addEventListener('dragleave', this.#handleDragLeave);
    this.#target?.addEventListener('drop', this.#handleDrop);
    this.#host.addEventListener('paste', this.#handlePaste);
  }

  hostDisconnected(): void {
    this.#target?.removeEventListener('dragover', this.#handleDragOver);
    this.#target?.removeEventListener('dragleave', this.#handleDragLeave);
    this.#target?.removeEventListener('drop', this.#handleDrop);
    this.#host.removeEventListener('paste', this.#handlePaste);
    this.isOver = false;
  }

  /** False too for what the page has taken itself. */
  #isWanted(event: DragEvent): boolean {
    return !event.defaultPrevented && this.#options.isOpen() && TYPES.some((type) => event.dataTransfer?.types.includes(type));
  }

  #show(isOver: boolean): void {
    if (isOver === this.isOver) return;
    this.isOver = isOver;
    this.#host.requestUpdate();
  }

  readonly #handleDragOver = (event: DragEvent): void => {
    if (!this.#isWanted(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
    this.#show(true);
  };

  readonly #handleDragLeave = ({ relatedTarget }: DragEvent): void => {
    // Between the element's own parts nothing leaves it.
    if (relatedTarget !== this.#target) this.#show(false);
  };

  readonly #handleDrop = (event: DragEvent): void => {
    this.#show(false);
    if (!this.#isWanted(event)) return;
    event.preventDefault();
    this.#options.onPictures(event);
  };

  readonly #handlePaste = (event: ClipboardEvent): void => {
    const isText = event.composedPath()[0] instanceof HTMLInputElement;
    const hasFiles = (event.clipboardData?.files.length ?? 0) > 0;
    if (event.defaultPrevented || !this.#options.isOpen() || (isText && !hasFiles)) return;
    event.preventDefault();
    this.#options.onPictures(event);
  };
}
