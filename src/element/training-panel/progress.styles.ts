import { css } from 'lit';

/** A training under way and how it ended. */
export const progressStyles = css`
  .kept {
    padding: 0.9rem;
    border: 1px solid var(--line);
    border-radius: 0.75rem;
    background: var(--soft);
  }

  progress {
    inline-size: 100%;
    block-size: 0.75rem;
  }

  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 0.1rem 1rem;
    font-variant-numeric: tabular-nums;
  }

  .stills,
  .plots {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: 0.75rem;
  }

  .plots {
    grid-template-columns: minmax(0, 1fr);
  }

  .plots:empty {
    display: none;
  }

  .stills canvas {
    display: block;
    inline-size: 100%;
    block-size: auto;
    border-radius: 0.35rem;
    image-rendering: var(--gan-canvas-rendering, auto);
  }

  .plot svg {
    display: block;
    inline-size: 100%;
    block-size: 4.5rem;
    border-block-end: 1px solid var(--line);
    overflow: visible;
  }

  .plot polyline {
    fill: none;
    stroke: var(--accent);
    stroke-width: 1.75;
    stroke-linejoin: round;
    vector-effect: non-scaling-stroke;
  }

  .plot polyline.line-1 {
    stroke: currentColor;
    stroke-dasharray: 5 3;
  }

  .plot polyline.line-2 {
    stroke: var(--faint);
    stroke-dasharray: 1.5 3;
  }

  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 0.1rem 1rem;
    font-variant-numeric: tabular-nums;
  }

  .legend li::before {
    content: '';
    display: inline-block;
    inline-size: 1.1rem;
    margin-inline-end: 0.35rem;
    vertical-align: 0.28em;
    border-block-start: 2px solid var(--accent);
  }

  .legend .line-1::before {
    border-block-start: 2px dashed currentColor;
  }

  .legend .line-2::before {
    border-block-start: 2px dotted var(--faint);
  }

  .notices li {
    padding-inline-start: 0.7rem;
    border-inline-start: 3px solid var(--line);
    font-size: 0.875em;
  }

  @container (inline-size >= 26rem) {
    .plots {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }

    .stills {
      max-inline-size: 30rem;
    }
  }
`;
