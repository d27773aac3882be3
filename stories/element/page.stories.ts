import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import { FRUITS, attributeControls, renderPicture, type Attributes } from './attributes.ts';

const meta: Meta<Attributes> = {
  title: 'Element/On a page',
  component: 'gan-canvas',
  argTypes: attributeControls,
  parameters: { controls: { include: Object.keys(attributeControls) } },
};
export default meta;

type Story = StoryObj<Attributes>;

/** Forty elements: they share one worker, one backend and one copy of each weights file. */
export const ManyOnAPage: Story = {
  render: (args) => html`
    <div class="exhibit">
      <div class="mosaic" style="display: grid; grid-template-columns: repeat(auto-fill, minmax(4.5rem, 1fr)); gap: 0.4rem">
        ${Array.from({ length: 40 }, (_, index) =>
          renderPicture({ ...args, model: index % 2 ? 'flowers' : 'pomona', seed: `many/${index}` }),
        )}
      </div>
    </div>
  `,
};

/** Custom properties and parts: the box, its corners, and how pixels are shown. */
export const Theming: Story = {
  args: { seed: '11', 'class-label': 'strawberry' },
  render: (args) => html`
    <style>
      .round {
        --gan-canvas-radius: 50%;
      }
      .pixels {
        --gan-canvas-rendering: pixelated;
        --gan-canvas-radius: 6px;
      }
      .framed {
        --gan-canvas-background: #fbf5e6;
        box-sizing: border-box;
        padding: 0.75rem;
        background: #fbf5e6;
        box-shadow:
          0 0 0 1px rgb(70 50 20 / 14%),
          0 12px 24px -12px rgb(40 25 5 / 45%);
      }
      .framed::part(canvas) {
        filter: sepia(0.35);
      }
    </style>
    <div class="exhibit">
      <div class="row">
        <figure>
          <div class="round">${renderPicture(args)}</div>
          <figcaption><code>--gan-canvas-radius: 50%</code></figcaption>
        </figure>
        <figure>
          <div class="pixels">${renderPicture(args)}</div>
          <figcaption><code>--gan-canvas-rendering: pixelated</code></figcaption>
        </figure>
        <figure>
          <gan-canvas class="framed" seed=${args.seed ?? '0'} class-label=${args['class-label'] ?? FRUITS[0]}></gan-canvas>
          <figcaption><code>::part(canvas)</code>, and styles on the tag itself</figcaption>
        </figure>
      </div>
    </div>
  `,
};

/**
 * Shown until there is a picture, and when there will be none: here the model does not exist. The poster was made by
 * `gan-canvas render --seed 42 --out poster.png`.
 */
export const Poster: Story = {
  args: { model: 'pomegranate', poster: 'images/poster.png', alt: 'A painted apple, cut' },
  parameters: { fails: 'poster.png' },
  render: (args) => renderPicture(args),
};

/**
 * With `loading="lazy"`, the default, nothing is fetched before the tag comes near the screen. The second one is far below; its line turns
 * when it is drawn.
 */
export const LazyLoading: Story = {
  parameters: { drawn: 1 },
  render: (args) => {
    const handleLoad = (event: Event): void => {
      const line = (event.currentTarget as Element).closest('.exhibit')?.querySelector('.lazy-state');
      if (line) line.textContent = 'The one far below has been drawn.';
    };
    return html`
      <div class="exhibit">
        <div class="single">${renderPicture({ ...args, seed: 'near' })}</div>
        <p class="lazy-state" role="status">The one far below has not been asked for.</p>
        <p class="note">Scroll down.</p>
        <div style="block-size: 4000px; border-inline-start: 2px dotted #94876f"></div>
        <div class="single"><gan-canvas seed="far" @load=${handleLoad}></gan-canvas></div>
      </div>
    `;
  },
};
