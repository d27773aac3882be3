import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { createLesson } from '../exhibits/create-lesson.ts';

const meta: Meta = { title: 'Explained/How fine-tuning works', parameters: { controls: { disable: true } } };
export default meta;

/** A painter of fruits is shown twelve flowers, which another model draws here and now. */
export const TeachingAPainterFlowers: StoryObj = {
  parameters: { shows: 'button.primary:enabled' },
  render: () =>
    createLesson({
      ...{ teacher: 'flowers', count: 12, pupil: 'The pupil, pomona' },
      ...{ start: 'Teach it flowers', back: 'Back to fruits' },
      options: { steps: 150, showEvery: 10 },
    }),
};

/** The panel that `trainable` shows, for pictures of your own. */
export const YourOwnPictures: StoryObj = {
  render: () => html`<div class="exhibit"><gan-canvas trainable samples="9" seed="pupil"></gan-canvas></div>`,
};
