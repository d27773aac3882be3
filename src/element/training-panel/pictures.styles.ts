import { css } from 'lit';

/** The drop zone, thumbnails, and the dialog for a picture's square. */
export const pictureStyles = css`
  .pictures legend {
    float: left;
    inline-size: 100%;
    margin: 0;
  }

  .drop-zone {
    display: grid;
    gap: 0.6rem;
    padding: 1rem;
    border: 2px dashed var(--line);
    border-radius: 0.75rem;
  }

  .drop-zone.over {
    border-color: var(--accent);
    background: var(--soft);
  }

  .count {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    align-items: center;
    gap: 0.5rem;
  }

  .thumbnails {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr));
    gap: 0.5rem;
    max-block-size: 19rem;
    padding: 4px;
    margin: -4px;
    overflow: auto;
  }

  .thumbnails li {
    position: relative;
    aspect-ratio: 1;
  }

  .thumbnails .more {
    display: grid;
    place-content: center;
    color: var(--faint);
    font-size: 0.875em;
    text-align: center;
  }

  .crop {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    min-block-size: 0;
    padding: 0;
    overflow: hidden;
    background: var(--soft);
  }

  .crop :is(img, svg) {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }

  .remove {
    position: absolute;
    inset: 0.2rem 0.2rem auto auto;
    inline-size: 1.5rem;
    block-size: 1.5rem;
    min-block-size: 0;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: 50%;
    background: var(--gan-canvas-panel-background, Canvas);
  }

  .remove:hover:not(:disabled) {
    background: var(--gan-canvas-panel-background, Canvas);
  }

  .remove svg {
    display: block;
    inline-size: 100%;
    block-size: 100%;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.5;
    stroke-linecap: round;
  }

  .refused ul {
    max-block-size: 12rem;
    overflow: auto;
    font-size: 0.875em;
  }

  .refused li {
    padding-block: 0.3rem;
  }

  dialog {
    inline-size: min(30rem, calc(100vw - 1.5rem));
    max-block-size: calc(100dvh - 1.5rem);
    padding: 1rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--gan-canvas-panel-background, Canvas);
    color: inherit;
    font: inherit;
  }

  dialog::backdrop {
    background: rgb(0 0 0 / 55%);
  }

  .editor {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.75rem;
  }

  .square {
    display: block;
    inline-size: 100%;
    max-block-size: 50dvh;
    touch-action: none;
    cursor: move;
    user-select: none;
  }

  .square .outside {
    fill: rgb(0 0 0 / 55%);
    fill-rule: evenodd;
  }

  .square rect {
    fill: none;
    stroke: #fff;
    stroke-width: 2;
    vector-effect: non-scaling-stroke;
  }

  .square .edge {
    stroke: #000;
    stroke-width: 4;
  }

  .slider {
    display: grid;
    grid-template-columns: 4rem minmax(0, 1fr);
    align-items: center;
    gap: 0.5rem;
  }

  .slider input {
    inline-size: 100%;
    margin: 0;
  }

  @media (forced-colors: active) {
    .drop-zone.over {
      border-style: solid;
    }
  }
`;
