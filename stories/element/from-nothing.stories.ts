import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { createLesson } from '../exhibits/create-lesson.ts';

const meta: Meta = {
  title: 'Element/From nothing',
  parameters: { controls: { disable: true }, shows: 'button.primary:enabled' },
};
export default meta;

const shared = { teacher: 'pomona', count: 200, pupil: 'Still pomona; a new network takes its place', back: 'Back to pomona' } as const;
const network = { resolution: 32, latentDim: 16 } as const;

/** A DCGAN with random weights learns from 200 fruits, which pomona draws here and now, by the textbook's two phases. */
export const TextbookGan: StoryObj = {
  render: () =>
    createLesson({ ...shared, start: 'Begin with a GAN', options: { method: 'textbook-gan', steps: 1000, showEvery: 20, network } }),
};

/** The same generator as the decoder of a variational autoencoder. */
export const VariationalAutoencoder: StoryObj = {
  render: () => createLesson({ ...shared, start: 'Begin with a VAE', options: { method: 'vae', steps: 1000, showEvery: 20, network } }),
};
