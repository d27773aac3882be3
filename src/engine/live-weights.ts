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

/**
 * The weights a generator draws with: those of its file, but for the tensors that were changed and the directions that were learnt. Immutable; the file is shared
 * with other generators and never written to.
 */
export class LiveWeights {
  readonly file: WeightsFile;
  /** What the file says of the model, and the directions that were learnt since. */
  readonly info: ModelInfo;
  /** The vectors of all directions, by name. */
  readonly directions: ReadonlyMap<string, Float32Array>;
  /** Only tensors whose values differ from the file's. */
  readonly #changed: Tensors;
  /** How the changed tensors came about. */
  readonly #tuning: ModelInfo['tuning'];
  readonly #learned: Learned;

  constructor(
    file: WeightsFile,
    changed: Tensors = new Map(),
    tuning: ModelInfo['tuning'] = file.info.tuning,
    learned: Learned = new Map(),
  ) {
    this.file = file;
    this.#tuning = tuning;
    this.#learned = learned;
    this.info = learned.size === 0 ? file.info : { ...file.info, directions: addDirections(file.info.directions, learned) };
    this.directions = new Map([...file.directions, ...[...learned].map(([name, { vector }]) => [name, vector] as const)]);
    this.#changed = new Map([...changed].filter(([name, tensor]) => !equalValues(tensor, file.tensors.get(name))));
  }

  get isChanged(): boolean {
    return this.#changed.size > 0;
  }

  /** All tensors, by name. */
  get tensors(): Tensors {
    return this.isChanged ? new Map([...this.file.tensors, ...this.#changed]) : this.file.tensors;
  }

  /** These weights as they come back from a file: each value rounded to what its tensor's dtype can hold. */
  rounded(): LiveWeights {
    const rounded = [...this.#changed].map(([name, tensor]) => {
      return [name, { ...tensor, values: roundToDtype(tensor.values, tensor.dtype) }] as const;
    });
    return new LiveWeights(this.file, new Map(rounded), this.#tuning, this.#learned);
  }

  /** The same with a direction more, or another of that name. */
  withLearned(direction: DiscoveredDirection): LiveWeights {
    return new LiveWeights(this.file, this.#changed, this.#tuning, new Map([...this.#learned, [direction.name, direction]]));
  }

  /** A file of our format with all tensors, or with those that differ from the loaded file. */
  encode(delta: boolean): Uint8Array {
    const { directions } = this;
    const file = { ...this.file, info: { ...this.info, tuning: this.#tuning }, tensors: this.tensors, directions };
    if (!delta) return encodeWeights(file);
    const base = { name: this.file.info.name, checksum: checksumTensors(this.file) };
    const learned = [...this.#learned.keys()].map((name) => DIRECTION_PREFIX + name);
    return encodeWeights(file, { base, only: new Set([...this.#changed.keys(), ...learned]) });
  }

  /**
   * The weights that a full file or a delta describes: its tensors, and for those it leaves out the loaded file's. What it says
   * beside (labels, licence) is not taken, but for how it was tuned and the directions that were learnt, which are added to those here. Throws `weights-format` when it is no weights file, or one of another network.
   */
  withImported(bytes: Uint8Array): LiveWeights {
    const decoded = decodeWeights(bytes, { deltas: 'accept' });
    const imported = decoded.delta ? applyDelta(this.file, decoded) : decoded;
    if (imported.role !== this.file.role || !equalJson(imported.info.architecture, this.file.info.architecture)) {
      throw new GanCanvasError(
        'weights-format',
        `The weights belong to another network than the model "${this.file.info.name}"; import weights that were exported from it.`,
      );
    }
    const learned = new Map([...this.#learned, ...learnedDirections(imported, this.file)]);
    return new LiveWeights(this.file, imported.tensors, imported.info.tuning, learned);
  }
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
