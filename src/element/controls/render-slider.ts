import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';

export interface SliderView {
  /** Name of the input, one of its kind in the panel. */
  readonly name: string;
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly value: number;
  /** The value as people read it. */
  readonly text: string;
  readonly hint?: TemplateResult | string | undefined;
  readonly onMove: (value: number) => void;
  readonly onRest: () => void;
}

/** A labelled slider with its value. */
export function renderSlider({ name, title, min, max, step, value, text, hint, onMove, onRest }: SliderView): TemplateResult {
  return html`
    <div class="slider">
      <label for=${name}>${title}</label>
      <output for=${name} aria-live="off">${text}</output>
      <input
        type="range"
        part="slider"
        id=${name}
        name=${name}
        min=${min}
        max=${max}
        step=${step}
        aria-valuetext=${text}
        aria-describedby=${hint === undefined ? nothing : `${name}-hint`}
        .value=${live(String(value))}
        @input=${({ target }: Event) => onMove((target as HTMLInputElement).valueAsNumber)}
        @change=${onRest}
      />
      ${hint === undefined ? nothing : html`<p class="hint" id="${name}-hint">${hint}</p>`}
    </div>
  `;
}
