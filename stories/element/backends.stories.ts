import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html } from 'lit';
import type { BackendName, GanCanvas, GanCanvasErrorEvent, GanCanvasRenderEvent } from '../../src/index.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { attributeControls, renderPicture, type Attributes } from './attributes.ts';

const meta: Meta<Attributes> = {
  title: 'Element/Backends',
  component: 'gan-canvas',
  argTypes: attributeControls,
  parameters: { controls: { include: Object.keys(attributeControls) } },
};
export default meta;

const BACKENDS = { webgpu: 'WebGPU', wasm: 'WebAssembly SIMD', cpu: 'Plain JavaScript' } as const satisfies Record<BackendName, string>;

interface Drawn {
  readonly backend: BackendName;
  readonly durationMs?: number;
  readonly detail: string;
  readonly pixels?: ImageData;
}

function worstDifference(a: ImageData, b: ImageData): number {
  return a.data.reduce((worst, value, index) => Math.max(worst, Math.abs(value - (b.data[index] ?? 0))), 0);
}

function describe(drawn: Drawn | undefined, reference: ImageData | undefined): string {
  if (!drawn) return 'at work …';
  if (drawn.durationMs === undefined) return 'not in this browser';
  const time = `${drawn.durationMs.toFixed(drawn.durationMs < 10 ? 1 : 0)} ms`;
  if (!drawn.pixels || !reference || drawn.pixels === reference) return time;
  return `${time}; no channel is more than ${worstDifference(drawn.pixels, reference)} of 255 from WebAssembly’s`;
}

/** One seed on every backend that this browser has, with the time of the picture and how far the pixels are from WebAssembly's. */
export const Compared: StoryObj = {
  parameters: { controls: { disable: true }, mayLack: 'webgpu', shows: '.row.compared' },
  render: () =>
    createExhibit<Partial<Record<BackendName, Drawn>>>({}, (state, update) => {
      const handleRender = async (event: GanCanvasRenderEvent): Promise<void> => {
        const tag = event.currentTarget as GanCanvas;
        const { backend, durationMs } = event;
        const detail = tag.backendReport.find(({ name, ok }) => ok && name === backend)?.detail ?? '';
        update({ [backend]: { backend, durationMs, detail, pixels: await tag.generate() } });
      };
      const handleError = (event: GanCanvasErrorEvent): void => {
        const backend = (event.currentTarget as GanCanvas).backend as BackendName;
        update({ [backend]: { backend, detail: '' } });
      };
      const isDone = Object.keys(state).length === Object.keys(BACKENDS).length;
      return html`<div class="row ${isDone ? 'compared' : ''}">
        ${(Object.keys(BACKENDS) as BackendName[]).map(
          (backend) => html`
            <figure>
              <gan-canvas seed="42" backend=${backend} @render=${handleRender} @error=${handleError}></gan-canvas>
              <figcaption>
                <b>${BACKENDS[backend]}</b><br />${describe(state[backend], state.wasm?.pixels)}${
                  state[backend]?.detail ? html`<br />${state[backend].detail}` : ''
                }
              </figcaption>
            </figure>
          `,
        )}
      </div>`;
    }),
};

/** `auto`, the default: WebGPU on a real GPU, then WASM-SIMD, then plain JavaScript, with the reasons in `backendReport`. */
export const Report: StoryObj<Attributes> = {
  args: { seed: '42' },
  render: (args) => {
    const handleLoad = (event: Event): void => {
      const tag = event.target as GanCanvas;
      const list = tag.closest('.exhibit')?.querySelector('.report');
      list?.replaceChildren(
        ...tag.backendReport.map(({ name, ok, detail }) => {
          const item = document.createElement('li');
          item.textContent = `${ok ? 'used' : 'refused'}: ${name}${detail === '' ? '' : ` (${detail})`}`;
          return item;
        }),
      );
    };
    // `load` does not bubble: it is caught on its way down.
    return html`<div class="exhibit" @load=${{ handleEvent: handleLoad, capture: true }}>
      <div class="single">${renderPicture(args)}</div>
      <ul class="report"></ul>
    </div>`;
  },
};
