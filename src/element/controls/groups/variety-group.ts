import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { latentDimRange, readNumber, truncationRange } from '../../read-settings.ts';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { renderSlider } from '../render-slider.ts';
import type { SmallPicture } from '../small-pictures.ts';
import { meanDistance, readDiversity } from '../variety-figures.ts';

/** Pictures of a size of the latent, by which the variety of a model without figures is measured. */
const MEASURED = 10;

const ignore = () => undefined;

function latentDimOf({ settings, info }: ControlDesk): number {
  return readNumber(settings.latentDim, latentDimRange(info), ignore);
}

/** How many numbers describe a picture, how bold it is, and of which kind. */
export class VarietyGroup implements ControlGroup {
  readonly id = 'variety';
  readonly title = 'Size and variety';

  render(desk: ControlDesk): TemplateResult {
    return html`${this.#renderKind(desk)} ${this.#renderSize(desk)} ${this.#renderTruncation(desk)}`;
  }

  /** Where the file says nothing of its variety, pictures of other seeds do: these at the size that is set, and at the full one. */
  pictures(desk: ControlDesk): readonly SmallPicture[] {
    const [latentDim, { zDim }] = [latentDimOf(desk), desk.info];
    if (latentDim === zDim || readDiversity(desk.info, latentDim) !== null) return [];
    return [latentDim, zDim].flatMap((size) =>
      Array.from({ length: MEASURED }, (_, index) => ({
        id: `variety/${size}/${index}`,
        options: { seed: `variety/${index}`, latentDim: size },
      })),
    );
  }

  #renderKind({ info: { labels }, settings, rest }: ControlDesk): TemplateResult | typeof nothing {
    if (labels.length === 0) return nothing;
    const chosen = settings.classLabel === null ? '' : (labels[Number(settings.classLabel)] ?? String(settings.classLabel));
    const isChosen = labels.includes(chosen);
    return html`
      <label class="field">
        Kind
        <select
          part="field"
          id="class-label"
          @change=${({ target }: Event) => rest({ classLabel: (target as HTMLSelectElement).value || null })}
        >
          <option value="" .selected=${!isChosen}>Whatever the seed says</option>
          ${labels.map((label) => html`<option value=${label} .selected=${label === chosen}>${label}</option>`)}
        </select>
      </label>
    `;
  }

  #renderSize(desk: ControlDesk): TemplateResult {
    const { zDim } = desk.info;
    const latentDim = latentDimOf(desk);
    return renderSlider({
      name: 'latent-dim',
      title: 'Size of the latent',
      ...{ min: 1, max: zDim, step: 1, value: latentDim },
      text: `${latentDim} of ${zDim}`,
      hint: this.#renderDiversity(desk, latentDim),
      onMove: (value) => desk.move({ latentDim: value === zDim ? null : value }),
      onRest: () => desk.rest(),
    });
  }

  #renderDiversity(desk: ControlDesk, latentDim: number): TemplateResult {
    const diversity = latentDim === desk.info.zDim ? 1 : (readDiversity(desk.info, latentDim) ?? this.#measure(desk, latentDim));
    const percent = diversity === null ? '…' : `${Math.round(100 * diversity)} %`;
    return html`
      <span class="diversity">
        Diversity left <b>${percent}</b>
        <meter part="meter" min="0" max="1" value=${diversity ?? 0} aria-hidden="true"></meter>
      </span>
      ${tellSize(latentDim, desk.info.labels.length > 0)}
    `;
  }

  #measure({ imageOf, info }: ControlDesk, latentDim: number): number | null {
    const [some, all] = [latentDim, info.zDim].map((size) =>
      Array.from({ length: MEASURED }, (_, index) => imageOf(`variety/${size}/${index}`)).filter((image) => image !== undefined),
    );
    if (some?.length !== MEASURED || all?.length !== MEASURED) return null;
    const whole = meanDistance(all);
    return whole === 0 ? null : Math.min(1, meanDistance(some) / whole);
  }

  #renderTruncation(desk: ControlDesk): TemplateResult {
    const range = truncationRange(desk.info);
    const truncation = readNumber(desk.settings.truncation, range, ignore);
    return renderSlider({
      name: 'truncation',
      title: 'Truncation',
      ...{ min: range.min, max: range.max, step: 0.05, value: truncation },
      text: truncation.toFixed(2),
      hint: '0 is the mean of all pictures; more is bolder, and wilder.',
      onMove: (value) => desk.move({ truncation: value === range.fallback ? null : value }),
      onRest: () => desk.rest(),
    });
  }
}

function tellSize(latentDim: number, hasClasses: boolean): string {
  const each = hasClasses ? ' of each kind' : '';
  if (latentDim === 1) return `One number leaves two pictures${each}: only its sign counts.`;
  if (latentDim === 2) return `Two numbers leave a circle of pictures${each}.`;
  return 'So many numbers describe a picture.';
}
