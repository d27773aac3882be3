/**
 * Storybook's configuration. Stories use the element as a page would that has it from a CDN: `dist/cdn` is served beside them, so that what
 * is shown is what is shipped, and the static site works from any path. `npm run build` comes first.
 */
import type { StorybookConfig } from '@storybook/web-components-vite';

const config: StorybookConfig = {
  framework: { name: '@storybook/web-components-vite', options: { builder: { viteConfigPath: 'stories/config/vite.config.ts' } } },
  stories: ['../introduction.mdx', '../explained/*.mdx', '../**/*.stories.ts'],
  addons: ['@storybook/addon-docs', '@storybook/addon-a11y'],
  staticDirs: [
    { from: '../../dist/cdn', to: 'gan-canvas' },
    { from: '../../weights/training/dcgan', to: 'dcgan' },
    { from: '../docs/images', to: 'images' },
    { from: '../../test/fixtures/tiny-stylegan2-ada.pkl', to: 'checkpoints/tiny-stylegan2-ada.pkl' },
  ],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  features: { sidebarOnboardingChecklist: false },
};

export default config;
