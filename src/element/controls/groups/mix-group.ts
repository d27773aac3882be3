import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { parseLayers } from '../../../latent/directions.ts';
import { readStyleMix, type StyleMix } from '../../../latent/style-mix.ts';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { formatMix } from '../describe-tag.ts';
import { drawSeed } from '../random-seed.ts';
import { renderSlider } from '../render-slider.ts';
import { renderSmallPicture } from '../render-small-picture.ts';
import type { SmallPicture } from '../small-pictures.ts';

/** A mix whose layers are read. */
interface Mix {
  readonly seed: string;
  readonly first: number;
  readonly last: number;
}

/** Two seeds: layers of the picture that take their style from another one. */
export class MixGroup implements ControlGroup {
  readonly id = 'mix';
  readonly title = 'Mix';

  /** A network of one layer has nothing to mix. */
  isOffered({ info }: ControlDesk): boolean {
    return info.numWs > 1;
  }

  pictures(desk: ControlDesk): readonly SmallPicture[] {
    const mix = mixOf(desk);
    if (!mix) return [];
    const { seed } = desk.settings;
    return [seed, mix.seed].map((each, index) => ({ id: `mix/${index}`, options: { seed: each, mix: '' } }));
  }

  render(desk: ControlDesk): TemplateResult {
    const mix = mixOf(desk);
    return html`
      <div class="bar">
        <label class="field">
          The other seed
          <input
            type="text"
            part="field"
            id="mix-seed"
            autocomplete="off"
            autocapitalize="off"
            spellcheck="false"
            placeholder="none"
            .value=${mix?.seed ?? ''}
            @change=${({ target }: Event) => setSeed(desk, (target as HTMLInputElement).value)}
          />
        </label>
        <button type="button" part="button" id="mix-new" @click=${() => setSeed(desk, drawSeed())}>New</button>
        <button type="button" part="button" id="mix-none" aria-disabled=${!mix} @click=${() => setSeed(desk, '')}>None</button>
      </div>
      ${mix ? this.#renderMix(desk, mix) : nothing}
      <p class="hint">The first layers decide the shape, the last ones colours and texture.</p>
    `;
  }

  #renderMix(desk: ControlDesk, mix: Mix): TemplateResult {
    const end = desk.info.numWs - 1;
    const shared = { min: 0, max: end, step: 1, onRest: () => desk.rest() };
    return html`
      <div class="pair">
        <figure>
          ${renderSmallPicture(desk.imageOf('mix/0'))}
          <figcaption>This seed</figcaption>
        </figure>
        <figure>
          ${renderSmallPicture(desk.imageOf('mix/1'))}
          <figcaption>The other</figcaption>
        </figure>
      </div>
      ${renderSlider({
        ...{ ...shared, name: 'mix-first', title: 'From layer', value: mix.first, text: `${mix.first} of ${end}` },
        onMove: (first) => desk.move({ mix: format({ ...mix, first, last: Math.max(first, mix.last) }) }),
      })}
      ${renderSlider({
        ...{ ...shared, name: 'mix-last', title: 'To layer', value: mix.last, text: `${mix.last} of ${end}` },
        onMove: (last) => desk.move({ mix: format({ ...mix, last, first: Math.min(last, mix.first) }) }),
      })}
    `;
  }
}

/** The mix that is set; null when there is none, or it cannot be read: the element has said so. */
function mixOf({ settings: { mix }, info }: ControlDesk): Mix | null {
  if (mix === null || mix === '') return null;
  try {
    const { seed, layers }: StyleMix = readStyleMix(mix);
    const [first, last] = parseLayers(layers, info.numWs);
    return { seed, first, last };
  } catch {
    return null;
  }
}

function format({ seed, first, last }: Mix): string {
  return formatMix({ seed, layers: [first, last] });
}

/** Mixes with a seed, at first in the latter half of the layers; without one, not at all. */
function setSeed(desk: ControlDesk, seed: string): void {
  const { numWs } = desk.info;
  const layers = mixOf(desk) ?? { first: Math.floor(numWs / 2), last: numWs - 1 };
  desk.rest({ mix: seed === '' ? null : format({ ...layers, seed }) });
}
