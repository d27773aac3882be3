import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { live } from 'lit/directives/live.js';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { formatSize, sizeOf, titleDirection, type DirectionKind, type ListedDirection } from '../direction-catalog.ts';
import { renderSmallPicture } from '../render-small-picture.ts';
import type { SmallPicture } from '../small-pictures.ts';

const KINDS = [
  { kind: 'named', title: 'By name' },
  { kind: 'pca', title: 'Found by PCA' },
  { kind: 'sefa', title: 'Found by SeFa' },
] as const;

const HINTS = {
  named: '',
  pca: 'Nobody named these: the ways in which the model’s pictures vary most.',
  sefa: 'Nobody named these: the steps that the weights turn into most change.',
} as const satisfies Record<DirectionKind, string>;

/** A slider for each direction, between the pictures of its two ends. */
export class DirectionsGroup implements ControlGroup {
  readonly id = 'directions';
  readonly title = 'Directions';

  pictures(desk: ControlDesk): readonly SmallPicture[] {
    const { settings, info, directions } = desk;
    return directions.list(info, settings.directions).flatMap((direction) =>
      direction.range.map((size) => ({
        id: idOf(direction, size),
        options: { directions: directions.withSize(info, settings.directions, direction, size) },
      })),
    );
  }

  render(desk: ControlDesk): TemplateResult {
    const { info, settings, directions } = desk;
    const kind = directions.kindFor(info);
    const listed = directions.list(info, settings.directions);
    if (listed.length === 0 && directions.kind === null) void directions.show(kind, desk.host);
    const note = directions.note || HINTS[kind];
    return html`
      <div class="bar">
        <label class="field"
          >Which
          <select
            part="field"
            id="direction-kind"
            @change=${({ target }: Event) => void directions.show((target as HTMLSelectElement).value as DirectionKind, desk.host)}
          >
            ${KINDS.filter((each) => each.kind !== 'named' || directions.named(info).length > 0).map(
              (each) => html`<option value=${each.kind} .selected=${each.kind === kind}>${each.title}</option>`,
            )}
          </select>
        </label>
        <button type="button" part="button" id="centre" @click=${() => desk.rest({ directions: {} })}>All to the middle</button>
      </div>
      ${note === '' ? nothing : html`<p class="hint" role="status">${note}</p>`}
      <ul class="directions">
        ${repeat(
          listed,
          ({ name }) => name,
          (direction) => renderDirection(desk, direction),
        )}
      </ul>
    `;
  }
}

function idOf({ name }: ListedDirection, size: number): string {
  return `direction/${name}/${size}`;
}

function renderDirection(desk: ControlDesk, direction: ListedDirection): TemplateResult {
  const { info, settings, directions, imageOf } = desk;
  const [least, most] = direction.range;
  const size = sizeOf(settings.directions, direction.name);
  const id = `direction-${direction.name}`;
  const move = ({ target }: Event) =>
    desk.move({ directions: directions.withSize(info, desk.settings.directions, direction, (target as HTMLInputElement).valueAsNumber) });
  return html`
    <li class="direction" part="direction">
      ${renderSmallPicture(imageOf(idOf(direction, least)), 'end')}
      <div class="slider">
        <label for=${id}>${titleDirection(direction)}</label>
        <output for=${id} aria-live="off">${formatSize(size)}</output>
        <input
          type="range"
          part="slider"
          id=${id}
          min=${least}
          max=${most}
          step="0.1"
          aria-valuetext=${formatSize(size)}
          .value=${live(String(size))}
          @input=${move}
          @change=${() => desk.rest()}
        />
      </div>
      ${renderSmallPicture(imageOf(idOf(direction, most)), 'end')}
    </li>
  `;
}
