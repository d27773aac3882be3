import { formatDirections, parseDirections } from '../../src/latent/directions.ts';
import { isAbortError } from '../../src/support/errors.ts';
import type { DirectionInfo, DirectionsInput, DirectionSetting, DiscoveredDirection, DiscoveryMethod, GanCanvas } from '../../src/index.ts';
import { createDirectionSliders } from './direction-sliders.ts';

/** The elements of the page that the panel fills. */
export interface PanelElements {
  /** Around all, hidden until there is a model. */
  readonly section: HTMLElement;
  readonly kind: HTMLSelectElement;
  readonly centre: HTMLElement;
  readonly sliders: HTMLElement;
  /** Says what is going on. */
  readonly note: HTMLElement;
}

/** Directions that were found by a method, or those that the model names. */
type Kind = 'named' | DiscoveryMethod;

const NOTES = {
  named: 'What the model was found to know, each with the picture of its two ends.',
  pca: 'Nobody named these: the ways in which the model’s pictures vary most.',
  sefa: 'Nobody named these: the steps that the network’s weights turn into most change.',
} as const satisfies Record<Kind, string>;

/** Sizes as `name:size` pairs; what cannot be read counts as none. */
function parseSizes(text: string): ReadonlyMap<string, number> {
  try {
    return new Map(Object.entries(parseDirections(text)).flatMap(([name, size]) => (typeof size === 'number' ? [[name, size]] : [])));
  } catch {
    return new Map();
  }
}

/** `pca-3` is of pca; a model's own name of `named`. */
function kindOf(name: string): Kind {
  const method = /^(pca|sefa)-\d+$/.exec(name)?.[1];
  return (method as DiscoveryMethod | undefined) ?? 'named';
}

/**
 * The section of the demo that leads a picture along directions: the model's named ones, or those that it discovers. `picture` is asked
 * for them and draws their ends; `onChange` is called when sizes changed, `isMoving` while a slider is being dragged.
 */
export class DirectionPanel {
  readonly #elements: PanelElements;
  readonly #picture: GanCanvas;
  readonly #onChange: (isMoving: boolean) => void;
  readonly #sliders: ReturnType<typeof createDirectionSliders>;
  readonly #found = new Map<Kind, readonly DiscoveredDirection[]>();
  #shown: readonly (DirectionInfo | DiscoveredDirection)[] = [];
  #search = new AbortController();
  #drawing = new AbortController();
  /** What the URL says, until the directions that it names are there. */
  #wanted = '';

  constructor(elements: PanelElements, picture: GanCanvas, onChange: (isMoving: boolean) => void) {
    this.#elements = elements;
    this.#picture = picture;
    this.#onChange = onChange;
    this.#sliders = createDirectionSliders(elements.sliders);
    elements.sliders.addEventListener('input', () => onChange(true));
    elements.sliders.addEventListener('change', () => onChange(false));
    elements.kind.addEventListener('change', () => void this.#showKind(elements.kind.value as Kind));
    elements.centre.addEventListener('click', () => {
      this.#sliders.centre();
      onChange(false);
    });
  }

  /** The sizes as the URL has them. */
  get text(): string {
    return this.#wanted === '' ? formatDirections(this.#sliders.read()) : this.#wanted;
  }

  /** True when the sizes are of directions that the model names, so that an attribute can have them. */
  get isNamed(): boolean {
    return [...parseSizes(this.text).keys()].every((name) => kindOf(name) === 'named');
  }

  /** What the element's `directions` takes; null while nothing is to be moved, or what is to be moved is not known yet. */
  get input(): DirectionsInput | null {
    if (this.#wanted !== '') return this.isNamed ? Object.fromEntries(parseSizes(this.#wanted)) : null;
    const sizes = Object.entries(this.#sliders.read());
    return sizes.length === 0 ? null : Object.fromEntries(sizes.map(([name, size]) => [name, this.#setting(name, size)]));
  }

  /** Sizes to show as soon as their directions are there; empty text: all in the middle. */
  want(text: string): void {
    this.#wanted = text;
    if (text === '') this.#sliders.centre();
  }

  /** Another model is coming: what is shown is no longer true. */
  clear(): void {
    this.#search.abort();
    this.rest();
    this.#found.clear();
    this.#wanted = '';
    this.#show([], new Map());
    this.#elements.section.hidden = true;
  }

  /** Fits the panel to the picture's model. */
  async showModel(): Promise<void> {
    const info = this.#picture.modelInfo;
    if (!info) return;
    const isNew = this.#elements.section.hidden;
    this.#elements.section.hidden = false;
    const [named] = this.#elements.kind.options;
    if (named) named.hidden = named.disabled = info.directions.length === 0;
    const [first] = parseSizes(this.#wanted).keys();
    if (!isNew && this.#wanted === '') return;
    const asked = first === undefined ? 'named' : kindOf(first);
    await this.#showKind(asked === 'named' && info.directions.length === 0 ? 'pca' : asked);
  }

  /** Gives up what is being drawn: what it was to show is no longer true, or the time is needed elsewhere. */
  rest(): void {
    this.#drawing.abort();
  }

  /** Draws the pictures of all ends anew. */
  async drawEnds(): Promise<void> {
    this.rest();
    this.#drawing = new AbortController();
    const current = this.input ?? {};
    await this.#attempt(() =>
      this.#sliders.drawEnds((name, size, { signal }) => {
        return this.#picture.generate({ directions: { ...current, [name]: this.#setting(name, size) }, signal });
      }, this.#drawing.signal),
    );
  }

  #setting(name: string, size: number): number | DirectionSetting {
    const direction = this.#shown.find((each) => each.name === name);
    return direction && 'vector' in direction ? { vector: direction.vector, layers: direction.layers, size } : size;
  }

  #show(directions: readonly DirectionInfo[], sizes: ReadonlyMap<string, number>): void {
    this.#shown = directions;
    this.#sliders.show(directions, sizes);
  }

  async #showKind(kind: Kind): Promise<void> {
    this.#search.abort();
    this.#search = new AbortController();
    const { signal } = this.#search;
    this.#elements.kind.value = kind;
    const directions = await this.#attempt(() => this.#load(kind, signal));
    if (!directions || signal.aborted) return;
    const sizes = parseSizes(this.#wanted);
    this.#wanted = '';
    this.#show(directions, sizes);
    this.#elements.note.textContent = NOTES[kind];
    this.#onChange(false);
  }

  async #load(kind: Kind, signal: AbortSignal): Promise<readonly DirectionInfo[]> {
    if (kind === 'named') return this.#picture.modelInfo?.directions ?? [];
    const known = this.#found.get(kind);
    if (known) return known;
    this.#show([], new Map());
    this.#elements.note.textContent = 'Looking for directions …';
    const found = await this.#picture.discoverDirections({ method: kind, signal });
    this.#found.set(kind, found);
    return found;
  }

  /** What the work gives; undefined, with a note, when it fails. Failure of what the page shows beside the picture must not break it. */
  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!isAbortError(error)) this.#elements.note.textContent = error instanceof Error ? error.message : String(error);
      return undefined;
    }
  }
}
