import { GanCanvasError } from '../support/errors.ts';
import type { ModelInfo } from '../weights/model-info.ts';
import { applyDelta, checksumTensors } from '../weights/weights-delta.ts';
import { decodeWeights, encodeWeights, roundToDtype, type WeightsFile, type WeightsTensor } from '../weights/weights-file.ts';

type Tensors = ReadonlyMap<string, WeightsTensor>;

/**
 * The weights a generator draws with: those of its file, but for the tensors that were changed. Immutable; the file is shared
 * with other generators and never written to.
 */
export class LiveWeights {
  readonly file: WeightsFile;
  /** Only tensors whose values differ from the file's. */
  readonly #changed: Tensors;
  /** How the changed tensors came about. */
  readonly #tuning: ModelInfo['tuning'];

  constructor(file: WeightsFile, changed: Tensors = new Map(), tuning: ModelInfo['tuning'] = file.info.tuning) {
    this.file = file;
    this.#tuning = tuning;
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
    return new LiveWeights(this.file, new Map(rounded), this.#tuning);
  }

  /** A file of our format with all tensors, or with those that differ from the loaded file. */
  encode(delta: boolean): Uint8Array {
    const file = { ...this.file, info: { ...this.file.info, tuning: this.#tuning }, tensors: this.tensors };
    if (!delta) return encodeWeights(file);
    const base = { name: this.file.info.name, checksum: checksumTensors(this.file) };
    return encodeWeights(file, { base, only: new Set(this.#changed.keys()) });
  }

  /**
   * The weights that a full file or a delta describes: its tensors, and for those it leaves out the loaded file's. What it says
   * beside (directions, licence) is not taken, but for how it was tuned. Throws `weights-format` when it is no weights file, or one of another network.
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
    return new LiveWeights(this.file, imported.tensors, imported.info.tuning);
  }
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
