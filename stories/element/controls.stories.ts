import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { GanCanvas } from '../../src/index.ts';
import { openControls, pressControl, waitForSmallPictures } from '../exhibits/open-controls.ts';
import { attributeControls, renderPicture, type Attributes } from './attributes.ts';

const meta: Meta<Attributes> = {
  title: 'Element/Controls',
  component: 'gan-canvas',
  argTypes: attributeControls,
  args: { controls: true },
  parameters: { controls: { include: Object.keys(attributeControls) } },
  render: (args) => html`<div class="exhibit">${renderPicture(args)}</div>`,
};
export default meta;

type Story = StoryObj<Attributes>;

/** A story whose panel is unfolded and shows one group. */
const unfolded = (args: Attributes, group: string, pictures?: number): Story => ({
  args,
  play: ({ canvasElement }) => openControls(canvasElement, group, pictures),
});

/** The panel as it comes: a seed, a new one, the way back. All the rest is behind “More”. */
export const Folded: Story = { args: { seed: '42' } };

/** How many numbers of the vector count, how far pictures may go from the mean, and what that leaves of their variety. */
export const SizeAndVariety: Story = unfolded({ seed: '42' }, 'variety');

/** A slider for each direction that the model names, between pictures of its two ends. */
export const Directions: Story = unfolded({ seed: '30', 'class-label': 'apple whole' }, 'directions', 2);

/** A plane of two directions. Drag in it, or use the arrow keys. */
export const Pad: Story = unfolded({ seed: '18', 'class-label': 'apple whole' }, 'pad', 9);

/** Pictures near this one. Choose one to go on from it. */
export const Variations: Story = unfolded({ model: 'cats', seed: '33' }, 'variations', 4);

/** Form from this seed, colours and texture from another. */
export const Mix: Story = unfolded({ seed: '60', 'class-label': 'apple whole', mix: '61@4-9' }, 'mix', 2);

/** From seed to seed, until one stops it. */
export const Walk: Story = unfolded({ model: 'flowers', seed: '12' }, 'walk');

/** A film of pictures that one has found. */
export const Timeline: Story = {
  args: { seed: '4', 'class-label': 'plum whole' },
  play: async ({ canvasElement }) => {
    await openControls(canvasElement, 'timeline');
    const tag = canvasElement.querySelector<GanCanvas>('gan-canvas');
    await pressControl(canvasElement, 'add-frame');
    for (const seed of ['5', '7']) {
      tag?.setAttribute('seed', seed);
      await tag?.generate();
      await pressControl(canvasElement, 'add-frame');
    }
    await waitForSmallPictures(canvasElement, 3);
  },
};

/** What one has found as HTML, as a link, or as a PNG. */
export const KeepIt: Story = unfolded({ seed: '21', 'class-label': 'apple whole', directions: 'redness:2' }, 'keep');
