import type { DiscoveredDirection, DiscoveryMethod } from '../../engine/generator.ts';
import type { DirectionsInput, DirectionSetting } from '../../latent/directions-input.ts';
import { isAbortError } from '../../support/errors.ts';
import type { DirectionInfo, ModelInfo } from '../../weights/model-info.ts';
import type { ControlsHost } from './controls-host.ts';

/** Directions that the model names, or that were found by a method. */
export type DirectionKind = 'named' | DiscoveryMethod;

/** A direction that can be moved along. */
export interface ListedDirection extends Pick<DirectionInfo, 'name' | 'kind' | 'range' | 'layers'> {
  /** Its vector, where the model has none of that name. */
  readonly vector?: DirectionSetting['vector'] | undefined;
}

/** Between these sizes moves a direction of the page's own. */
const OWN_RANGE = [-3, 3] as const;

/** The directions there are for the model of an element. */
export class DirectionCatalog {
  kind: DirectionKind | null = null;
  /** What is going on, or went wrong. */
  note = '';
  readonly #onChange: () => void;
  /** The directions with names, those that were learnt included; null: as the model's file has them. */
  #named: readonly DirectionInfo[] | null = null;
  readonly #found = new Map<DirectionKind, readonly DiscoveredDirection[]>();
  #search = new AbortController();
  /** Counts the models that there were. */
  #source = 0;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** The kind that is shown: the model's own where it names some. */
  kindFor(info: ModelInfo): DirectionKind {
    return this.kind ?? (this.named(info).length > 0 ? 'named' : 'pca');
  }

  named(info: ModelInfo): readonly DirectionInfo[] {
    return this.#named ?? info.directions;
  }

  /** Looks which directions have names by now. */
  async refresh(host: ControlsHost): Promise<void> {
    const source = this.#source;
    try {
      const named = await host.listDirections();
      if (source !== this.#source) return;
      this.#named = named;
      this.#onChange();
    } catch {
      // What keeps the element from opening its model is told where its picture would be.
    }
  }

  /** The directions of the kind that is shown, and those that are moved along or the page gave. */
  list(info: ModelInfo, current: DirectionsInput): readonly ListedDirection[] {
    const kind = this.kindFor(info);
    const listed: readonly ListedDirection[] = kind === 'named' ? this.named(info) : (this.#found.get(kind) ?? []);
    const names = new Set(listed.map(({ name }) => name));
    const others = Object.entries(current).filter(([name]) => !names.has(name));
    return [...listed, ...others.flatMap(([name, setting]) => this.#describe(name, setting, info))];
  }

  #describe(name: string, setting: number | DirectionSetting, info: ModelInfo): readonly ListedDirection[] {
    const known = this.#known(name, info);
    if (known) return [known];
    if (typeof setting === 'number' || setting.vector === undefined) return [];
    return [{ name, kind: 'own', range: OWN_RANGE, layers: null }];
  }

  #known(name: string, info: ModelInfo): ListedDirection | undefined {
    return [...this.named(info), ...[...this.#found.values()].flat()].find((direction) => direction.name === name);
  }

  /** The directions with one at another size; in the middle it is left out, except one that only the page knows. */
  withSize(info: ModelInfo, current: DirectionsInput, { name, layers, vector }: ListedDirection, size: number): DirectionsInput {
    const { [name]: before, ...others } = current;
    if (size === 0 && this.#known(name, info)) return others;
    if (typeof before === 'object') return { ...current, [name]: { ...before, size } };
    return { ...current, [name]: vector ? { vector, layers, size } : size };
  }

  /** Shows directions of a kind, which may have to be found first. */
  async show(kind: DirectionKind, host: ControlsHost): Promise<void> {
    this.#search.abort();
    this.#search = new AbortController();
    this.kind = kind;
    this.note = '';
    if (kind !== 'named' && !this.#found.has(kind)) await this.#find(kind, host, this.#search.signal);
    this.#onChange();
  }

  async #find(method: DiscoveryMethod, host: ControlsHost, signal: AbortSignal): Promise<void> {
    this.note = 'Looking for directions …';
    this.#onChange();
    try {
      this.#found.set(method, await host.discoverDirections({ method, signal }));
      if (!signal.aborted) this.note = '';
    } catch (error) {
      if (!signal.aborted && !isAbortError(error)) this.note = error instanceof Error ? error.message : String(error);
    }
  }

  /** Another model was loaded. */
  clear(): void {
    this.#search.abort();
    this.#source += 1;
    this.#named = null;
    this.#found.clear();
    this.kind = null;
    this.note = '';
  }
}

/** The size of a direction among others. */
export function sizeOf(current: DirectionsInput, name: string): number {
  const setting = Object.hasOwn(current, name) ? current[name] : undefined;
  return typeof setting === 'object' ? setting.size : (setting ?? 0);
}

/** `fur-colour` as `Fur colour`, `pca-1` as `PCA 1`. */
export function titleDirection({ name, kind }: Pick<DirectionInfo, 'name' | 'kind'>): string {
  if (kind === 'pca') return name.replace('pca-', 'PCA ');
  if (kind === 'sefa') return name.replace('sefa-', 'SeFa ');
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export function formatSize(size: number): string {
  return Math.abs(size) < 0.05 ? '0' : `${size > 0 ? '+' : '−'}${Math.abs(size).toFixed(1)}`;
}
