import { createFormatError, quoteName } from './safetensors.ts';
import { DIRECTION_PREFIX } from './weights-file.ts';
import type { WeightsFile } from './weights-file.ts';

/**
 * A checksum of all tensors of a file (not of its directions), 16 hexadecimal digits: tells whether two files hold the same network,
 * in whatever type they store it. Not cryptographic; it guards against mistakes, not against malice.
 */
export function checksumTensors(file: WeightsFile): string {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  const add = (word: number): void => {
    a = Math.imul(a ^ word, 0x01000193);
    a ^= a >>> 15;
    b = Math.imul(b ^ word, 0x5bd1e995);
    b ^= b >>> 13;
  };
  for (const name of [...file.tensors.keys()].sort()) {
    for (const character of name) add(character.codePointAt(0) ?? 0);
    const values = file.tensors.get(name)?.values ?? new Float32Array(0);
    add(values.length);
    for (const word of new Uint32Array(values.buffer, values.byteOffset, values.length)) add(word);
  }
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

function isEqual(a: Float32Array, b: Float32Array | undefined): boolean {
  return b?.length === a.length && a.every((value, index) => Object.is(value, b[index]));
}

/** Names of the tensors of `after`, direction vectors included, whose values differ from those of `before`, or are new. */
export function changedTensors(before: WeightsFile, after: WeightsFile): ReadonlySet<string> {
  const changed = new Set<string>();
  for (const [name, { values }] of after.tensors) if (!isEqual(values, before.tensors.get(name)?.values)) changed.add(name);
  for (const [name, values] of after.directions) if (!isEqual(values, before.directions.get(name))) changed.add(DIRECTION_PREFIX + name);
  return changed;
}

/**
 * The full file that a delta makes of its base. Both are borrowed; untouched tensors are shared with the base.
 * @throws GanCanvasError `weights-format` when the delta was made on another base, or lacks a direction that neither has
 */
export function applyDelta(base: WeightsFile, delta: WeightsFile): WeightsFile {
  const { delta: wanted, ...rest } = delta;
  if (wanted === undefined) return delta;
  const isSameNetwork = JSON.stringify(base.info.architecture) === JSON.stringify(delta.info.architecture) && base.role === delta.role;
  if (!isSameNetwork || checksumTensors(base) !== wanted.checksum) {
    const reason = isSameNetwork ? 'whose weights are different' : 'whose architecture is different';
    throw createFormatError(
      `it is a delta on the model ${quoteName(wanted.name)}, but it is applied to ${quoteName(base.info.name)}, ${reason}. Load the model it was made on.`,
    );
  }
  const directions = new Map<string, Float32Array>();
  for (const { name } of delta.info.directions) {
    const vector = delta.directions.get(name) ?? base.directions.get(name);
    if (vector === undefined)
      throw createFormatError(`the direction ${quoteName(name)} has a vector neither in the delta nor in its base.`);
    directions.set(name, vector);
  }
  return { ...rest, tensors: new Map([...base.tensors, ...delta.tensors]), directions };
}
