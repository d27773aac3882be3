import { GanCanvasError } from '../support/errors.ts';
import type { DirectionInfo, ModelInfo } from '../weights/model-info.ts';
import { applyDelta, checksumTensors } from '../weights/weights-delta.ts';
import {
  decodeWeights,
  DIRECTION_PREFIX,
  encodeWeights,
  roundToDtype,
  type WeightsFile,
  type WeightsTensor,
} from '../weights/weights-file.ts';
import type { DiscoveredDirection } from './generator.ts';

type Tensors = ReadonlyMap<string, WeightsTensor>;
type Learned = ReadonlyMap<string, DiscoveredDirection>;

/** What differs from a file. */
interface Changes {
  /** The file of the network that draws; left out: the loaded one. */
  readonly shown?: WeightsFile;
  readonly changed?: Tensors;
  /** How the changed tensors came about. */
  readonly tuning?: ModelInfo['tuning'];
  readonly learned?: Learned;
}

/**
 * The weights a generator draws with: those of its file, but for the tensors that were changed and the directions that were learnt; or those of
 * another network, that took their place. Immutable; the file is shared with other generators and never written to.
 */
export class LiveWeights {
  readonly file: WeightsFile;
  /** The file of the network that draws: `file`, or what took its place. */
  readonly shown: WeightsFile;
  /** What that file says of the model, and the directions that were learnt since. */
  readonly info: ModelInfo;
  /** The vectors of all directions, by name. */
  readonly directions: ReadonlyMap<string, Float32Array>;
  /** Only tensors whose values differ from the shown file's. */
  readonly #changed: Tensors;
  readonly #tuning: ModelInfo['tuning'];
  readonly #learned: Learned;

  constructor(file: WeightsFile, { shown = file, changed = new Map(), tuning = shown.info.tuning, learned = new Map() }: Changes = {}) {
    this.file = file;
    this.shown = shown;
    this.#tuning = tuning;
    this.#learned = learned;
    this.info = learned.size === 0 ? shown.info : { ...shown.info, directions: addDirections(shown.info.directions, learned) };
    this.directions = new Map([...shown.directions, ...[...learned].map(([name, { vector }]) => [name, vector] as const)]);
    this.#changed = new Map([...changed].filter(([name, tensor]) => !equalValues(tensor, shown.tensors.get(name))));
  }

  get isChanged(): boolean {
    return this.isReplaced || this.#changed.size > 0;
  }

  /** True when another network draws than the loaded file's. */
  get isReplaced(): boolean {
    return this.shown !== this.file;
  }

  /** All tensors, by name. */
  get tensors(): Tensors {
    return this.#changed.size > 0 ? new Map([...this.shown.tensors, ...this.#changed]) : this.shown.tensors;
  }

  /** These weights as they come back from a file: each value rounded to what its tensor's dtype can hold. */
  rounded(): LiveWeights {
    const rounded = [...this.#changed].map(([name, tensor]) => {
      return [name, { ...tensor, values: roundToDtype(tensor.values, tensor.dtype) }] as const;
    });
    return this.#with({ changed: new Map(rounded) });
  }

  /** The same with a direction more, or another of that name. */
  withLearned(direction: DiscoveredDirection): LiveWeights {
    return this.#with({ learned: new Map([...this.#learned, [direction.name, direction]]) });
  }

  #with(changes: Changes): LiveWeights {
    const own = { shown: this.shown, changed: this.#changed, tuning: this.#tuning, learned: this.#learned };
    return new LiveWeights(this.file, { ...own, ...changes });
  }

  /** A file of our format with all tensors, or with those that differ from the loaded file: of another network, which is all of them, a full file. */
  encode(delta: boolean): Uint8Array {
    const { directions, tensors } = this;
    const file = { ...this.shown, info: { ...this.info, tuning: this.#tuning }, tensors, directions };
    if (!delta || this.isReplaced) return encodeWeights(file);
    const base = { name: this.file.info.name, checksum: checksumTensors(this.file) };
    const learned = [...this.#learned.keys()].map((name) => DIRECTION_PREFIX + name);
    return encodeWeights(file, { base, only: new Set([...this.#changed.keys(), ...learned]) });
  }

  /**
   * The weights that a full file or a delta describes: its tensors, and for those it leaves out the loaded file's. What it says
   * beside (labels, licence) is not taken, but for how it was tuned and the directions that were learnt, which are added to those here. With
   * `replaces`, a full file of another network takes the place of the loaded one, with all that it says; so does one of the network that did so
   * before. Throws `weights-format` when it is no weights file, or one of another network that is not to replace the loaded one.
   */
  withImported(bytes: Uint8Array, replaces = false): LiveWeights {
    const decoded = decodeWeights(bytes, { deltas: 'accept' });
    const imported = decoded.delta ? applyDelta(this.file, decoded) : decoded;
    const { tuning } = imported.info;
    if (isOfNetwork(imported, this.file)) {
      const learned = new Map([...(this.isReplaced ? [] : this.#learned), ...learnedDirections(imported, this.file)]);
      return new LiveWeights(this.file, { changed: imported.tensors, tuning, learned });
    }
    const isTaken = imported.role === 'generator' && (replaces || isOfNetwork(imported, this.shown));
    if (isTaken) return new LiveWeights(this.file, { shown: imported });
    throw new GanCanvasError(
      'weights-format',
      `The weights belong to another network than the model "${this.file.info.name}"; import weights that were exported from it, or let them take its place ({ replaces: true }).`,
    );
  }
}

function isOfNetwork({ role, info }: WeightsFile, other: WeightsFile): boolean {
  return role === other.role && equalJson(info.architecture, other.info.architecture);
}

/** The file's directions, and those that were learnt: in place of one of that name, else after them. */
function addDirections(own: readonly DirectionInfo[], learned: Learned): readonly DirectionInfo[] {
  const infos = new Map(own.map((direction) => [direction.name, direction]));
  for (const { name, kind, layers, range, validation } of learned.values()) infos.set(name, { name, kind, layers, range, validation });
  return [...infos.values()];
}

/** What a file has learnt that the base does not have, or has learnt otherwise. */
function learnedDirections(imported: WeightsFile, base: WeightsFile): Learned {
  const found = imported.info.directions.flatMap((info): [string, DiscoveredDirection][] => {
    const vector = imported.directions.get(info.name);
    const own = base.info.directions.find(({ name }) => name === info.name);
    const isWanted = info.kind === 'learned' && (own === undefined || own.kind === 'learned');
    const isSame = equalJson(own, info) && String(vector) === String(base.directions.get(info.name));
    return isWanted && vector && !isSame ? [[info.name, { ...info, vector }]] : [];
  });
  return new Map(found);
}

function equalValues(a: WeightsTensor, b: WeightsTensor | undefined): boolean {
  return b?.values.length === a.values.length && a.values.every((value, i) => Object.is(value, b.values[i]));
}

function equalJson(a: unknown, b: unknown): boolean {
  return JSON.stringify(sortKeys(a)) === JSON.stringify(sortKeys(b));
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
