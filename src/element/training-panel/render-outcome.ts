import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { renderNotices, renderPlots, renderStills, type RunningView } from './render-running.ts';
import { tellResult } from './tell-training.ts';
import type { TrainingSession } from './training-session.ts';

export interface OutcomeView {
  readonly session: TrainingSession;
  readonly stills: RunningView['stills'];
  /** True while weights are put back or written. */
  readonly isBusy: boolean;
  /** What went wrong with undoing, saving or sharing; null when nothing did. */
  readonly problem: string | null;
  readonly canShare: boolean;
  /** The button that opens a saved model. */
  readonly opening: TemplateResult;
  /** True when what draws began from nothing: there is no difference from a first model. */
  readonly isFromNothing: boolean;
  readonly onUndo: () => void;
  readonly onSave: (options: { readonly delta: boolean }) => void;
  readonly onShare: () => void;
}

/** How a training ended, and what can be done with what was learnt. */
export function renderOutcome(view: OutcomeView): TemplateResult {
  const { session } = view;
  const { result, failure } = session;
  return html`
    <section class="outcome" aria-label="Result of the training">
      ${
        failure === null
          ? html`<p class="lead" tabindex="-1" id="outcome">${result ? tellResult(result) : ''}</p>`
          : html`<p class="lead failure" part="problem" tabindex="-1" id="outcome"><b>The training did not work.</b> ${failure}</p>`
      }
      ${session.hasLearnt ? html`${renderStills(view)} ${renderButtons(view)}` : html`<p class="buttons">${view.opening}</p>`}
      ${view.problem === null ? nothing : html`<p class="failure" part="problem">${view.problem}</p>`} ${renderNotices(session.notices)}
      ${
        session.history.points.length > 1
          ? html`<details>
              <summary>How it went</summary>
              ${renderPlots(session.history)}
            </details>`
          : nothing
      }
    </section>
  `;
}

function renderButtons({ isBusy, canShare, opening, isFromNothing, onUndo, onSave, onShare }: OutcomeView): TemplateResult {
  return html`
    <p class="buttons">
      <button type="button" part="button" id="save" ?disabled=${isBusy} @click=${() => onSave({ delta: false })}>Save the model</button>
      ${
        isFromNothing
          ? nothing
          : html`<button type="button" part="button" id="save-delta" ?disabled=${isBusy} @click=${() => onSave({ delta: true })}>
              Save the difference only
            </button>`
      }
      ${opening}
      ${canShare ? html`<button type="button" part="button" id="share" ?disabled=${isBusy} @click=${onShare}>Share…</button>` : nothing}
      <button type="button" part="button" id="undo" ?disabled=${isBusy} @click=${onUndo}>Undo: back to the first model</button>
    </p>
    <p class="hint">
      ${
        isFromNothing
          ? 'To compare, start the other kind from nothing: your pictures are still here. What is saved works by itself.'
          : 'The difference is a small file that works together with this model; the whole model works by itself.'
      }
    </p>
  `;
}
