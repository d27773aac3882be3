import { render, type TemplateResult } from 'lit';

/** Changes some of an exhibit's state and draws it anew. */
export type Update<State> = (change: Partial<State>) => void;

/** A piece of a page that the reader plays with: `draw` gives what it looks like, and gets a function that changes its state. */
export function createExhibit<State extends object>(
  initial: State,
  draw: (state: Readonly<State>, update: Update<State>) => TemplateResult,
): HTMLElement {
  const host = document.createElement('div');
  host.className = 'exhibit';
  let state = initial;
  const show = (): void => {
    render(draw(state, update), host);
  };
  const update: Update<State> = (change) => {
    state = { ...state, ...change };
    show();
  };
  show();
  return host;
}
