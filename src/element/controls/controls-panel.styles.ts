import { css } from 'lit';

/** The row that is always there, and the groups that unfold below it. */
export const controlsStyles = css`
  .panel {
    gap: 0.75rem;
    padding: 0.75rem;
  }

  .seed-row {
    display: grid;
    grid-template: 'seed seed seed new' auto 'back forward . more' auto / auto auto minmax(0, 1fr) auto;
    gap: 0.4rem;
  }

  #seed {
    grid-area: seed;
    margin: 0;
    font-variant-numeric: tabular-nums;
    text-overflow: ellipsis;
  }

  #new-seed {
    grid-area: new;
  }

  #more {
    grid-area: more;
  }

  #back {
    grid-area: back;
  }

  #forward {
    grid-area: forward;
  }

  .icon {
    inline-size: 2.5rem;
    padding: 0;
  }

  .icon svg {
    display: block;
    inline-size: 1.1rem;
    margin-inline: auto;
    fill: none;
    stroke: currentColor;
    stroke-width: 1.75;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .icon:dir(rtl) svg {
    scale: -1 1;
  }

  [aria-disabled='true'] {
    opacity: 0.4;
    cursor: default;
  }

  #more {
    display: inline-flex;
    gap: 0.5em;
    align-items: center;
    justify-content: center;
  }

  #more::after {
    content: '';
    inline-size: 0.4em;
    block-size: 0.4em;
    border: solid currentColor;
    border-width: 0 0.125em 0.125em 0;
    translate: 0 -0.12em;
    rotate: 45deg;
  }

  #more[aria-expanded='true']::after {
    translate: 0 0.12em;
    rotate: 225deg;
  }

  #groups {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
  }

  .group {
    border-block-start: 1px solid var(--line);
  }

  .group > summary {
    display: flex;
    align-items: center;
    justify-content: space-between;
    min-block-size: 2.5rem;
    border-radius: 0.25rem;
    list-style: none;
  }

  .group > summary::-webkit-details-marker {
    display: none;
  }

  .group > summary::after {
    content: '';
    flex: none;
    inline-size: 0.4em;
    block-size: 0.4em;
    margin-inline: 0.5em 0.3em;
    border: solid currentColor;
    border-width: 0 0.125em 0.125em 0;
    opacity: 0.7;
    rotate: 45deg;
  }

  .group[open] > summary::after {
    rotate: 225deg;
  }

  .group > summary:hover {
    color: color-mix(in srgb, currentColor 78%, transparent);
  }

  .body {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.9rem;
    padding-block: 0.25rem 1rem;
  }

  .ends {
    padding-block-start: 0.75rem;
    border-block-start: 1px solid var(--line);
  }

  @container (inline-size >= 22rem) {
    .panel {
      padding: 1rem;
    }

    .seed-row {
      grid-template: 'back forward seed new more' auto / auto auto minmax(4rem, 1fr) auto auto;
    }
  }

  @media (pointer: coarse) {
    button,
    select,
    .group > summary,
    input:is([type='text'], [type='number']) {
      min-block-size: 2.75rem;
    }

    .icon {
      inline-size: 2.75rem;
    }
  }
`;
