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
        <div class="row">
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
      { size: 0, other: '2', vector: null },
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
            <gan-canvas src="dcgan/dcgan-64.safetensors" seed="1" .directions=${directions} @load=${handleLoad}></gan-canvas>
            <gan-canvas src="dcgan/dcgan-64.safetensors" seed=${other}></gan-canvas>
          </div>
          <div class="settings">
            ${renderSlider({
              ...{ label: 'Size of the step', value: size, min: -1, max: 2, step: 0.05, shown: size.toFixed(2) },
              onInput: (value) => update({ size: value }),
            })}
            ${renderChoice({
              ...{ label: 'Towards seed', value: other, choices: ['2', '3', '4'] },
              onChange: (value) => {
                const tag = document.querySelector<GanCanvas>('.exhibit gan-canvas');
                if (tag) void learn(tag, value);
              },
            })}
          </div>
          <p class="note">At 1 the left picture is the right one. Beyond 1 it goes on where the right one leaves off.</p>
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
