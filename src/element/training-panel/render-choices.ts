import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { startsFromNothing } from '../../engine/fine-tune/fine-tune.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import { renderNetwork, renderNothing } from './render-nothing.ts';
import {
  canBeTaught,
  canLearnStyle,
  chooseMethod,
  listClasses,
  listStrengths,
  switchMethod,
  type ChoicesView,
  type TrainingChoices,
} from './training-choices.ts';

const METHODS = [
  { method: 'adversarial', title: 'Learn the style of these pictures', hint: 'for 10 pictures and more' },
  { method: 'reconstruction', title: 'Learn these very pictures', hint: 'for 1 to 10 pictures' },
] as const;

const MOVING = [
  { moving: 'styles', title: 'Styles only' },
  { moving: 'late-layers', title: 'Late layers: texture and detail' },
  { moving: 'all', title: 'Everything' },
] as const;

/** What is learnt, how much of it, and what only some want to set. */
export function renderChoices(view: ChoicesView): TemplateResult {
  const isFromNothing = startsFromNothing(chooseMethod(view.choices, view.pictures, view.info));
  return html`
    ${renderMethods(view)} ${renderStrengths(view)}
    <details class="advanced" id="advanced">
      <summary>Advanced</summary>
      <div class="fields">
        ${renderNumbers(view, isFromNothing)} ${isFromNothing ? renderNetwork(view) : renderSelections(view)} ${renderTexts(view)}
      </div>
      ${renderSwitches(view, isFromNothing)}
    </details>
  `;
}

/** What the model cannot be taught, and why. */
function renderLimits(info: ModelInfo | null): TemplateResult | typeof nothing {
  if (!canBeTaught(info)) {
    return html`<p class="hint">
      This network is too small to be taught further: it can only start from nothing again. “Undo” brings back a first model that can.
    </p>`;
  }
  return canLearnStyle(info) ? nothing : html`<p class="hint">This model comes without what it takes to learn a style.</p>`;
}

function renderMethods(view: ChoicesView): TemplateResult {
  const { choices, pictures, info, onChange } = view;
  const chosen = chooseMethod(choices, pictures, info);
  return html`
    <fieldset>
      <legend>What to learn</legend>
      ${METHODS.map(
        ({ method, title, hint }) => html`
          <label class="choice">
            <input
              type="radio"
              name="method"
              value=${method}
              .checked=${live(method === chosen)}
              ?disabled=${!canBeTaught(info) || (method === 'adversarial' && !canLearnStyle(info))}
              @change=${() => onChange(switchMethod(chosen, method))}
            />
            <span>${title} <small>${hint}</small></span>
          </label>
        `,
      )}
      ${renderNothing(view, chosen)} ${renderLimits(info)}
    </fieldset>
  `;
}

function renderStrengths({ choices, pictures, info, onChange }: ChoicesView): TemplateResult {
  const method = chooseMethod(choices, pictures, info);
  return html`
    <fieldset>
      <legend>${startsFromNothing(method) ? 'How long' : 'How strongly'}</legend>
      <div class="strengths">
        ${listStrengths(method).map(
          ({ steps, title, hint }) => html`
            <label class="choice">
              <input
                type="radio"
                name="strength"
                value=${steps}
                .checked=${live(steps === choices.steps)}
                @change=${() => onChange({ steps })}
              />
              <span>${title} <small>${steps} steps, ${hint}</small></span>
            </label>
          `,
        )}
      </div>
    </fieldset>
  `;
}

interface NumberField {
  readonly name: 'steps' | 'batch' | 'learningRate' | 'frozenBlocks';
  readonly title: string;
  readonly min: number;
  readonly max: number;
  readonly step: string;
}

const NUMBERS: readonly NumberField[] = [
  { name: 'steps', title: 'Steps', min: 1, max: 100_000, step: '1' },
  { name: 'batch', title: 'Pictures in a step', min: 1, max: 64, step: '1' },
  { name: 'learningRate', title: 'Learning rate', min: 0.000001, max: 1, step: 'any' },
  { name: 'frozenBlocks', title: 'Frozen blocks of the discriminator', min: 0, max: 8, step: '1' },
];

function renderNumbers({ choices, onChange }: ChoicesView, isFromNothing: boolean): TemplateResult[] {
  return NUMBERS.filter(({ name }) => !isFromNothing || name !== 'frozenBlocks').map(({ name, title, min, max, step }) => {
    const handleInput = ({ target }: Event) => {
      const { value, valueAsNumber } = target as HTMLInputElement;
      onChange({ [name]: value === '' ? null : valueAsNumber });
    };
    const value = choices[name];
    return html`
      <label>
        ${title}
        <input
          type="number"
          name=${name}
          min=${min}
          max=${max}
          step=${step}
          inputmode="decimal"
          placeholder="automatic"
          .value=${live(value === null || Number.isNaN(value) ? '' : String(value))}
          @change=${handleInput}
        />
      </label>
    `;
  });
}

function renderSelections({ choices, info, onChange }: ChoicesView): TemplateResult {
  const classes = listClasses(info);
  const select = (event: Event) => (event.target as HTMLSelectElement).value || null;
  return html`
    <label>
      What moves
      <select name="moving" @change=${(event: Event) => onChange({ moving: select(event) as TrainingChoices['moving'] })}>
        <option value="" .selected=${choices.moving === null}>Automatic</option>
        ${MOVING.map(({ moving, title }) => html`<option value=${moving} .selected=${moving === choices.moving}>${title}</option>`)}
      </select>
    </label>
    ${
      classes.length === 0
        ? nothing
        : html`<label>
            ${choices.addsToModel ? 'Kind to add to' : 'Kind to replace'}
            <select name="classLabel" @change=${(event: Event) => onChange({ classLabel: select(event) })}>
              <option value="" .selected=${choices.classLabel === null}>All of them</option>
              ${classes.map((label) => html`<option value=${label} .selected=${label === choices.classLabel}>${label}</option>`)}
            </select>
          </label>`
    }
  `;
}

function renderTexts({ choices, onChange }: ChoicesView): TemplateResult {
  const read = ({ target }: Event) => (target as HTMLInputElement).value;
  return html`
    <label>
      Seed
      <input
        type="text"
        name="seed"
        maxlength="80"
        autocomplete="off"
        spellcheck="false"
        .value=${live(choices.seed)}
        @change=${(event: Event) => onChange({ seed: read(event) })}
      />
    </label>
    <label>
      Colour behind transparent pictures
      <input
        type="color"
        name="background"
        .value=${live(choices.background)}
        @change=${(event: Event) => onChange({ background: read(event) })}
      />
    </label>
  `;
}

const SWITCHES = [
  { name: 'addsToModel', title: 'Keep what the model draws, and add to it' },
  { name: 'mirror', title: 'Show the pictures mirrored as well' },
  { name: 'keeps', title: 'Store pictures and progress in this browser while it trains, to go on after a reload' },
] as const;

function renderSwitches({ choices, onChange }: ChoicesView, isFromNothing: boolean): TemplateResult[] {
  return SWITCHES.filter(({ name }) => !isFromNothing || name !== 'addsToModel').map(
    ({ name, title }) => html`
      <label class="choice">
        <input
          type="checkbox"
          name=${name}
          .checked=${live(choices[name])}
          @change=${({ target }: Event) => onChange({ [name]: (target as HTMLInputElement).checked })}
        />
        <span>${title}</span>
      </label>
    `,
  );
}
