import type { CSSResult } from 'lit';
import { css, LitElement } from 'lit';
import { property } from 'lit/decorators/property.js';

/**
 * A direction of the `<gan-canvas>` that it is a child of: `<gan-direction name="redness" size="1.2"></gan-direction>`. It shows nothing. The
 * attribute `directions` of `<gan-canvas>` beats its children, and the property both.
 *
 * @summary A direction to move the picture along, as an element.
 *
 * @element gan-direction
 */
export class GanDirection extends LitElement {
  static override styles: CSSResult = css`
    :host {
      display: none;
    }
  `;

  /** Name of a direction that the model has, or, with `vector`, one of its own. */
  @property({ reflect: true, useDefault: true }) name = '';

  /** How far to go, in the direction's own standard deviations; default 1. */
  @property({ reflect: true, useDefault: true }) size: number | string = 1;

  /** Indices of ws that it moves, inclusive: `4-7` or `5`; null: the direction's own, else all. */
  @property({ reflect: true, useDefault: true }) layers: string | null = null;

  /** A vector of one's own as a JSON array, w_dim numbers (a DCGAN: z_dim); null: that of the name. */
  @property({ reflect: true, useDefault: true }) vector: string | null = null;
}

declare global {
  interface HTMLElementTagNameMap {
    'gan-direction': GanDirection;
  }
}
