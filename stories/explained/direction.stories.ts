import type { Meta, StoryObj } from '@storybook/web-components-vite';
import { html, svg, type TemplateResult } from 'lit';
import type { DirectionInfo, GanCanvas } from '../../src/index.ts';
import type { DcganActivation } from '../../src/weights/architecture.ts';
import { createExhibit } from '../exhibits/create-exhibit.ts';
import { renderChoice, renderSlider } from '../exhibits/fields.ts';
import { likenessOfChanges, meanDifference, showPixels } from '../exhibits/pixels.ts';
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
                    <figcaption>${size}<br />${change.toFixed(1)}</figcaption>
                  </figure>`;
                })}
              </div>`
            : ''
        }
        <p class="note">Size of <code>redness</code>, and the mean change of a channel, of 255.</p>
      `;
    }),
};

const ACTIVATIONS = {
  none: 'none',
  leaky_relu: 'leaky ReLU, slope 0.2',
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
  readonly activation: Shown;
  readonly size: number;
  readonly url: string;
  readonly pairs: readonly (readonly [ImageData, ImageData])[];
}

/** The same network, untrained, with one activation or another after each layer but the last, which has none. */
function openActivation(activation: Shown): string {
  const design = { resolution: 32, zDim: 32, filterSize: 4, stride: 2, depth: 3, width: 16 };
  return createUntrainedUrl({ ...design, activation, lastActivation: 'none', contrast: 0.25 }).url;
}

const SEEDS = ['1', '2', '3'] as const;

async function measurePairs(tag: GanCanvas, vector: Float32Array, size: number): Promise<ActivationState['pairs']> {
  const pairs: (readonly [ImageData, ImageData])[] = [];
  for (const seed of SEEDS) {
    const before = await tag.generate({ seed });
    pairs.push([before, await tag.generate({ seed, directions: { step: { vector, size } } })]);
  }
  return pairs;
}

/** The same step in z from three places, and how alike the changes of the pictures are. */
export const Activations: StoryObj = {
  parameters: { shows: '.strip canvas' },
  render: () => {
    const vector = new Float32Array(32).map((_, index) => Math.cos(3 * index));
    const start: ActivationState = { activation: 'leaky_relu', size: 0.8, url: openActivation('leaky_relu'), pairs: [] };
    return createExhibit<ActivationState>(start, ({ activation, size, url, pairs }, update) => {
      const measure = async (tag: GanCanvas | null, step: number): Promise<void> => {
        if (tag) update({ pairs: await measurePairs(tag, vector, step) });
      };
      const findTag = (): GanCanvas | null => document.querySelector<GanCanvas>('.activations gan-canvas');
      const [first, ...others] = pairs;
      const likeness = first ? others.map((other) => likenessOfChanges(first, other)) : [];
      return html`
        <div class="settings">
          ${renderChoice<Shown>({
            ...{ label: 'Activation', value: activation, choices: Object.keys(ACTIVATIONS) as Shown[], title: (each) => ACTIVATIONS[each] },
            onChange: (value) => {
              URL.revokeObjectURL(url);
              update({ activation: value, url: openActivation(value), pairs: [] });
            },
          })}
          ${renderSlider({
            ...{ label: 'Size of the step', value: size, min: 0.1, max: 2, step: 0.1, shown: size.toFixed(1) },
            onInput: (value) => {
              update({ size: value });
              void measure(findTag(), value);
            },
          })}
        </div>
        <div class="row activations">
          ${renderCurve(activation)}
          <gan-canvas
            src=${url}
            samples="9"
            alt="Nine pictures of an untrained network"
            @load=${(event: Event) => measure(event.currentTarget as GanCanvas, size)}
          ></gan-canvas>
        </div>
        ${
          pairs.length > 0
            ? html`<div class="row">
                  ${pairs.map(
                    ([before, after], index) =>
                      html`<figure>
                        <div class="strip">${showPixels(before, `Seed ${SEEDS[index]}`)}${showPixels(after, 'After the step')}</div>
                        <figcaption>
                          seed ${SEEDS[index]}: before and after, change ${meanDifference(before, after).toFixed(1)} of
                          255${index > 0 ? html`; ${((likeness[index - 1] ?? 0) * 100).toFixed(0)} % like the first` : ''}
                        </figcaption>
                      </figure>`,
                  )}
                </div>
                <p class="note">
                  “Like”: the cosine between two changes. 100 % means that the step does the same to every picture, 0 % that the changes
                  have nothing in common.
                </p>`
            : ''
        }
      `;
    });
  },
};
