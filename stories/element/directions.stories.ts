import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { DirectionsInput, DiscoveredDirection, DiscoveryMethod, GanCanvas } from '../../src/index.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { renderChoice, renderSlider } from '../exhibits/fields.ts';
import { attributeControls, renderPicture, type Attributes } from './attributes.ts';

const meta: Meta<Attributes> = {
  title: 'Element/Directions',
  component: 'gan-canvas',
  argTypes: attributeControls,
  parameters: { controls: { include: Object.keys(attributeControls) } },
};
export default meta;

type Story = StoryObj<Attributes>;

/** Directions that the weights file names, each moved by some standard deviations. */
export const Named: Story = {
  args: { seed: '21', 'class-label': 'apple whole' },
  render: (args) => html`
    <div class="exhibit">
      <div class="row">
        ${['', 'redness:3', 'size:-3', 'tallness:2 light-from-left:2'].map(
          (directions) =>
            html`<figure>
              ${renderPicture({ ...args, directions: [args.directions ?? '', directions].join(' ').trim() })}
              <figcaption><code>${directions === '' ? 'as it is' : `directions="${directions}"`}</code></figcaption>
            </figure>`,
        )}
      </div>
    </div>
  `,
};

/** The same as elements, for pages that are built of elements. */
export const AsElements: Story = {
  args: { seed: '21', 'class-label': 'apple whole' },
  render: (args) =>
    renderPicture(
      args,
      html`<gan-direction name="redness" size="2"></gan-direction><gan-direction name="tallness" size="-2"></gan-direction>`,
    ),
};

/** Form from one seed, colours and texture from another: `mix="SEED@LAYERS"`. Early layers carry form, late ones colour. */
export const StyleMixing: StoryObj = {
  parameters: { controls: { disable: true } },
  render: () =>
    createExhibit<{ first: number; last: number }>({ first: 4, last: 9 }, ({ first, last }, update) => {
      const mix = `61@${first}-${last}`;
      const figure = (seed: string, mixed: string | null, caption: string) =>
        html`<figure>
          <gan-canvas seed=${seed} class-label="apple whole" .mix=${mixed}></gan-canvas>
          <figcaption>${caption}</figcaption>
        </figure>`;
      return html`
        <div class="row">
          ${figure('60', null, 'seed 60')} ${figure('60', mix, `seed="60" mix="${mix}"`)} ${figure('61', null, 'seed 61')}
        </div>
        <div class="settings">
          ${renderSlider({
            ...{ label: 'First layer', value: first, min: 0, max: 9 },
            onInput: (value) => update({ first: value, last: Math.max(value, last) }),
          })}
          ${renderSlider({
            ...{ label: 'Last layer', value: last, min: 0, max: 9 },
            onInput: (value) => update({ last: value, first: Math.min(value, first) }),
          })}
        </div>
      `;
    }),
};

interface LearnState {
  readonly marks: Readonly<Record<string, 'more' | 'less'>>;
  readonly size: number;
  readonly isLearned: boolean;
  readonly said: string;
}

const CHOICES = Array.from({ length: 12 }, (_, index) => `mark/${index}`);
const NEXT = { none: 'more', more: 'less', less: 'none' } as const;

/** Mark pictures as having more or less of something, and learn the direction. */
export const LearnedFromMarks: StoryObj = {
  parameters: { controls: { disable: true } },
  render: () => {
    const marks: LearnState['marks'] = { 'mark/0': 'more', 'mark/1': 'more', 'mark/2': 'less', 'mark/3': 'less' };
    return createExhibit<LearnState>({ marks, size: 0, isLearned: false, said: '' }, (state, update) => {
      const mark = (seed: string): void => {
        const next = NEXT[state.marks[seed] ?? 'none'];
        const others = Object.fromEntries(Object.entries(state.marks).filter(([each]) => each !== seed));
        update({ marks: next === 'none' ? others : { ...others, [seed]: next } });
      };
      const learn = async (event: Event): Promise<void> => {
        const tag = (event.currentTarget as Element).closest('.exhibit')?.querySelector<GanCanvas>('.learner');
        const seeds = (kind: 'more' | 'less'): string[] => CHOICES.filter((seed) => state.marks[seed] === kind);
        try {
          const found = await tag?.learnDirection(seeds('more'), seeds('less'), 'mine');
          update({ isLearned: true, size: 2, said: `Learnt from ${JSON.stringify(found?.validation)}` });
        } catch (error) {
          update({ said: (error as Error).message });
        }
      };
      return html`
        <p class="note">Press a picture: more of it, less of it, or neither.</p>
        <div class="marks">
          ${CHOICES.map(
            (seed) =>
              html`<button type="button" class=${state.marks[seed] ?? 'none'} @click=${() => mark(seed)}>
                <gan-canvas model="cats" seed=${seed} alt="Cat ${seed}"></gan-canvas>${state.marks[seed] ?? 'neither'}
              </button>`,
          )}
        </div>
        <p><button class="primary" type="button" @click=${learn}>Learn the direction</button></p>
        <div class="beside">
          <gan-canvas class="learner" model="cats" seed="71" directions=${state.isLearned ? `mine:${state.size}` : ''}></gan-canvas>
          ${renderSlider({
            ...{ label: 'Size of mine', value: state.size, min: -3, max: 3, step: 0.1, shown: state.size.toFixed(1) },
            onInput: (size) => update({ size }),
          })}
        </div>
        <p class="note" role="status">${state.said}</p>
      `;
    });
  },
};

interface DiscoveryState {
  readonly method: DiscoveryMethod;
  readonly found: readonly DiscoveredDirection[];
  readonly sizes: readonly number[];
}

/** Directions that nobody named: found in the weights when one asks, in any model. */
export const Discovered: StoryObj = {
  parameters: { controls: { disable: true }, shows: 'input[type="range"]' },
  render: () => {
    const discover = async (tag: GanCanvas, method: DiscoveryMethod): Promise<Partial<DiscoveryState>> => ({
      method,
      found: await tag.discoverDirections({ method, count: 4 }),
      sizes: [0, 0, 0, 0],
    });
    return createExhibit<DiscoveryState>({ method: 'pca', found: [], sizes: [0, 0, 0, 0] }, ({ method, found, sizes }, update) => {
      const directions: DirectionsInput = Object.fromEntries(
        found.map(({ name, vector, layers }, index) => [name, { vector, layers, size: sizes[index] ?? 0 }]),
      );
      let tag: GanCanvas | null = null;
      const handleLoad = async (event: Event): Promise<void> => {
        tag = event.currentTarget as GanCanvas;
        update(await discover(tag, method));
      };
      const handleMethod = async (event: Event): Promise<void> => {
        const select = event.currentTarget as HTMLSelectElement;
        tag = select.closest('.exhibit')?.querySelector('gan-canvas') ?? null;
        if (tag) update(await discover(tag, select.value as DiscoveryMethod));
      };
      return html`
        <div class="beside">
          <gan-canvas class="single" model="cats" seed="9" .directions=${directions} @load=${handleLoad}></gan-canvas>
          <div>
            <label class="field"
              >Method
              <select @change=${handleMethod}>
                <option value="pca">PCA: where pictures vary most</option>
                <option value="sefa">SeFa: where the weights answer most</option>
              </select>
            </label>
            ${found.map(({ name }, index) =>
              renderSlider({
                ...{ label: name, value: sizes[index] ?? 0, min: -3, max: 3, step: 0.1, shown: (sizes[index] ?? 0).toFixed(1) },
                onInput: (size) => update({ sizes: sizes.with(index, size) }),
              }),
            )}
          </div>
        </div>
      `;
    });
  },
};

/** A vector of one's own: here the difference between two seeds' z, found in the page, added to a DCGAN's z. */
export const VectorOfYourOwn: StoryObj = {
  parameters: { controls: { disable: true } },
  render: () =>
    createExhibit<{ size: number; other: string; vector: Float32Array | null }>(
      { size: 0.5, other: '13', vector: null },
      ({ size, other, vector }, update) => {
        const learn = async (tag: GanCanvas, seed: string): Promise<void> => {
          const from = tag.latent;
          const to = await latentOf(tag, seed);
          if (from && to) update({ other: seed, vector: from.map((value, index) => (to[index] ?? 0) - value) });
        };
        const handleLoad = (event: Event): Promise<void> => learn(event.currentTarget as GanCanvas, other);
        const directions: DirectionsInput = vector ? { towards: { vector, size } } : {};
        return html`
          <div class="row">
            <gan-canvas src="dcgan/dcgan-64.safetensors" seed="26" .directions=${directions} @load=${handleLoad}></gan-canvas>
            <gan-canvas src="dcgan/dcgan-64.safetensors" seed=${other}></gan-canvas>
          </div>
          <div class="settings">
            ${renderSlider({
              ...{ label: 'Size of the step', value: size, min: -1, max: 2, step: 0.05, shown: size.toFixed(2) },
              onInput: (value) => update({ size: value }),
            })}
            ${renderChoice({
              ...{ label: 'Towards seed', value: other, choices: ['13', '21', '25'] },
              onChange: (value) => {
                const tag = document.querySelector<GanCanvas>('.exhibit gan-canvas');
                if (tag) void learn(tag, value);
              },
            })}
          </div>
          <p class="note">
            At 0 the left picture is seed 26, at 1 it is the right one. Beyond 1 it goes on where the right one leaves off.
          </p>
        `;
      },
    ),
};

/** The z of another seed of the same model, from an element that nobody sees. */
async function latentOf(tag: GanCanvas, seed: string): Promise<Float32Array | null> {
  const other = document.createElement('gan-canvas');
  Object.assign(other, { src: tag.src, seed, loading: 'eager', hidden: true });
  tag.after(other);
  await new Promise((resolve) => {
    other.addEventListener('load', resolve, { once: true });
  });
  const { latent } = other;
  other.remove();
  return latent;
}
