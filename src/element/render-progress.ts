import type { TemplateResult } from 'lit';
import { html } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { LoadProgress } from '../engine/generator.ts';

/** The page's own progress, or a thin bar; without a share while it is not known how much there is to load. */
export function renderProgress(progress: LoadProgress | null): TemplateResult {
  const { loaded = 0, total = 0 } = progress ?? {};
  return html`<slot name="progress">
    <progress part="progress" aria-label="Loading" max=${total || 1} value=${ifDefined(total > 0 ? loaded : undefined)}></progress>
  </slot>`;
}
