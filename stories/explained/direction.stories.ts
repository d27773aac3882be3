import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, svg, type TemplateResult } from 'lit';
import type { DirectionInfo, GanCanvas } from '../../src/index.ts';
import type { DcganActivation } from '../../src/weights/architecture.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { renderChoice, renderSlider } from '../exhibits/fields.ts';
import { meanDifference, meanLikeness, showPixels } from '../exhibits/pixels.ts';
import { createUntrainedUrl } from '../exhibits/untrained-network.ts';

const meta: Meta = { title: 'Explained/Direction of the vector', parameters: { controls: { disable: true } } };
export default meta;

interface OneState {
  readonly model: string;
  readonly name: string;
  readonly size: number;
  readonly known: readonly DirectionInfo[];
}

/** One direction, four seeds: the same step changes each picture in the same way. */
export const OneDirection: StoryObj = {
  parameters: { shows: 'option:nth-child(8)' },
  render: () =>
    createExhibit<OneState>({ model: 'pomona', name: 'redness', size: 0, known: [] }, ({ model, name, size, known }, update) => {
      const handleLoad = async (event: Event): Promise<void> => {
        const found = await (event.currentTarget as GanCanvas).listDirections();
        update({ known: found, name: found.some((each) => each.name === name) ? name : (found[0]?.name ?? '') });
      };
      const isKnown = known.some((each) => each.name === name);
      const info = known.find((each) => each.name === name);
      const effect = info?.validation['effect'];
      return html`
        <div class="settings">
          ${renderChoice({
            ...{ label: 'Model', value: model, choices: ['pomona', 'cats', 'flowers'] },
            onChange: (value) => update({ model: value, known: [], size: 0 }),
          })}
          ${renderChoice({
            ...{ label: 'Direction', value: name, choices: isKnown ? known.map((each) => each.name) : [name] },
            onChange: (value) => update({ name: value }),
          })}
          ${renderSlider({
            ...{ label: 'Size', value: size, min: -3, max: 3, step: 0.1, shown: size.toFixed(1) },
            onInput: (value) => update({ size: value }),
          })}
        </div>
        <div class="row">
          ${['6', '12', '29', '30'].map(
            (seed, index) =>
              html`<gan-canvas
                model=${model}
                seed=${seed}
                directions=${isKnown ? `${name}:${size}` : ''}
                @load=${index === 0 ? handleLoad : null}
              ></gan-canvas>`,
          )}
        </div>
        <p class="note">
          <code>directions="${name}:${size}"</code>${
            info
              ? html`; layers
                ${info.layers?.join(' to ')}${
                  typeof effect === 'number'
                    ? html`. From −3 to 3 what it is named for changes by ${effect.toFixed(2)} standard deviations.`
                    : ''
                }`
              : ''
          }
        </p>
      `;
    }),
};

interface FarState {
  readonly pictures: readonly ImageData[];
}

const STEPS = [-12, -9, -6, -3, 0, 3, 6, 9, 12] as const;

/** Drawn far beyond the range in which the direction was seen to behave. Bars: how much the picture has changed from the middle one. */
export const TooFar: StoryObj = {
  parameters: { shows: '.strip canvas' },
  render: () =>
    createExhibit<FarState>({ pictures: [] }, ({ pictures }, update) => {
      const handleLoad = async (event: Event): Promise<void> => {
        const tag = event.currentTarget as GanCanvas;
        const drawn: ImageData[] = [];
        for (const size of STEPS) drawn.push(await tag.generate({ directions: { redness: size } }));
        update({ pictures: drawn });
      };
      const middle = pictures[STEPS.indexOf(0)];
      return html`
        <div class="single"><gan-canvas seed="14" class-label="apple whole" @load=${handleLoad}></gan-canvas></div>
        ${
          middle
            ? html`<div class="strip">
                ${pictures.map((picture, index) => {
                  const size = STEPS[index] ?? 0;
                  const change = meanDifference(picture, middle);
                  return html`<figure>
                    ${showPixels(picture, `redness ${size}`)}
                    <span class="bar" style="inline-size: ${Math.min(100, (change / 60) * 100)}%"></span>
                    <figcaption>${String(size).replace('-', '−')}<br />${change.toFixed(1)}</figcaption>
                  </figure>`;
                })}
              </div>`
            : ''
        }
        <p class="note">
          Size of <code>redness</code>, and how far the picture is from the middle one: the mean difference of a channel, of 255.
        </p>
      `;
    }),
};

const ACTIVATIONS = {
  none: 'none',
  leaky_relu: 'leaky ReLU',
  relu: 'ReLU',
  tanh: 'tanh',
} as const satisfies Partial<Record<DcganActivation, string>>;
type Shown = keyof typeof ACTIVATIONS;

const CURVES: Readonly<Record<Shown, (x: number) => number>> = {
  none: (x) => x,
  leaky_relu: (x) => (x < 0 ? 0.2 * x : x),
  relu: (x) => Math.max(0, x),
  tanh: Math.tanh,
};

function renderCurve(activation: Shown): TemplateResult {
  const xs = Array.from({ length: 61 }, (_, index) => index / 10 - 3);
  const points = xs.map((x) => `${100 + 30 * x},${70 - 20 * CURVES[activation](x)}`).join(' ');
  return html`<svg
    class="plot"
    viewBox="0 0 200 140"
    role="img"
    aria-label="What ${ACTIVATIONS[activation]} makes of a number from −3 to 3"
  >
    ${svg`<line x1="10" x2="190" y1="70" y2="70" stroke="#cfc5b1" /><line x1="100" x2="100" y1="5" y2="135" stroke="#cfc5b1" />
      <polyline points=${points} fill="none" stroke="#a2341f" stroke-width="3" />`}
  </svg>`;
}

interface ActivationState {
  readonly size: number;
  /** Of the changes that one step makes at twelve places. */
  readonly likeness: Readonly<Partial<Record<Shown, number>>>;
}

/** So that pictures are about equally strong, and hardly a pixel is as bright as it can be: there every network bends. */
const CONTRASTS: Readonly<Record<Shown, number>> = { none: 0.4, leaky_relu: 0.5, relu: 0.5, tanh: 0.8 };

/** The same network, untrained, with one activation or another after each layer but the last, which has none. */
function openActivation(activation: Shown): string {
  const design = { resolution: 32, zDim: 32, filterSize: 4, stride: 2, depth: 3, width: 16 };
  return createUntrainedUrl({ ...design, activation, lastActivation: 'none', contrast: CONTRASTS[activation] }).url;
}

const PLACES = Array.from({ length: 12 }, (_, index) => `place/${index}`);

/** How alike the changes are that a step of this size makes at all places, whatever the element itself shows. */
async function measureLikeness(tag: GanCanvas, vector: Float32Array, size: number): Promise<number> {
  const changes: (readonly [ImageData, ImageData])[] = [];
  for (const seed of PLACES) {
    const before = await tag.generate({ seed, directions: {} });
    changes.push([before, await tag.generate({ seed, directions: { step: { vector, size } } })]);
  }
  return meanLikeness(changes);
}

/** One step in z, from twelve places, through networks that differ in what comes after each layer: how alike are the changes? */
export const Activations: StoryObj = {
  parameters: { shows: '.cards.measured' },
  render: () => {
    const vector = new Float32Array(32).map((_, index) => Math.cos(3 * index));
    const names = Object.keys(ACTIVATIONS) as Shown[];
    const cards = names.map((name) => ({ name, url: openActivation(name) }));
    let measured: Record<string, number> = {};
    return createExhibit<ActivationState>({ size: 0.8, likeness: {} }, ({ size, likeness }, update) => {
      const handleRender = async (event: Event, name: Shown): Promise<void> => {
        const value = await measureLikeness(event.currentTarget as GanCanvas, vector, size);
        measured = { ...measured, [name]: value };
        update({ likeness: measured });
      };
      const isMeasured = names.every((name) => likeness[name] !== undefined);
      return html`
        ${renderSlider({
          ...{ label: 'Size of the step', value: size, min: 0.1, max: 2, step: 0.1, shown: size.toFixed(1) },
          onInput: (value) => update({ size: value }),
        })}
        <div class="row cards ${isMeasured ? 'measured' : ''}">
          ${cards.map(
            ({ name, url }) =>
              html`<figure>
                <b>${ACTIVATIONS[name]}</b>
                ${renderCurve(name)}
                <gan-canvas src=${url} samples="3" columns="3" seed="place" alt="Three pictures, ${ACTIVATIONS[name]}"></gan-canvas>
                <gan-canvas
                  src=${url}
                  samples="3"
                  columns="3"
                  seed="place"
                  alt="The same three after the step"
                  .directions=${{ step: { vector, size } }}
                  @render=${(event: Event) => handleRender(event, name)}
                ></gan-canvas>
                <figcaption>The changes are <b>${formatShare(likeness[name])}</b> alike.</figcaption>
              </figure>`,
          )}
        </div>
        <p class="note">
          Upper row: before the step; lower row: after it. “Alike”: the cosine between two changes, on average over all pairs of
          ${PLACES.length} seeds. 100 % means that the step does the same to every picture, 0 % that the changes have nothing in common.
        </p>
      `;
    });
  },
};

function formatShare(share: number | undefined): string {
  return share === undefined ? '…' : `${(100 * share).toFixed(0)} %`;
}
