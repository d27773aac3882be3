import type { TemplateResult } from 'lit';
import { html, nothing } from 'lit';
import { live } from 'lit/directives/live.js';
import { styleMap } from 'lit/directives/style-map.js';
import type { DirectionsInput } from '../../../latent/directions-input.ts';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { formatSize, sizeOf, titleDirection, type ListedDirection } from '../direction-catalog.ts';
import { renderSmallPicture } from '../render-small-picture.ts';
import type { SmallPicture } from '../small-pictures.ts';

/** Pictures along a side of the pad. */
const SIDE = 3;
/** Parts of a range that an arrow key moves by, and Page keys. */
const [STEPS, LEAPS] = [30, 6];

type Axis = 'x' | 'y';

const MOVES: Readonly<Record<string, readonly [axis: Axis, share: number]>> = {
  ArrowLeft: ['x', -1 / STEPS],
  ArrowRight: ['x', 1 / STEPS],
  ArrowDown: ['y', -1 / STEPS],
  ArrowUp: ['y', 1 / STEPS],
  PageDown: ['y', -1 / LEAPS],
  PageUp: ['y', 1 / LEAPS],
};

/** A plane of two directions, in which the picture is dragged. */
export class PadGroup implements ControlGroup {
  readonly id = 'pad';
  readonly title = 'Pad';
  readonly #names: Record<Axis, string | null> = { x: null, y: null };

  isOffered({ directions, info, settings }: ControlDesk): boolean {
    return directions.list(info, settings.directions).length > 1;
  }

  clear(): void {
    this.#names.x = this.#names.y = null;
  }

  pictures(desk: ControlDesk): readonly SmallPicture[] {
    const axes = this.#axes(desk);
    if (!axes) return [];
    return CELLS.map(([x, y]) => ({
      id: `pad/${x}/${y}`,
      options: { directions: place(desk, axes, { x: x / (SIDE - 1), y: y / (SIDE - 1) }) },
    }));
  }

  render(desk: ControlDesk): TemplateResult {
    const axes = this.#axes(desk);
    if (!axes) return html`<p class="hint">The pad takes two directions; this model shows none.</p>`;
    const listed = desk.directions.list(desk.info, desk.settings.directions);
    return html`
      <div class="bar">${(['x', 'y'] as const).map((axis) => this.#renderChoice(desk, axis, listed, axes[axis]))}</div>
      ${this.#renderPad(desk, axes)}
      <p class="hint">Drag in the square, or use the arrow keys.</p>
    `;
  }

  #axes({ directions, info, settings }: ControlDesk): Record<Axis, ListedDirection> | null {
    const listed = directions.list(info, settings.directions);
    const find = (name: string | null, other: number) => listed.find((each) => each.name === name) ?? listed[other];
    const [x, y] = [find(this.#names.x, 0), find(this.#names.y, 1)];
    return x && y ? { x, y } : null;
  }

  #renderChoice(desk: ControlDesk, axis: Axis, listed: readonly ListedDirection[], chosen: ListedDirection): TemplateResult {
    return html`
      <label class="field"
        >${axis === 'x' ? 'Across' : 'Up'}
        <select
          part="field"
          id="pad-${axis}-direction"
          @change=${({ target }: Event) => {
            this.#names[axis] = (target as HTMLSelectElement).value;
            desk.requestUpdate();
          }}
        >
          ${listed.map((each) => html`<option value=${each.name} .selected=${each.name === chosen.name}>${titleDirection(each)}</option>`)}
        </select>
      </label>
    `;
  }

  #renderPad(desk: ControlDesk, axes: Record<Axis, ListedDirection>): TemplateResult {
    const { settings, imageOf } = desk;
    const [x, y] = [shareOf(axes.x, settings.directions), shareOf(axes.y, settings.directions)];
    return html`
      <div
        class="pad"
        part="pad"
        role="group"
        aria-label="Pad"
        dir="ltr"
        @pointerdown=${(event: PointerEvent) => handlePointer(event, desk, axes)}
        @pointermove=${(event: PointerEvent) => handlePointer(event, desk, axes)}
        @pointerup=${() => desk.rest()}
        @pointercancel=${() => desk.rest()}
        @keydown=${(event: KeyboardEvent) => handleKey(event, desk, axes)}
        @keyup=${({ key }: KeyboardEvent) => (key in MOVES ? desk.rest() : undefined)}
      >
        ${CELLS.toSorted(byRow).map(([column, row]) => renderSmallPicture(imageOf(`pad/${column}/${row}`)))}
        ${(['x', 'y'] as const).map((axis) => renderAxis(desk, axes[axis], axis))}
        <span class="knob" part="knob" style=${styleMap({ left: `${100 * x}%`, bottom: `${100 * y}%` })}></span>
      </div>
    `;
  }
}

/** Columns and rows, from the lower left. */
const CELLS = Array.from({ length: SIDE * SIDE }, (_, index) => [index % SIDE, Math.floor(index / SIDE)] as const);

/** As they lie in the page: the uppermost row first. */
function byRow([, a]: readonly [number, number], [, b]: readonly [number, number]): number {
  return b - a;
}

function shareOf({ name, range: [least, most] }: ListedDirection, directions: DirectionsInput): number {
  return Math.min(1, Math.max(0, (sizeOf(directions, name) - least) / (most - least)));
}

/** Rounded as the sliders are, so that the middle is met. */
function sizeAt({ range: [least, most] }: ListedDirection, share: number): number {
  const size = least + Math.min(1, Math.max(0, share)) * (most - least);
  return Number(size.toFixed(1)) || 0;
}

/** The directions with the picture at a place of the pad, in shares of its sides from the lower left. */
function place(
  { directions, info, settings }: ControlDesk,
  { x, y }: Record<Axis, ListedDirection>,
  at: Record<Axis, number>,
): DirectionsInput {
  const across = directions.withSize(info, settings.directions, x, sizeAt(x, at.x));
  return x.name === y.name ? across : directions.withSize(info, across, y, sizeAt(y, at.y));
}

function handlePointer(event: PointerEvent, desk: ControlDesk, axes: Record<Axis, ListedDirection>): void {
  const pad = event.currentTarget as HTMLElement;
  if (event.type === 'pointerdown') {
    pad.setPointerCapture(event.pointerId);
    pad.querySelector<HTMLElement>('input')?.focus();
    event.preventDefault();
  } else if (!pad.hasPointerCapture(event.pointerId)) return;
  const { left, bottom, width, height } = pad.getBoundingClientRect();
  desk.move({ directions: place(desk, axes, { x: (event.clientX - left) / width, y: (bottom - event.clientY) / height }) });
}

function handleKey(event: KeyboardEvent, desk: ControlDesk, axes: Record<Axis, ListedDirection>): void {
  const [axis, share] = MOVES[event.key] ?? [];
  if (axis === undefined || share === undefined) return;
  event.preventDefault();
  const { directions } = desk.settings;
  const at = { x: shareOf(axes.x, directions), y: shareOf(axes.y, directions) };
  desk.move({ directions: place(desk, axes, { ...at, [axis]: at[axis] + share }) });
}

/** A slider for assistive technology and for Tab; arrow keys in it move in both directions of the pad. */
function renderAxis(desk: ControlDesk, direction: ListedDirection, axis: Axis): TemplateResult {
  const size = sizeOf(desk.settings.directions, direction.name);
  const [least, most] = direction.range;
  return html`
    <input
      type="range"
      class="axis"
      id="pad-${axis}"
      aria-label="${titleDirection(direction)}, ${axis === 'x' ? 'across' : 'up'}"
      aria-valuetext=${formatSize(size)}
      aria-orientation=${axis === 'x' ? nothing : 'vertical'}
      min=${least}
      max=${most}
      step="0.1"
      .value=${live(String(size))}
      @input=${({ target }: Event) =>
        desk.move({
          directions: desk.directions.withSize(desk.info, desk.settings.directions, direction, (target as HTMLInputElement).valueAsNumber),
        })}
      @change=${() => desk.rest()}
    />
  `;
}
