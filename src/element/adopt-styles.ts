import type { CSSResult } from 'lit';

/** Gives an element that came into another document style sheets of that document; those of the last one have no effect there. */
export function adoptStyles({ ownerDocument, shadowRoot }: Element, styles: readonly CSSResult[]): void {
  const view = ownerDocument.defaultView;
  if (!view || !shadowRoot) return;
  shadowRoot.adoptedStyleSheets = styles.map(({ cssText }) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(cssText);
    return sheet;
  });
}
