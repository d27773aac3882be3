import type { TemplateResult } from 'lit';
import { html } from 'lit';
import type { KeptRunSummary } from '../../engine/fine-tune/kept-run.ts';
import { tellPictures } from './tell-training.ts';

export interface KeptView {
  readonly kept: KeptRunSummary;
  readonly isBusy: boolean;
  readonly onGoOn: () => void;
  readonly onErase: () => void;
}

/** A training that was cut short: offers to go on, or to forget it. */
export function renderKept({ kept: { step, steps, pictures }, isBusy, onGoOn, onErase }: KeptView): TemplateResult {
  return html`
    <section class="kept" part="kept" aria-label="Interrupted training">
      <p class="lead" tabindex="-1" id="kept">A training of yours was interrupted at step ${step} of ${steps}.</p>
      <p class="hint">
        This browser has stored it, with your ${tellPictures(pictures)}. They are nowhere else, and “Erase” deletes them here.
      </p>
      <p class="buttons">
        <button type="button" part="button primary-button" class="primary" id="resume" ?disabled=${isBusy} @click=${onGoOn}>Go on</button>
        <button type="button" part="button" id="erase" ?disabled=${isBusy} @click=${onErase}>Erase</button>
      </p>
    </section>
  `;
}
