import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, type TemplateResult } from 'lit';
import type { GanCanvas, ModelInfo } from '../../src/index.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { renderDoublingSlider, renderSlider } from '../exhibits/fields.ts';
import { formatFigure, readFigures, readTable } from '../exhibits/measured-figures.ts';
import { renderMeasuredPlot, renderMeasuredTable } from '../exhibits/measured-sizes.ts';
import { createUntrainedUrl, reachOfFirstMap, traceCosts, type LayerCost, type UntrainedDesign } from '../exhibits/untrained-network.ts';

const meta: Meta = { title: 'Explained/Size of the vector', parameters: { controls: { disable: true } } };
export default meta;

/** Move the slider and watch eighteen pictures grow apart. The figures are those of the model's card. */
export const SizeAndVariety: StoryObj = {
  parameters: { shows: 'table' },
  render: () =>
    createExhibit<{ size: number; info: ModelInfo | null }>({ size: 2, info: null }, ({ size, info }, update) => {
      const handleLoad = (event: Event): void => {
        update({ info: (event.currentTarget as GanCanvas).modelInfo });
      };
      return html`
        ${renderDoublingSlider({ label: 'latent-dim', value: size, max: 128, shown: `${size} of 128`, onInput: (value) => update({ size: value }) })}
        <gan-canvas samples="18" columns="6" latent-dim=${size} @load=${handleLoad}></gan-canvas>
        ${info ? [renderMeasuredPlot(info), renderMeasuredTable(info, 'latent_dim', size)] : ''}
      `;
    }),
};

/** One component: whatever the seed, there are two pictures of a class. */
export const TwoPictures: StoryObj = {
  render: () => html`
    <div class="exhibit">
      <gan-canvas samples="16" columns="8" latent-dim="1" class-label="orange whole"></gan-canvas>
      <p class="note">Sixteen seeds, <code>latent-dim="1"</code>, <code>class-label="orange whole"</code>.</p>
    </div>
  `,
};

/** Two components: all there is lies on a circle. */
export const Circle: StoryObj = {
  render: () =>
    createExhibit<{ degrees: number }>({ degrees: 40 }, ({ degrees }, update) => {
      const angle = (degrees / 180) * Math.PI;
      const latent = new Float32Array(128);
      latent.set([Math.cos(angle), Math.sin(angle)]);
      return html`
        <div class="single"><gan-canvas class-label="apple whole" latent-dim="2" .latent=${latent}></gan-canvas></div>
        ${renderSlider({
          ...{ label: 'Angle of z', value: degrees, min: 0, max: 360, shown: `${degrees}°` },
          onInput: (value) => update({ degrees: value }),
        })}
      `;
    }),
};

const SIZES = [8, 16, 32, 64, 128] as const;

/** Five DCGANs whose z_dim and width are one number, trained alike on the same fruits. */
export const FiveNetworks: StoryObj = {
  parameters: { shows: 'table' },
  render: () =>
    createExhibit<{ info: ModelInfo | null }>({ info: null }, ({ info }, update) => {
      const handleLoad = (event: Event): void => {
        update({ info: (event.currentTarget as GanCanvas).modelInfo });
      };
      return html`
        <div class="row">
          ${SIZES.map(
            (size) =>
              html`<figure>
                <gan-canvas src="dcgan/dcgan-${size}.safetensors" samples="9" seed="sheet" alt="Nine fruits of dcgan-${size}"></gan-canvas>
                <figcaption>z_dim = width = ${size}</figcaption>
              </figure>`,
          )}
          <figure>
            <gan-canvas samples="9" seed="sheet" truncation="1" alt="Nine fruits of pomona" @load=${handleLoad}></gan-canvas>
            <figcaption>pomona, a StyleGAN2</figcaption>
          </figure>
        </div>
        ${info ? renderCosts(info) : ''}
      `;
    }),
};

function renderCosts(info: ModelInfo): TemplateResult {
  const columns = [
    ['kernel_distance', 'kernel distance ×1000'],
    ['precision', 'precision'],
    ['recall', 'recall'],
  ] as const;
  const floor = readFigures(info, 'table_floor');
  return html`<div class="scroll" tabindex="0" role="region" aria-label="What size costs">
    <table>
      <caption>
        From the card of pomona. Milliseconds a picture: Node, WASM, one thread.
      </caption>
      <thead>
        <tr>
          <th scope="col">DCGAN</th>
          ${columns.map(([, title]) => html`<th scope="col">${title}</th>`)}
          <th scope="col">bytes</th>
          <th scope="col">ms</th>
        </tr>
      </thead>
      <tbody>
        ${readTable(info, 'dcgan').map(
          ([size, figures]) =>
            html`<tr>
              <th scope="row">${size}</th>
              ${columns.map(([name]) => html`<td>${formatFigure(figures[name])}</td>`)}
              <td>${figures['bytes']?.toLocaleString('en')}</td>
              <td>${formatFigure(figures['ms'])}</td>
            </tr>`,
        )}
        <tr>
          <th scope="row">real pictures</th>
          ${columns.map(([name]) => html`<td>${formatFigure(floor[name])}</td>`)}
          <td>–</td>
          <td>–</td>
        </tr>
      </tbody>
    </table>
  </div>`;
}

interface DesignState {
  readonly design: UntrainedDesign;
  readonly built: ReturnType<typeof createUntrainedUrl> | null;
  readonly problem: string;
}

function build(design: UntrainedDesign, before: DesignState | null): DesignState {
  try {
    const built = createUntrainedUrl(design);
    if (before?.built) URL.revokeObjectURL(before.built.url);
    return { design, built, problem: '' };
  } catch (error) {
    return { design, built: before?.built ?? null, problem: (error as Error).message };
  }
}

function renderLayer({ layer, input, output, parameters, multiplications }: LayerCost): TemplateResult {
  return html`<tr>
    <th scope="row">${`${input.size}\u00a0→\u00a0${output.size}`}</th>
    <td>${input.channels} → ${output.channels}</td>
    <td>${layer.kernel ?? 1} × ${layer.kernel ?? 1}</td>
    <td>${parameters.toLocaleString('en')}</td>
    <td>${(multiplications / 1e6).toFixed(2)}</td>
  </tr>`;
}

/**
 * A generator with random weights, built in the page: choose filter size, stride and depth, and see what they give before anything is learnt.
 */
export const FilterStrideDepth: StoryObj = {
  render: () =>
    createExhibit<DesignState>(
      build({ resolution: 64, zDim: 32, filterSize: 4, stride: 2, depth: 4, width: 8, contrast: 0.5 }, null),
      (state, update) => {
        const { design, built, problem } = state;
        const { filterSize, stride = 2, depth = 4 } = design;
        const change = (part: Partial<UntrainedDesign>): void => {
          update(build({ ...design, ...part }, state));
        };
        const costs = built ? traceCosts(built.architecture) : [];
        const sum = (read: (cost: LayerCost) => number): number => costs.reduce((total, cost) => total + read(cost), 0);
        return html`
          <div class="settings">
            ${renderSlider({ label: 'Filter size', value: filterSize, min: 2, max: 9, onInput: (value) => change({ filterSize: value }) })}
            ${renderSlider({ label: 'Stride', value: stride, min: 2, max: 8, onInput: (value) => change({ stride: value }) })}
            ${renderSlider({ label: 'Depth', value: depth, min: 1, max: 6, onInput: (value) => change({ depth: value }) })}
          </div>
          <p class="note" role="status">
            ${
              problem === ''
                ? html`The first map is ${costs[0]?.output.size} × ${costs[0]?.output.size}. One number of it reaches
                  ${built ? reachOfFirstMap(built.architecture) : 0} × ${built ? reachOfFirstMap(built.architecture) : 0} pixels of 64 × 64.
                  ${sum((cost) => cost.parameters).toLocaleString('en')} parameters,
                  ${(sum((cost) => cost.multiplications) / 1e6).toFixed(1)} million multiplications a picture.`
                : html`These do not go together. ${problem}`
            }
          </p>
          ${
            built
              ? html`<gan-canvas
                    src=${built.url}
                    samples="6"
                    columns="6"
                    seed="grain"
                    alt="Six pictures of an untrained network"
                  ></gan-canvas>
                  <div class="scroll" tabindex="0" role="region" aria-label="Layers">
                    <table>
                      <thead>
                        <tr>
                          <th scope="col">side</th>
                          <th scope="col">channels</th>
                          <th scope="col">filter</th>
                          <th scope="col">parameters</th>
                          <th scope="col">million multiplications</th>
                        </tr>
                      </thead>
                      <tbody>
                        ${costs.map(renderLayer)}
                      </tbody>
                    </table>
                  </div>`
              : ''
          }
        `;
      },
    ),
};
