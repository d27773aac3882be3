import { html, type TemplateResult } from 'lit';

export interface SliderOptions {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step?: number;
  /** What stands beside the label; the value itself when left out. */
  readonly shown?: string;
  readonly onInput: (value: number) => void;
}

/** A labelled slider with its value. */
export function renderSlider({ label, value, min, max, step = 1, shown = String(value), onInput }: SliderOptions): TemplateResult {
  const handleInput = (event: Event): void => {
    onInput((event.currentTarget as HTMLInputElement).valueAsNumber);
  };
  // `value` comes last: a range input clamps it to the bounds that it has.
  return html`<label class="field">
    ${label} <output>${shown}</output>
    <input type="range" min=${min} max=${max} step=${step} .value=${String(value)} @input=${handleInput} />
  </label>`;
}

/** A slider over values that double: 1, 2, 4, … up to `max`, a power of two. */
export function renderDoublingSlider(options: Omit<SliderOptions, 'min' | 'step'>): TemplateResult {
  const { value, max, onInput, shown = String(value) } = options;
  return renderSlider({
    ...options,
    ...{ shown, value: Math.log2(value), min: 0, max: Math.log2(max) },
    onInput: (exponent) => {
      onInput(2 ** exponent);
    },
  });
}

export interface ChoiceOptions<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly T[];
  /** What a choice is called; itself when left out. */
  readonly title?: (choice: T) => string;
  readonly onChange: (value: T) => void;
}

/** A labelled list to choose from. */
export function renderChoice<T extends string>({
  label,
  value,
  choices,
  title = (choice) => choice,
  onChange,
}: ChoiceOptions<T>): TemplateResult {
  const handleChange = (event: Event): void => {
    onChange((event.currentTarget as HTMLSelectElement).value as T);
  };
  return html`<label class="field">
    ${label}
    <select @change=${handleChange}>
      ${choices.map((choice) => html`<option value=${choice} ?selected=${choice === value}>${title(choice)}</option>`)}
    </select>
  </label>`;
}
