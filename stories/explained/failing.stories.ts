import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import type { GanCanvas, ModelInfo } from '../../src/index.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { renderSlider } from '../exhibits/fields.ts';
import { formatFigure, readFigures } from '../exhibits/measured-figures.ts';
import { renderMeasuredTable } from '../exhibits/measured-sizes.ts';
import { meanVariety } from '../exhibits/pixels.ts';

const meta: Meta = { title: 'Explained/How GANs fail', parameters: { controls: { disable: true } } };
export default meta;

interface CollapseState {
  readonly truncation: number;
  readonly variety: number | null;
  readonly info: ModelInfo | null;
}

/** What a collapse looks like, made with truncation: at 0 every seed gives one picture. */
export const AllAlike: StoryObj = {
  parameters: { shows: 'tbody tr' },
  render: () =>
    createExhibit<CollapseState>({ truncation: 0.2, variety: null, info: null }, ({ truncation, variety, info }, update) => {
      const handleRender = async (event: Event): Promise<void> => {
        const tag = event.currentTarget as GanCanvas;
        const pictures: ImageData[] = [];
        for (let index = 0; index < 8; index++) pictures.push(await tag.generate({ seed: `alike/${index}` }));
        update({ variety: meanVariety(pictures), info: tag.modelInfo });
      };
      return html`
        ${renderSlider({
          ...{ label: 'truncation', value: truncation, min: 0, max: 2, step: 0.1, shown: truncation.toFixed(1) },
          onInput: (value) => update({ truncation: value }),
        })}
        <gan-canvas samples="16" columns="8" seed="alike" class-label="pear" truncation=${truncation} @render=${handleRender}></gan-canvas>
        <p role="status">
          ${variety === null ? 'Measuring …' : `Two of these pictures differ by ${variety.toFixed(1)} of 255 on average.`}
        </p>
        ${info ? renderMeasuredTable(info, 'truncation', truncation) : ''}
      `;
    }),
};

/** Good cats, and yet hardly any of the cats that there are: precision without recall. */
export const GoodButFew: StoryObj = {
  parameters: { shows: 'tbody tr' },
  render: () =>
    createExhibit<{ info: ModelInfo | null }>({ info: null }, ({ info }, update) => {
      const handleLoad = (event: Event): void => {
        update({ info: (event.currentTarget as GanCanvas).modelInfo });
      };
      return html`
        <gan-canvas model="cats" samples="24" columns="8" truncation="1" seed="few" @load=${handleLoad}></gan-canvas>
        ${info ? renderHeadline(info) : ''}
      `;
    }),
};

function renderHeadline(info: ModelInfo): TemplateResult {
  const [drawn, real] = [readFigures(info, 'headline'), readFigures(info, 'floor')];
  const rows = ['precision', 'recall', 'density', 'coverage'] as const;
  return html`<table>
    <caption>
      ${info.name}, truncation 1, ${Number(info.metrics['samples']).toLocaleString('en')} pictures
    </caption>
    <thead>
      <tr>
        <th scope="col">figure</th>
        <th scope="col">generated</th>
        <th scope="col">real pictures</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (name) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${formatFigure(drawn[name])}</td>
            <td>${formatFigure(real[name])}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Recall by class: short bars are fruits whose variety the model has not learnt. */
export const Holes: StoryObj = {
  parameters: { shows: 'tbody tr' },
  render: () =>
    createExhibit<{ info: ModelInfo | null }>({ info: null }, ({ info }, update) => {
      const handleLoad = (event: Event): void => {
        update({ info: (event.currentTarget as GanCanvas).modelInfo });
      };
      const [recall, floor] = info ? [readFigures(info, 'class_recall'), readFigures(info, 'floor_class_recall')] : [{}, {}];
      const order = Object.entries(recall).sort(([, a], [, b]) => a - b);
      const [worst, best] = [order[0]?.[0], order.at(-1)?.[0]].map((name) => name?.replace('-', ' '));
      return html`
        <div class="row">
          <figure>
            <gan-canvas samples="9" truncation="1" seed="holes" class-label=${worst ?? 'apple cut'} @load=${handleLoad}></gan-canvas>
            <figcaption>Least recall: ${worst ?? '…'}</figcaption>
          </figure>
          <figure>
            <gan-canvas samples="9" truncation="1" seed="holes" class-label=${best ?? 'lemon'}></gan-canvas>
            <figcaption>Most recall: ${best ?? '…'}</figcaption>
          </figure>
        </div>
        <table>
          <caption>
            Recall by class. The thin bar is what real pictures reach.
          </caption>
          <tbody>
            ${order.map(
              ([name, value]) =>
                html`<tr>
                  <th scope="row">${name}</th>
                  <td style="inline-size: 60%">
                    <span class="bar" style="inline-size: ${100 * value}%"></span>
                    <span class="bar floor" style="inline-size: ${100 * (floor[name] ?? 0)}%"></span>
                  </td>
                  <td>${formatFigure(value)}</td>
                </tr>`,
            )}
          </tbody>
        </table>
      `;
    }),
};

/** A network that is too small, beside one that is not. */
export const TooSmall: StoryObj = {
  render: () => html`
    <div class="exhibit">
      <div class="row">
        <figure>
          <gan-canvas src="dcgan/dcgan-8.safetensors" samples="16" seed="small"></gan-canvas>
          <figcaption>DCGAN of width 8, 9,790 bytes: blotches in the colours of fruit</figcaption>
        </figure>
        <figure>
          <gan-canvas src="dcgan/dcgan-64.safetensors" samples="16" seed="small"></gan-canvas>
          <figcaption>DCGAN of width 64, 326,126 bytes, same pictures, same training</figcaption>
        </figure>
      </div>
    </div>
  `,
};
