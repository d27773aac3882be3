import { css } from 'lit';

/** Buttons, fields and choices. */
export const fieldStyles = css`
  button,
  select,
  input:is([type='text'], [type='number'], [type='color']) {
    min-block-size: 2.5rem;
    border: 1px solid var(--line);
    border-radius: 0.5rem;
    background: transparent;
    color: inherit;
    font: inherit;
  }

  button {
    padding: 0.35rem 0.85rem;
    max-inline-size: 100%;
    cursor: pointer;
  }

  button:hover:not(:disabled) {
    background: var(--soft);
    border-color: currentColor;
  }

  button:disabled {
    opacity: 0.55;
    cursor: default;
  }

  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--accent-text);
    font-weight: 600;
  }

  button.primary:hover:not(:disabled) {
    background: color-mix(in srgb, var(--accent) 88%, var(--accent-text));
  }

  button.plain {
    min-block-size: 2rem;
    padding-block: 0.1rem;
    font-size: 0.875em;
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }

  #start,
  #resume {
    flex: 1 1 8rem;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  [tabindex='-1']:focus-visible {
    outline-offset: 4px;
  }

  select,
  input:is([type='text'], [type='number'], [type='color']) {
    display: block;
    inline-size: 100%;
    min-inline-size: 0;
    margin-block-start: 0.25rem;
    padding: 0.3rem 0.6rem;
  }

  select,
  option {
    background-color: var(--gan-canvas-panel-background, Canvas);
  }

  input:invalid {
    border-color: var(--alarm);
  }

  input[type='color'] {
    padding: 0.25rem;
  }

  input:is([type='radio'], [type='checkbox'], [type='range']),
  progress {
    accent-color: var(--accent);
  }

  .choice {
    display: flex;
    gap: 0.55rem;
    align-items: baseline;
    padding-block: 0.3rem;
    cursor: pointer;
  }

  .choice input {
    flex: none;
    inline-size: 1rem;
    block-size: 1rem;
    margin: 0;
    translate: 0 0.12rem;
  }

  .choice span {
    min-inline-size: 0;
  }

  .choice small {
    display: block;
  }

  summary {
    padding-block: 0.35rem;
    cursor: pointer;
    font-weight: 600;
  }

  .fields {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 0.75rem;
    padding-block: 0.5rem;
    align-items: end;
  }

  @container (inline-size >= 26rem) {
    .fields {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }

    .strengths {
      display: grid;
      grid-template-columns: repeat(3, minmax(0, 1fr));
      gap: 0.75rem;
    }

    #start,
    #resume {
      flex: none;
    }
  }

  @media (forced-colors: active) {
    button.primary {
      border-width: 2px;
    }
  }
`;
