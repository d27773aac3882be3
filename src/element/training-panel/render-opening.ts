import type { TemplateResult } from 'lit';
import { html } from 'lit';

export interface OpeningView {
  readonly isBusy: boolean;
  readonly onOpen: (file: File) => void;
}

/** Opens the dialog of the input beside the button. */
function handleClick({ currentTarget }: Event): void {
  ((currentTarget as Element).nextElementSibling as HTMLInputElement).click();
}

/** The button that takes a weights file that was saved, whole or a difference. */
export function renderOpening({ isBusy, onOpen }: OpeningView): TemplateResult {
  const handleChange = ({ target }: Event) => {
    const input = target as HTMLInputElement;
    const [file] = input.files ?? [];
    // The same file can be chosen again.
    input.value = '';
    if (file) onOpen(file);
  };
  return html`
    <button type="button" part="button" id="open" ?disabled=${isBusy} @click=${handleClick}>Open a saved model…</button>
    <input type="file" id="weights" accept=".safetensors" hidden aria-label="Saved model" @change=${handleChange} />
  `;
}

export interface OpenedView {
  /** Name of the file. */
  readonly name: string;
  readonly isBusy: boolean;
  readonly onUndo: () => void;
}

/** That a saved model draws now, and the way back. */
export function renderOpened({ name, isBusy, onUndo }: OpenedView): TemplateResult {
  return html`
    <section class="outcome" aria-label="Saved model">
      <p class="lead" tabindex="-1" id="opened">${name} is open: the pictures are drawn by it now.</p>
      <p class="buttons">
        <button type="button" part="button" id="undo" ?disabled=${isBusy} @click=${onUndo}>Undo: back to the first model</button>
      </p>
    </section>
  `;
}
