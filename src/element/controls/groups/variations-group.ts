import type { TemplateResult } from 'lit';
import { html } from 'lit';
import { live } from 'lit/directives/live.js';
import type { ControlDesk, ControlGroup } from '../control-group.ts';
import { moveInGrid } from '../move-in-grid.ts';
import { renderSmallPicture } from '../render-small-picture.ts';
import type { SmallPicture } from '../small-pictures.ts';

const COUNTS = [4, 9, 16, 25, 36, 49, 64] as const;

/** Seed of a cell of a grid, as `samples` has them. */
function seedOfCell(seed: string, cell: number): string {
  return cell === 0 ? seed : `${seed}/${cell}`;
}

/** A grid of pictures of related seeds, of which one is chosen. */
export class VariationsGroup implements ControlGroup {
  readonly id = 'variations';
  readonly title = 'Variations';
  #count = 9;
  /** The cell that the Tab key reaches. */
  #active = 0;

  pictures({ settings: { seed } }: ControlDesk): readonly SmallPicture[] {
    return Array.from({ length: this.#count }, (_, cell) => ({ id: `variation/${cell}`, options: { seed: seedOfCell(seed, cell) } }));
  }

  render(desk: ControlDesk): TemplateResult {
    const isLarge = (desk.settings.samples ?? 1) > 1;
    const columns = Math.sqrt(this.#count);
    return html`
      <div class="bar">
        <label class="field"
          >How many
          <select part="field" id="variation-count" @change=${(event: Event) => this.#handleCount(event, desk)}>
            ${COUNTS.map((count) => html`<option value=${count} .selected=${count === this.#count}>${count}</option>`)}
          </select>
        </label>
        <label class="choice">
          <input
            type="checkbox"
            id="variations-large"
            .checked=${live(isLarge)}
            @change=${() => desk.rest({ samples: isLarge ? null : this.#count })}
          />
          <span>Show all at large</span>
        </label>
      </div>
      <div
        class="variations across-${columns}"
        part="variations"
        role="group"
        aria-label="Variations"
        @keydown=${(event: KeyboardEvent) => this.#handleKey(event, desk, columns)}
      >
        ${Array.from({ length: this.#count }, (_, cell) => this.#renderCell(desk, cell))}
      </div>
      <p class="hint">Choose one to go on from it. Arrow keys move, Enter chooses.</p>
    `;
  }

  #renderCell(desk: ControlDesk, cell: number): TemplateResult {
    const { seed } = desk.settings;
    return html`
      <button
        type="button"
        class="variation"
        part="variation"
        id="variation-${cell}"
        tabindex=${cell === Math.min(this.#active, this.#count - 1) ? 0 : -1}
        aria-label="Variation ${cell + 1}, seed ${seedOfCell(seed, cell)}"
        aria-current=${cell === 0}
        @click=${() => this.#choose(desk, cell)}
      >
        ${renderSmallPicture(desk.imageOf(`variation/${cell}`))}
      </button>
    `;
  }

  #choose(desk: ControlDesk, cell: number): void {
    this.#active = 0;
    desk.focus('#variation-0');
    desk.announce(`Variation ${cell + 1} is chosen.`);
    desk.rest({ seed: seedOfCell(desk.settings.seed, cell), samples: null });
  }

  #handleCount({ target }: Event, desk: ControlDesk): void {
    this.#count = Number((target as HTMLSelectElement).value);
    if ((desk.settings.samples ?? 1) > 1) desk.rest({ samples: this.#count });
    desk.requestUpdate();
  }

  #handleKey(event: KeyboardEvent, desk: ControlDesk, columns: number): void {
    const next = moveInGrid(event, this.#active, this.#count, columns);
    if (next === null) return;
    event.preventDefault();
    this.#active = next;
    desk.focus(`#variation-${next}`);
  }
}
