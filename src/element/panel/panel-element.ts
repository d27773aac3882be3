import type { CSSResult } from 'lit';
import { LitElement } from 'lit';
import { adoptStyles } from '../adopt-styles.ts';

/** A panel of the element, in a shadow tree of its own. */
export abstract class PanelElement extends LitElement {
  /** The style sheets of the panel. */
  protected abstract readonly sheets: readonly CSSResult[];

  /** Constructed style sheets belong to their document: after `adoptNode` new ones are needed. */
  adoptedCallback(): void {
    adoptStyles(this, this.sheets);
  }

  /** With style sheets of the document that it is in, which need not be that of the script. */
  protected override createRenderRoot(): ShadowRoot {
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    adoptStyles(this, this.sheets);
    // It would leave the panel as one of the element's own, whose `input` event tells that its settings changed.
    root.addEventListener('input', (event) => event.stopPropagation());
    return root;
  }
}

/** Registers a panel under the first name that is free: another copy of the library on the page has its own panel. */
export function registerPanel(name: string, panel: CustomElementConstructor): void {
  let free = name;
  for (let copy = 2; customElements.get(free); copy += 1) free = `${name}-${copy}`;
  customElements.define(free, panel);
}
