import type { TemplateResult } from 'lit';
import { html, svg } from 'lit';

export interface SeedRowView {
  readonly seed: string;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
  readonly isUnfolded: boolean;
  readonly onBack: () => void;
  readonly onForward: () => void;
  readonly onSeed: (seed: string) => void;
  readonly onNew: () => void;
  readonly onMore: () => void;
}

/** What is always there: another picture, the one before, the seed to be read and written, and the way to the rest. */
export function renderSeedRow(view: SeedRowView): TemplateResult {
  return html`
    <div class="seed-row" role="group" aria-label="Seed">
      ${renderStep('back', 'The seed before', 'M9.5 3.5 5 8l4.5 4.5', view.canGoBack, view.onBack)}
      ${renderStep('forward', 'The next seed', 'M6.5 3.5 11 8l-4.5 4.5', view.canGoForward, view.onForward)}
      <input
        type="text"
        part="field"
        id="seed"
        aria-label="Seed"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        enterkeyhint="go"
        .value=${view.seed}
        @change=${({ target }: Event) => view.onSeed((target as HTMLInputElement).value)}
      />
      <button type="button" part="button primary-button" class="primary" id="new-seed" @click=${view.onNew}>
        New<span class="live"> seed</span>
      </button>
      <button type="button" part="button" id="more" aria-expanded=${view.isUnfolded} aria-controls="groups" @click=${view.onMore}>
        ${view.isUnfolded ? 'Less' : 'More'}<span class="live"> controls</span>
      </button>
    </div>
  `;
}

/** Stays where it is when it leads nowhere: a button that is disabled would lose the focus. */
function renderStep(id: string, title: string, path: string, isOpen: boolean, onClick: () => void): TemplateResult {
  return html`
    <button type="button" part="button" class="icon" id=${id} title=${title} aria-label=${title} aria-disabled=${!isOpen} @click=${onClick}>
      <svg viewBox="0 0 16 16" aria-hidden="true">${svg`<path d=${path} />`}</svg>
    </button>
  `;
}
