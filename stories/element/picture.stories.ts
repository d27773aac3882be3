import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { GanCanvas, ModelInfo } from '../../src/index.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { renderChoice, renderDoublingSlider } from '../exhibits/fields.ts';
import { renderMeasuredPlot, renderMeasuredTable } from '../exhibits/measured-sizes.ts';
import { attributeControls, renderPicture, type Attributes } from './attributes.ts';

const meta: Meta<Attributes> = {
  title: 'Element/Picture',
  component: 'gan-canvas',
  tags: ['autodocs'],
  argTypes: attributeControls,
  parameters: { controls: { include: Object.keys(attributeControls) } },
  render: (args) => renderPicture(args),
};
export default meta;

type Story = StoryObj<Attributes>;

/** One tag and nothing else. Model, seed and all the rest have defaults. */
export const FirstPicture: Story = {};

/** A seed is any string. Equal seeds give equal pictures, on every backend, in every browser, in every release. */
export const Seeds: Story = {
  args: { seed: 'Ada' },
  render: (args) => html`
    <div class="exhibit">
      <div class="row">
        ${[args.seed ?? '0', 'Grace', 'Hedy', '42'].map(
          (seed) =>
            html`<figure>
              ${renderPicture({ ...args, seed })}
              <figcaption><code>seed="${seed}"</code></figcaption>
            </figure>`,
        )}
      </div>
    </div>
  `,
};

/**
 * How many numbers of the vector count. The table and the plot are those of the model's card ("Pretrained generators"): they are read from the
 * weights file that draws the pictures.
 */
export const LatentDimension: StoryObj = {
  parameters: { controls: { disable: true }, shows: 'table' },
  render: () =>
    createExhibit<{ model: string; size: number; info: ModelInfo | null }>({ model: 'pomona', size: 4, info: null }, (state, update) => {
      const { model, size, info } = state;
      const handleLoad = (event: Event): void => {
        update({ info: (event.currentTarget as GanCanvas).modelInfo });
      };
      return html`
        <div class="settings">
          ${renderDoublingSlider({ label: 'latent-dim', value: size, max: 128, shown: `${size} of 128`, onInput: (value) => update({ size: value }) })}
          ${renderChoice({ label: 'Model', value: model, choices: ['pomona', 'cats', 'flowers'], onChange: (value) => update({ model: value }) })}
        </div>
        <gan-canvas model=${model} samples="18" columns="6" latent-dim=${size} @load=${handleLoad}></gan-canvas>
        ${info ? [renderMeasuredPlot(info), renderMeasuredTable(info, 'latent_dim', size)] : ''}
      `;
    }),
};

/** psi, between the mean picture (0) and twice the variety that the model was trained for (2). */
export const Truncation: Story = {
  args: { seed: '20', 'class-label': 'pear' },
  render: (args) => html`
    <div class="exhibit">
      <div class="row">
        ${[0, 0.5, 1, 1.5].map(
          (truncation) =>
            html`<figure>
              ${renderPicture({ ...args, truncation })}
              <figcaption><code>truncation="${truncation}"</code></figcaption>
            </figure>`,
        )}
      </div>
    </div>
  `,
};

/** A class by its name or index. Without one, the seed draws it. */
export const Classes: Story = {
  args: { seed: '3' },
  render: (args) => html`
    <div class="exhibit">
      <div class="row">
        ${(args['class-label'] === undefined ? ['plum whole', 'plum cut', 'lemon', 'strawberry'] : [args['class-label']]).map(
          (label) =>
            html`<figure>
              ${renderPicture({ ...args, 'class-label': label })}
              <figcaption>${label}</figcaption>
            </figure>`,
        )}
      </div>
    </div>
  `,
};

/** The grain of paper and peel: the file's own, none, or from the seed. */
export const Noise: Story = {
  args: { seed: '5', 'class-label': 'apple whole' },
  render: (args) => html`
    <div class="exhibit">
      <div class="row">
        ${(['const', 'none', 'random'] as const).map(
          (noise) =>
            html`<figure>
              ${renderPicture({ ...args, noise })}
              <figcaption><code>noise="${noise}"</code></figcaption>
            </figure>`,
        )}
      </div>
    </div>
  `,
};

/** Up to 64 pictures of seed, seed/1, seed/2, … in one canvas. */
export const Grid: Story = { args: { samples: 24, columns: 6, seed: 'basket' }, render: (args) => wide(args) };

/**
 * From seed to seed along the arc between them. It rests off-screen, in hidden tabs, and for visitors who prefer reduced motion.
 */
export const Walk: Story = { args: { autoplay: true, loop: true, interval: 2500, seed: 'stroll', 'class-label': 'peach whole' } };

function wide(args: Attributes) {
  return html`<div class="exhibit">${renderPicture(args)}</div>`;
}
