import { setCustomElementsManifest, type Preview } from '@storybook/web-components-vite';
import manifest from '../../dist/custom-elements.json' with { type: 'json' };
import './preview.css';
import { theme } from './theme.ts';

setCustomElementsManifest(manifest);

const preview: Preview = {
  parameters: {
    layout: 'padded',
    controls: { expanded: true, sort: 'none' },
    docs: { theme, toc: { headingSelector: 'h2', title: 'On this page' } },
    a11y: { test: 'error' },
    backgrounds: { disable: true },
    options: {
      storySort: {
        order: [
          'Introduction',
          'Explained',
          ['Size of the vector', 'Direction of the vector', 'How fine-tuning works', 'How GANs fail', 'GAN and VAE'],
          'Element',
          ['Picture', 'Directions', 'Controls', 'On a page', 'Training', 'From nothing', 'Failures', 'Backends'],
        ],
      },
    },
  },
};

export default preview;
