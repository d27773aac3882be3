import { LitElement } from 'lit';
import { property } from 'lit/decorators/property.js';
import type { DirectionsInput } from '../latent/directions-input.ts';
import type { StyleMix } from '../latent/style-mix.ts';
import type { BackendChoice } from '../runtime/backend.ts';
import type { NoiseMode } from '../weights/model-info.ts';

const NUMBER = { fromAttribute: (text: string | null) => (text === null ? null : text.trim() === '' ? NaN : Number(text)) };

/** The settings of `<gan-canvas>` that are nothing but attributes with properties. */
export abstract class GanCanvasSettings extends LitElement {
  /** Name of a bundled model; `pomona` when neither `model` nor `src` is given. */
  @property() model: string | null = null;

  /** URL of a weights file; wins over `model`. */
  @property() src: string | null = null;

  /** SRI hash (`sha256-…`) that the bytes of `src` must have; default: none is asked for. */
  @property() integrity: string | null = null;

  /** `anonymous` or `use-credentials`, as on `img`. */
  @property({ attribute: 'crossorigin' }) crossOrigin: string | null = null;

  /** How many of the latent's first components are used, 1…z_dim; null: all. */
  @property({ attribute: 'latent-dim', converter: NUMBER }) latentDim: number | null = null;

  /** psi, 0…2: 0 is the mean picture, 1 the whole variety; null: the model's own. */
  @property({ converter: NUMBER }) truncation: number | null = null;

  /** Name or index of a class; null: drawn from the seed. */
  @property({ attribute: 'class-label' }) classLabel: string | number | null = null;

  /** `const`, `none` or `random` (from the seed); null: the model's own. */
  @property() noise: NoiseMode | null = null;

  /** Directions to move along: sizes by name, own vectors, or the attribute's text. Beats the attribute. */
  @property({ attribute: false })
  get directions(): DirectionsInput | string | null {
    return this.#directions ?? this.directionsText;
  }

  set directions(value: DirectionsInput | string | null) {
    this.#directions = value ?? null;
  }

  /** @internal The attribute `directions`. */
  @property({ attribute: 'directions' }) protected directionsText: string | null = null;

  /** A second seed and the layers that take their style from it: `7@4-7`, or `{seed: '7', layers: '4-7'}`; null: none. */
  @property() mix: StyleMix | string | null = null;

  /** Walks from seed to seed; rests off-screen, in hidden tabs and for visitors who prefer reduced motion. */
  @property({ type: Boolean }) autoplay = false;

  /** Milliseconds from seed to seed; default 2000. */
  @property({ converter: NUMBER }) interval: number | null = null;

  /** Leads the walk back to its first seed after eight; without it, it goes on to ever new ones. */
  @property({ type: Boolean }) loop = false;

  /** A grid of 1…64 pictures: seed, seed/1, seed/2, …; default 1. */
  @property({ converter: NUMBER }) samples: number | null = null;

  /** Columns of the grid; null: the squarest. */
  @property({ converter: NUMBER }) columns: number | null = null;

  /** `auto` (webgpu on a real GPU, then wasm, then cpu), or one of them. */
  @property() backend: BackendChoice = 'auto';

  /** `lazy`: nothing is loaded before the element is visible; `eager`: at once. */
  @property() loading: 'lazy' | 'eager' = 'lazy';

  /** URL of an image that is shown before the first picture and after an error. */
  @property() poster: string | null = null;

  /** Alternative text; "" for a picture that only decorates, null for a text that tells model and seed. */
  @property() alt: string | null = null;

  /** Shows a panel of controls with the picture, by which visitors steer what is drawn. */
  @property({ type: Boolean }) controls = false;

  /** Shows a panel below the picture by which visitors teach the model their own pictures. */
  @property({ type: Boolean }) trainable = false;

  #directions: DirectionsInput | string | null = null;
}
