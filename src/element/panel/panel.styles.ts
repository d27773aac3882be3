import { css } from 'lit';
import { liveRegionStyles } from '../live-region.styles.ts';

/** The panel's box, its colours and its words. */
export const panelStyles = css`
  :host {
    --accent: var(--gan-canvas-accent, CanvasText);
    --accent-text: var(--gan-canvas-accent-text, Canvas);
    --faint: color-mix(in srgb, currentColor 72%, transparent);
    --line: color-mix(in srgb, currentColor 26%, transparent);
    --soft: color-mix(in srgb, currentColor 6%, transparent);
    --alarm: light-dark(#a3160c, #ff9d8f);
    display: block;
    container-type: inline-size;
    background: var(--gan-canvas-panel-background, Canvas);
    color: var(--gan-canvas-panel-color, CanvasText);
    font: var(--gan-canvas-panel-font, 0.9375rem/1.45 system-ui, sans-serif);
    text-align: start;
    overflow-wrap: anywhere;
  }

  *,
  *::before {
    box-sizing: border-box;
  }

  [hidden] {
    display: none !important;
  }

  /* The words are English: on a page that runs from right to left they keep their order, and lie where its own would. */
  :is(p, small, output, button) {
    unicode-bidi: plaintext;
  }

  :host(:dir(rtl)) :is(p, small) {
    text-align: right;
  }

  .panel {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1rem;
    padding: 1rem;
  }

  .pictures,
  .running,
  .outcome,
  .kept {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.75rem;
  }

  h2 {
    margin: 0;
    font-size: 1.15em;
    line-height: 1.25;
    text-wrap: balance;
  }

  p,
  figure,
  ul,
  fieldset {
    min-inline-size: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }

  ul {
    list-style: none;
  }

  legend {
    padding: 0;
    margin-block-end: 0.4rem;
    font-weight: 600;
  }

  small,
  .hint,
  figcaption,
  .figures,
  .legend {
    color: var(--faint);
    font-size: 0.875em;
  }

  .lead {
    justify-self: start;
    font-weight: 600;
  }

  .failure {
    color: var(--alarm);
  }

  .failure b {
    display: block;
  }

  .lead.failure {
    font-weight: 400;
  }

  ${liveRegionStyles}

  @container (inline-size >= 26rem) {
    .panel {
      padding: 1.25rem;
    }
  }
`;
