import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { GanCanvas } from '../../src/index.ts';
import { createContest } from '../exhibits/create-contest.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { renderChoice, renderDoublingSlider } from '../exhibits/fields.ts';
import { blend, meanStep, showPixels } from '../exhibits/pixels.ts';

const meta: Meta = { title: 'Explained/GAN and VAE', parameters: { controls: { disable: true } } };
export default meta;

const MOST = 64;

/** The picture with the least squared error to many pictures is their mean. */
export const MeanOfMany: StoryObj = {
  parameters: { shows: 'figure canvas[role="img"]' },
  render: () =>
    createExhibit<{ count: number; pictures: readonly ImageData[] }>({ count: 16, pictures: [] }, ({ count, pictures }, update) => {
      const handleLoad = async (event: Event): Promise<void> => {
        const tag = event.currentTarget as GanCanvas;
        const drawn: ImageData[] = [];
        for (let index = 0; index < MOST; index++) drawn.push(await tag.generate({ seed: `many/${index}`, truncation: 1 }));
        update({ pictures: drawn });
      };
      const mean = pictures.length > 0 ? blend(pictures.slice(0, count)) : null;
      const [first] = pictures;
      return html`
        ${renderDoublingSlider({ label: 'Pictures in the mean', value: count, max: MOST, onInput: (value) => update({ count: value }) })}
        <div class="row">
          <figure>
            <gan-canvas class-label="peach whole" seed="many/0" truncation="1" @load=${handleLoad}></gan-canvas>
            <figcaption>One picture${first ? `; step between neighbours ${meanStep(first).toFixed(1)} of 255` : ''}</figcaption>
          </figure>
          <figure>
            ${mean ? showPixels(mean, `The mean of ${count} pictures`) : html`<canvas width="64" height="64" aria-hidden="true"></canvas>`}
            <figcaption>
              ${mean ? `Mean of ${count}; step between neighbours ${meanStep(mean).toFixed(1)} of 255` : `Drawing ${MOST} peaches …`}
            </figcaption>
          </figure>
        </div>
      `;
    }),
};

const COLUMNS = 7;

/** Between two pictures: in latent space, and in pixels. */
export const BetweenTwo: StoryObj = {
  parameters: { shows: 'figure canvas' },
  render: () =>
    createExhibit<{ to: string; latent: readonly ImageData[] }>({ to: '5', latent: [] }, ({ to, latent }, update) => {
      const walk = async (tag: GanCanvas | null, seed: string): Promise<void> => {
        if (tag) update({ to: seed, latent: await tag.interpolate('4', seed, COLUMNS) });
      };
      const [from, last] = [latent[0], latent.at(-1)];
      const share = (index: number): number => index / (COLUMNS - 1);
      return html`
        <div class="settings">
          <div class="single" style="max-inline-size: 10rem">
            <gan-canvas
              seed="4"
              class-label="plum whole"
              @load=${(event: Event) => walk(event.currentTarget as GanCanvas, to)}
            ></gan-canvas>
          </div>
          ${renderChoice({
            ...{ label: 'From seed 4 to seed', value: to, choices: ['5', '6', '7', '8'] },
            onChange: (value) => void walk(document.querySelector<GanCanvas>('.exhibit gan-canvas[seed="4"]'), value),
          })}
        </div>
        ${
          from && last
            ? html`<figure>
                  <div class="strip">
                    ${latent.map((picture, index) => showPixels(picture, `Latent, ${Math.round(100 * share(index))} %`))}
                  </div>
                  <figcaption>In latent space: every step is a fruit</figcaption>
                </figure>
                <figure>
                  <div class="strip">
                    ${latent.map((_, index) =>
                      showPixels(blend([from, last], [1 - share(index), share(index)]), `Pixels, ${Math.round(100 * share(index))} %`),
                    )}
                  </div>
                  <figcaption>In pixels: every step is two fruits</figcaption>
                </figure>`
            : ''
        }
      `;
    }),
};

const SIDE = 32;
const TRAINING = { steps: 600, showEvery: 20, network: { resolution: SIDE, latentDim: 16 } } as const;

/** The same generator, the same peaches, as many steps: once with a discriminator that judges it, once with an encoder and the squared error. */
export const BothLearn: StoryObj = {
  parameters: { shows: 'button.primary:enabled' },
  render: () =>
    createContest(
      [
        { name: 'GAN', options: { ...TRAINING, method: 'textbook-gan' } },
        { name: 'VAE', options: { ...TRAINING, method: 'vae' } },
      ],
      SIDE,
    ),
};
