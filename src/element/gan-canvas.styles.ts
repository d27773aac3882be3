import { css } from 'lit';
import { liveRegionStyles } from './live-region.styles.ts';

export const styles = css`
  :host {
    display: inline-block;
    inline-size: 256px;
    max-inline-size: 100%;
    border-radius: var(--gan-canvas-radius, 0);
  }

  :host([hidden]) {
    display: none !important;
  }

  [part='base'] {
    display: block;
    position: relative;
    inline-size: 100%;
    block-size: 100%;
    contain: content;
    border-radius: inherit;
    background: var(--gan-canvas-background, transparent);
  }

  /* With a panel, a box that is too low is scrolled: nothing of it is out of reach. */
  .panels {
    overflow: auto;
    container-type: inline-size;
  }

  .layout {
    display: contents;
  }

  .picture {
    position: relative;
    inline-size: 100%;
    block-size: 100%;
    border-radius: inherit;
  }

  .panels .picture {
    block-size: auto;
  }

  canvas {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: var(--gan-canvas-fit, contain);
    image-rendering: var(--gan-canvas-rendering, auto);
  }

  canvas.empty {
    visibility: hidden;
  }

  [part='placeholder'] {
    position: absolute;
    inset: 0;
    display: grid;
    overflow: auto;
    border-radius: inherit;
    background: color-mix(in srgb, currentColor 7%, transparent);
  }

  .loading::before {
    content: '';
    grid-area: 1 / 1;
    background: linear-gradient(105deg, transparent 35%, color-mix(in srgb, currentColor 8%, transparent) 50%, transparent 65%) 0 / 300%;
  }

  img,
  ::slotted([slot='poster']) {
    grid-area: 1 / 1;
    display: block;
    inline-size: 100%;
    block-size: 100%;
    min-block-size: 0;
    object-fit: var(--gan-canvas-fit, contain);
  }

  [part='load'] {
    grid-area: 1 / 1;
    place-self: center;
    max-inline-size: 100%;
    padding: 0.75em 1.25em;
    font:
      0.875em/1.3 system-ui,
      sans-serif;
    cursor: pointer;
  }

  [part='load'] small {
    display: block;
    font-size: 0.85em;
    opacity: 0.75;
  }

  [part='fallback'] {
    place-self: center;
    max-inline-size: 100%;
  }

  [part='fallback'][hidden] {
    display: none;
  }

  [part='message'] {
    place-self: center;
    margin: 0;
    padding: 1em;
    font:
      0.875em/1.45 system-ui,
      sans-serif;
    text-align: center;
    overflow-wrap: anywhere;
  }

  [part='progress'] {
    position: absolute;
    inset: auto 0 0;
    inline-size: 100%;
    block-size: 3px;
    border: 0;
    appearance: none;
    background: transparent;
    accent-color: var(--gan-canvas-accent, currentColor);
    color: var(--gan-canvas-accent, currentColor);
  }

  [part='progress']::-webkit-progress-bar {
    background: transparent;
  }

  [part='progress']::-webkit-progress-value,
  [part='progress']::-moz-progress-bar {
    background: currentColor;
  }

  ${liveRegionStyles}

  /* What a panel takes at first; gan-canvas.css has the same. */
  .coming {
    box-sizing: border-box;
    min-block-size: 6.9rem;
  }

  .coming.training {
    min-block-size: 64rem;
  }

  @container (inline-size >= 22rem) {
    .coming {
      min-block-size: 4.5rem;
    }
  }

  @container (inline-size >= 26rem) {
    .coming.training {
      min-block-size: 41rem;
    }
  }

  /* Where there is room, the controls stand beside the picture and are scrolled there: it stays in sight of what steers it. */
  @container (inline-size >= 44rem) {
    .layout:has([part='controls'], .coming) {
      display: grid;
      grid-template-columns: minmax(0, 1fr) clamp(20rem, 42%, 30rem);
    }

    .layout > .picture {
      align-self: start;
    }

    [part='controls'],
    .layout .coming {
      block-size: 0;
      min-block-size: max(100%, 24rem);
      --list-size: none;
      overflow: auto;
      overscroll-behavior: contain;
    }
  }

  @media (prefers-reduced-motion: no-preference) {
    .loading::before {
      animation: sheen 1.8s ease-in-out infinite;
    }
  }

  @media (forced-colors: active) {
    [part='placeholder'] {
      border: 1px solid CanvasText;
    }
  }

  @media print {
    [part='progress'],
    .loading::before {
      display: none;
    }
  }

  @keyframes sheen {
    from {
      background-position: 120% 0;
    }
    to {
      background-position: -20% 0;
    }
  }
`;
