import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { startsFromNothing, type FineTuneMethod, type FineTuneNetwork, type FineTuneOptions } from '../../engine/fine-tune/fine-tune.ts';
import { chooseMethod, switchMethod, type ChoicesView } from './training-choices.ts';

const KINDS = [
  { method: 'textbook-gan', title: 'GAN', hint: 'one network draws, another judges: sharper, and restless' },
  { method: 'vae', title: 'VAE', hint: 'one network sums pictures up, another draws them again: steady, and blurry' },
] as const;

/** The way of training that begins without the model, with the kind of network where it is chosen. */
export function renderNothing({ onChange }: ChoicesView, chosen: FineTuneMethod): TemplateResult {
  const isChosen = startsFromNothing(chosen);
  return html`
    <label class="choice">
      <input
        type="radio"
        name="method"
        value="from-nothing"
        .checked=${live(isChosen)}
        @change=${() => onChange(switchMethod(chosen, 'textbook-gan'))}
      />
      <span>Start from nothing <small>a small network of your own, to see how learning goes; for 20 pictures and more</small></span>
    </label>
    ${isChosen ? renderKinds(chosen, onChange) : nothing}
  `;
}

function renderKinds(chosen: FineTuneMethod, onChange: ChoicesView['onChange']): TemplateResult {
  return html`
    <div class="kinds" role="radiogroup" aria-label="Kind of network">
      ${KINDS.map(
        ({ method, title, hint }) => html`
          <label class="choice">
            <input
              type="radio"
              name="kind"
              value=${method}
              .checked=${live(method === chosen)}
              @change=${() => onChange(switchMethod(chosen, method))}
            />
            <span>${title} <small>${hint}</small></span>
          </label>
        `,
      )}
      <p class="hint">
        It knows nothing yet: at first it draws grey noise, after some minutes colours and shapes, and never as well as a model that has
        seen thousands of pictures. It draws in the place of the first model until you undo it.
      </p>
    </div>
  `;
}

interface Selection<Value> {
  readonly title: string;
  /** The first is the default. */
  readonly options: readonly { readonly value: Value; readonly title: string }[];
}

const pixels = (value: number): { value: number; title: string } => ({ value, title: `${value} × ${value} pixels` });
const plain = (value: number): { value: number; title: string } => ({ value, title: String(value) });

type NumberOfNetwork = 'resolution' | 'latentDim' | 'width' | 'filterSize';

const NUMBERS: Readonly<Record<NumberOfNetwork, Selection<number>>> = {
  resolution: { title: 'Size of its pictures', options: [32, 16, 64].map(pixels) },
  latentDim: { title: 'Numbers in its latent', options: [32, 2, 4, 8, 16, 64, 128].map(plain) },
  width: { title: 'Channels at full size', options: [16, 8, 32].map(plain) },
  filterSize: { title: 'Size of its filters', options: [4, 3, 5, 6].map((value) => ({ value, title: `${value} × ${value}` })) },
};

const ACTIVATIONS: Selection<NonNullable<FineTuneNetwork['activation']> | null> = {
  title: 'Activation',
  options: [
    { value: null, title: 'As in the textbook' },
    { value: 'relu', title: 'ReLU' },
    { value: 'leaky_relu', title: 'Leaky ReLU' },
    { value: 'tanh', title: 'tanh' },
  ],
};

const LOSSES: Selection<NonNullable<FineTuneOptions['loss']>> = {
  title: 'Loss',
  options: [
    { value: 'non-saturating', title: 'Non-saturating' },
    { value: 'minimax', title: 'Minimax' },
    { value: 'hinge', title: 'Hinge' },
  ],
};

/** Depths that divide every size there is to choose, with filters that double it. */
const DEPTHS: Selection<number | null> = {
  title: 'Layers that enlarge',
  options: [{ value: null, title: 'Automatic' }, ...[1, 2, 3, 4].map(plain)],
};

/** What is chosen of the network itself. */
export function renderNetwork({ choices, pictures, info, onChange }: ChoicesView): TemplateResult {
  const { network, loss } = choices;
  const change = (changes: Partial<FineTuneNetwork>) => onChange({ network: changes });
  const names = Object.keys(NUMBERS) as NumberOfNetwork[];
  return html`
    ${names.map((name) => renderSelect(name, NUMBERS[name], network[name], (value) => change({ [name]: value })))}
    ${renderSelect('depth', DEPTHS, network.depth, (depth) => change({ depth }))}
    ${renderSelect('activation', ACTIVATIONS, network.activation, (activation) => change({ activation }))}
    ${
      chooseMethod(choices, pictures, info) === 'textbook-gan'
        ? renderSelect('loss', LOSSES, loss ?? undefined, (value) => onChange({ loss: value }))
        : nothing
    }
  `;
}

function renderSelect<Value>(
  name: string,
  { title, options }: Selection<Value>,
  chosen: Value | undefined,
  onChange: (value: Value) => void,
): TemplateResult {
  const handleChange = ({ target }: Event) => {
    const option = options[(target as HTMLSelectElement).selectedIndex];
    if (option) onChange(option.value);
  };
  const current = chosen ?? options[0]?.value;
  return html`
    <label>
      ${title}
      <select name=${name} @change=${handleChange}>
        ${options.map((option) => html`<option .selected=${option.value === current}>${option.title}</option>`)}
      </select>
    </label>
  `;
}
