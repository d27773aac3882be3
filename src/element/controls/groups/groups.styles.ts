import { css } from 'lit';

/** What is in the groups. */
export const groupStyles = css`
  .slider {
    display: grid;
    grid-template: 'label text' auto 'input input' auto 'hint hint' auto / minmax(0, 1fr) auto;
    gap: 0 0.75rem;
    align-items: baseline;
    min-inline-size: 0;
  }

  .slider > label {
    font-weight: 500;
  }

  .slider > output {
    color: var(--faint);
    font-variant-numeric: tabular-nums;
  }

  .slider > input {
    grid-area: input;
  }

  .slider > .hint {
    grid-area: hint;
  }

  input[type='range'] {
    inline-size: 100%;
    min-inline-size: 0;
    block-size: 1.75rem;
    margin: 0;
  }

  .field {
    display: block;
    min-inline-size: 0;
    font-weight: 500;
  }

  .field :is(select, textarea) {
    font-weight: 400;
  }

  textarea {
    display: block;
    inline-size: 100%;
    margin-block-start: 0.25rem;
    padding: 0.5rem 0.6rem;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: var(--soft);
    color: inherit;
    font:
      0.8125rem/1.5 ui-monospace,
      'SF Mono',
      'Cascadia Mono',
      'DejaVu Sans Mono',
      Menlo,
      Consolas,
      monospace;
    resize: vertical;
  }

  .bar {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 0.75rem;
    align-items: end;
  }

  .bar > .field {
    flex: 1 1 7rem;
  }

  .bar > .choice {
    align-self: center;
  }

  .bar > .field ~ .choice {
    align-self: end;
    padding-block-end: 0.6rem;
  }

  .diversity {
    display: flex;
    flex-wrap: wrap;
    gap: 0 0.5rem;
    align-items: center;
    color: var(--gan-canvas-panel-color, CanvasText);
  }

  .diversity b {
    min-inline-size: 3.2em;
    font-variant-numeric: tabular-nums;
  }

  meter {
    flex: 1 1 5rem;
    max-inline-size: 12rem;
    block-size: 0.4rem;
    min-inline-size: 0;
    border: 0;
    border-radius: 1rem;
    background: var(--line);
    overflow: clip;
    appearance: none;
  }

  meter::-webkit-meter-inner-element {
    display: block;
  }

  meter::-webkit-meter-bar {
    block-size: 100%;
    border: 0;
    background: transparent;
  }

  meter::-webkit-meter-optimum-value {
    border-radius: 1rem;
    background: var(--accent);
  }

  meter::-moz-meter-bar {
    border-radius: 1rem;
    background: var(--accent);
  }

  .small {
    display: block;
    inline-size: 100%;
    aspect-ratio: 1;
    border-radius: 0.25rem;
    image-rendering: var(--gan-canvas-rendering, auto);
  }

  .small.empty {
    background: var(--soft);
  }

  /* Below the picture it is scrolled, so that the picture stays near; beside it the whole panel is. */
  .directions {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.9rem;
    max-block-size: var(--list-size, max(15rem, 42svh));
    margin: -0.25rem;
    padding: 0.25rem;
    overflow-y: auto;
    overscroll-behavior: contain;
  }

  .direction {
    display: grid;
    grid-template-columns: 3rem minmax(0, 1fr) 3rem;
    gap: 0.6rem;
    align-items: center;
  }

  .variations {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    gap: 0.35rem;
  }

  .across-2 {
    grid-template-columns: repeat(2, minmax(0, 1fr));
  }
  .across-4 {
    grid-template-columns: repeat(4, minmax(0, 1fr));
  }
  .across-5 {
    grid-template-columns: repeat(5, minmax(0, 1fr));
  }
  .across-6 {
    grid-template-columns: repeat(6, minmax(0, 1fr));
  }
  .across-7 {
    grid-template-columns: repeat(7, minmax(0, 1fr));
    gap: 0.15rem;
  }
  .across-8 {
    grid-template-columns: repeat(8, minmax(0, 1fr));
    gap: 0.15rem;
  }

  .variation {
    min-block-size: 0;
    padding: 0;
    border: 0;
    border-radius: 0.25rem;
    background: none;
  }

  .variation:hover:not(:disabled) {
    outline: 2px solid var(--line);
    outline-offset: 1px;
  }

  .variation:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 1px;
    z-index: 1;
  }

  .variation[aria-current='true'] {
    box-shadow: 0 0 0 2px var(--accent);
  }

  .pad {
    display: grid;
    grid-template-columns: repeat(3, minmax(0, 1fr));
    position: relative;
    inline-size: 100%;
    max-inline-size: 22rem;
    margin-inline: auto;
    aspect-ratio: 1;
    overflow: clip;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: var(--soft);
    touch-action: none;
    cursor: crosshair;
    user-select: none;
  }

  .pad .small {
    border-radius: 0;
    opacity: 0.8;
  }

  .pad:focus-within {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  .pad .axis {
    position: absolute;
    inset: 0;
    block-size: 100%;
    opacity: 0;
    pointer-events: none;
  }

  .knob {
    position: absolute;
    inline-size: 1.5rem;
    block-size: 1.5rem;
    margin: 0 0 -0.75rem -0.75rem;
    border: 2px solid Canvas;
    border-radius: 50%;
    background: var(--accent);
    box-shadow: 0 1px 4px rgb(0 0 0 / 45%);
    pointer-events: none;
  }

  .pair {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 6rem));
    gap: 0.75rem;
  }

  .frames {
    display: grid;
    gap: 0.4rem;
    margin: 0;
    padding: 0;
    list-style: none;
  }

  .frame {
    display: grid;
    grid-template-columns: 3rem minmax(0, 1fr) repeat(3, auto);
    gap: 0.35rem;
    align-items: center;
  }

  .frame > span {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }

  progress {
    inline-size: 100%;
  }

  @container (inline-size >= 26rem) {
    .direction {
      grid-template-columns: 3.75rem minmax(0, 1fr) 3.75rem;
    }
  }

  @container (inline-size >= 48rem) {
    .directions {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      gap: 0.9rem 1.75rem;
    }
  }

  @media (pointer: coarse) {
    input[type='range'] {
      block-size: 2.75rem;
    }

    .choice {
      padding-block: 0.6rem;
    }
  }

  @media (forced-colors: active) {
    meter {
      border: 1px solid CanvasText;
    }

    meter::-webkit-meter-optimum-value {
      background: Highlight;
      forced-color-adjust: none;
    }

    .knob {
      border-color: ButtonText;
      background: Highlight;
    }

    .small.empty {
      border: 1px solid GrayText;
    }
  }
`;
