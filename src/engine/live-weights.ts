import { GanCanvasError } from '../support/errors.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import { applyDelta, checksumTensors } from '../weights/weights-delta.ts';
import { decodeWeights, encodeWeights, roundToDtype, type WeightsFile, type WeightsTensor } from '../weights/weights-file.ts';

type Tensors = ReadonlyMap<string, WeightsTensor>;

/**
 * The weights a generator draws with: those of its file, but for the tensors that were changed; or those of another network, that took their
 * place. Immutable; the file is shared with other generators and never written to.
 */
export class LiveWeights {
  readonly file: WeightsFile;
  /** Only tensors whose values differ from the file's. */
  readonly #changed: Tensors;
  /** How the changed tensors came about. */
  readonly #tuning: ModelInfo['tuning'];
  /** The file of the network that took the place of the loaded one's; null: none. */
  readonly #replacement: WeightsFile | null;

  constructor(
    file: WeightsFile,
    changed: Tensors = new Map(),
    tuning: ModelInfo['tuning'] = file.info.tuning,
    replacement: WeightsFile | null = null,
  ) {
    this.file = file;
    this.#replacement = replacement;
    this.#tuning = tuning;
    this.#changed = new Map([...changed].filter(([name, tensor]) => !equalValues(tensor, file.tensors.get(name))));
  }

  get isChanged(): boolean {
    return this.isReplaced || this.#changed.size > 0;
  }

  /** True when another network draws than the loaded file's. */
  get isReplaced(): boolean {
    return this.#replacement !== null;
  }

  /** The file of the network that draws: what it says of itself, its directions. */
  get shown(): WeightsFile {
    return this.#replacement ?? this.file;
  }

  /** All tensors, by name. */
  get tensors(): Tensors {
    if (this.#replacement) return this.#replacement.tensors;
    return this.isChanged ? new Map([...this.file.tensors, ...this.#changed]) : this.file.tensors;
  }

  /** These weights as they come back from a file: each value rounded to what its tensor's dtype can hold. */
  rounded(): LiveWeights {
    // What took another's place came from a file.
    if (this.isReplaced) return this;
    const rounded = [...this.#changed].map(([name, tensor]) => {
      return [name, { ...tensor, values: roundToDtype(tensor.values, tensor.dtype) }] as const;
    });
    return new LiveWeights(this.file, new Map(rounded), this.#tuning);
  }

  /** A file of our format with all tensors, or with those that differ from the loaded file: of another network, which is all of them, a full file. */
  encode(delta: boolean): Uint8Array {
    if (this.#replacement) return encodeWeights(this.#replacement);
    const file = { ...this.file, info: { ...this.file.info, tuning: this.#tuning }, tensors: this.tensors };
    if (!delta) return encodeWeights(file);
    const base = { name: this.file.info.name, checksum: checksumTensors(this.file) };
    return encodeWeights(file, { base, only: new Set(this.#changed.keys()) });
  }

  /**
   * The weights that a full file or a delta describes: its tensors, and for those it leaves out the loaded file's. What it says
   * beside (directions, licence) is not taken, but for how it was tuned. With `replaces`, a full file of another network takes the place of the
   * loaded one, with all that it says; so does one of the network that did so before. Throws `weights-format` when it is no weights file, or one of
   * another network that is not to replace the loaded one.
   */
  withImported(bytes: Uint8Array, replaces = false): LiveWeights {
    const decoded = decodeWeights(bytes, { deltas: 'accept' });
    const imported = decoded.delta ? applyDelta(this.file, decoded) : decoded;
    if (isOfNetwork(imported, this.file)) return new LiveWeights(this.file, imported.tensors, imported.info.tuning);
    const isTaken = imported.role === 'generator' && (replaces || isOfNetwork(imported, this.shown));
    if (isTaken) return new LiveWeights(this.file, new Map(), imported.info.tuning, imported);
    throw new GanCanvasError(
      'weights-format',
      `The weights belong to another network than the model "${this.file.info.name}"; import weights that were exported from it, or let them take its place ({ replaces: true }).`,
    );
  }
}

function isOfNetwork({ role, info }: WeightsFile, other: WeightsFile): boolean {
  return role === other.role && equalJson(info.architecture, other.info.architecture);
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
