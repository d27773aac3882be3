import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { DirectionsInput, DirectionSetting } from '../latent/directions-input.ts';
import { GanCanvasError } from '../support/errors.ts';

const TAG = 'gan-direction';
/** What a child says, in attributes, which its properties reflect. */
const ATTRIBUTES = ['name', 'size', 'layers', 'vector'];

/** True for a child that is a direction and no content. */
export function isDirectionChild(node: Node): node is Element {
  return node instanceof Element && node.localName === TAG;
}

function readVector(name: string, text: string): number[] {
  try {
    const vector: unknown = JSON.parse(text);
    if (Array.isArray(vector)) return vector as number[];
  } catch {
    // What is no JSON is as bad as what is no array.
  }
  throw new GanCanvasError('bad-vector', `The vector of <${TAG} name="${name}"> is no JSON array of numbers.`);
}

function readSize(text: string | null): number {
  if (text === null) return 1;
  return text.trim() === '' ? NaN : Number(text);
}

/**
 * The directions that an element's children name, null when there are none. What only the engine can tell (sizes, lengths, names of the model) it
 * tells. Looks at attributes, so that children count before their own class is there.
 * @throws GanCanvasError `unknown-direction` for a child without a name; `bad-vector` for a vector that is no array, and for a name that comes twice
 */
export function readDirectionChildren(host: Element): DirectionsInput | null {
  const directions = new Map<string, DirectionSetting>();
  for (const child of [...host.children].filter(isDirectionChild)) {
    const name = child.getAttribute('name')?.trim() ?? '';
    if (name === '') throw new GanCanvasError('unknown-direction', `A <${TAG}> has no name; give it that of a direction.`);
    if (directions.has(name)) throw new GanCanvasError('bad-vector', `Two <${TAG}> are called "${name}"; expected each name once.`);
    const vector = child.getAttribute('vector');
    const layers = child.getAttribute('layers');
    directions.set(name, {
      size: readSize(child.getAttribute('size')),
      ...(layers !== null && layers.trim() !== '' && { layers }),
      ...(vector !== null && vector.trim() !== '' && { vector: readVector(name, vector) }),
    });
  }
  return directions.size === 0 ? null : Object.fromEntries(directions);
}

type Host = ReactiveControllerHost & Element;

/** Watches the host's children for directions that come, go or change. */
export class DirectionChildrenController implements ReactiveController {
  readonly #host: Host;
  readonly #onChange: () => void;
  #observer: MutationObserver | null = null;

  constructor(host: Host, onChange: () => void) {
    this.#host = host;
    this.#onChange = onChange;
    host.addController(this);
  }

  hostConnected(): void {
    this.#observer = new MutationObserver((records) => {
      if (records.some((record) => this.#isAboutDirections(record))) this.#onChange();
    });
    this.#observer.observe(this.#host, { childList: true, subtree: true, attributes: true, attributeFilter: ATTRIBUTES });
    // While it was not connected nobody watched.
    if ([...this.#host.children].some(isDirectionChild)) this.#onChange();
  }

  hostDisconnected(): void {
    this.#observer?.disconnect();
    this.#observer = null;
  }

  #isAboutDirections({ type, target, addedNodes, removedNodes }: MutationRecord): boolean {
    if (type === 'attributes') return target.parentNode === this.#host && isDirectionChild(target);
    return target === this.#host && [...addedNodes, ...removedNodes].some(isDirectionChild);
  }
}
