import { html, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import type { ArgTypes } from '@storybook/web-components-vite';

/** The attributes of `<gan-canvas>` that stories set, by their names in HTML; what is left out is the element's default. */
export interface Attributes {
  model?: string;
  src?: string;
  integrity?: string;
  seed?: string;
  'latent-dim'?: number;
  truncation?: number;
  'class-label'?: string;
  noise?: 'const' | 'none' | 'random';
  directions?: string;
  mix?: string;
  samples?: number;
  columns?: number;
  autoplay?: boolean;
  interval?: number;
  loop?: boolean;
  backend?: string;
  loading?: 'lazy' | 'eager';
  poster?: string;
  alt?: string;
  controls?: boolean;
  trainable?: boolean;
}

/** The classes of pomona, as its file has them. */
export const FRUITS = [
  'apple whole',
  'apple cut',
  'peach whole',
  'peach cut',
  'plum whole',
  'plum cut',
  'orange whole',
  'orange cut',
  'pear',
  'strawberry',
  'lemon',
  'grapefruit',
  'persimmon',
] as const;

const range = (min: number, max: number, step = 1) => ({ control: { type: 'range', min, max, step } }) as const;
const text = { control: 'text' } as const;
const toggle = { control: 'boolean' } as const;
const choice = (...options: readonly string[]) => ({ control: 'select', options }) as const;

/** What the controls of a story look like, by attribute. */
export const attributeControls = {
  model: choice('pomona', 'cats', 'flowers'),
  src: text,
  integrity: text,
  seed: text,
  'latent-dim': range(1, 128),
  truncation: range(0, 2, 0.05),
  'class-label': choice(...FRUITS),
  noise: choice('const', 'none', 'random'),
  directions: text,
  mix: text,
  samples: range(1, 64),
  columns: range(1, 8),
  autoplay: toggle,
  interval: range(200, 5000, 100),
  loop: toggle,
  backend: choice('auto', 'webgpu', 'wasm', 'cpu'),
  loading: choice('lazy', 'eager'),
  poster: text,
  alt: text,
  controls: toggle,
  trainable: toggle,
} as const satisfies Partial<ArgTypes<Attributes>>;

/** The tag with these attributes; `content` comes between its start and its end. */
export function renderPicture(attributes: Attributes, content: TemplateResult | string = ''): TemplateResult {
  const { model, src, integrity, seed, truncation, noise, directions, mix, samples, columns, interval, backend, loading, poster, alt } =
    attributes;
  return html`<gan-canvas
    model=${ifDefined(model)}
    src=${ifDefined(src)}
    integrity=${ifDefined(integrity)}
    seed=${ifDefined(seed)}
    latent-dim=${ifDefined(attributes['latent-dim'])}
    truncation=${ifDefined(truncation)}
    class-label=${ifDefined(attributes['class-label'])}
    noise=${ifDefined(noise)}
    directions=${ifDefined(directions)}
    mix=${ifDefined(mix)}
    samples=${ifDefined(samples)}
    columns=${ifDefined(columns)}
    ?autoplay=${attributes.autoplay ?? false}
    interval=${ifDefined(interval)}
    ?loop=${attributes.loop ?? false}
    backend=${ifDefined(backend)}
    loading=${ifDefined(loading)}
    poster=${ifDefined(poster)}
    alt=${ifDefined(alt)}
    ?controls=${attributes.controls ?? false}
    ?trainable=${attributes.trainable ?? false}
    >${content}</gan-canvas
  >`;
}
