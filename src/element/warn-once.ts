import type { Warn } from './read-settings.ts';

/** A `Warn` that shows each kind once, on the console, with the element that it is about. */
export function createWarnOnce(element: Element): Warn {
  const shown = new Set<string>();
  return (kind, message) => {
    if (shown.has(kind)) return;
    shown.add(kind);
    // eslint-disable-next-line no-console -- the console is where a page's author looks
    console.warn(`<gan-canvas>: ${message}`, element);
  };
}
