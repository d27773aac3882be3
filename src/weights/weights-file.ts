import type { NetworkRole } from './architecture.ts';
import { decodeFloat16, encodeFloat16 } from './float16.ts';
import type { ModelInfo } from './model-info.ts';
import { formatMetadata, parseMetadata } from './parse-metadata.ts';
import type { DeltaBase, ParsedMetadata } from './parse-metadata.ts';
import { assertLittleEndian, createFormatError, decodeSafetensors, encodeSafetensors, quoteName } from './safetensors.ts';
import type { Dtype, StoredTensor } from './safetensors.ts';
import { optionalTensors, tensorShapes } from './tensor-shapes.ts';

export type { DeltaBase } from './parse-metadata.ts';

/** A tensor of a network: its values in single precision, and the type it is stored in. */
export interface WeightsTensor {
  readonly shape: readonly number[];
  readonly dtype: Dtype;
  readonly values: Float32Array;
}

/** A weights file of our format, decoded and checked. */
export interface WeightsFile {
  readonly info: ModelInfo;
  readonly role: NetworkRole;
  /** The network's tensors by their names in the file; in a delta only those that moved. */
  readonly tensors: ReadonlyMap<string, WeightsTensor>;
  /** Direction vectors (directionDim) by name; in a delta only those that moved. */
  readonly directions: ReadonlyMap<string, Float32Array>;
  /** The `gan_canvas` JSON as it stands in the file. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What the file is a delta on; absent in a full file. */
  readonly delta?: DeltaBase;
}

export interface DecodeOptions {
  /** What to do with a delta, which is no network by itself: `refuse` it (default) or `accept` it. */
  readonly deltas?: 'refuse' | 'accept';
}

export interface EncodeOptions {
  /** Type to store the network's tensors in; default: each one's own. */
  readonly dtype?: Dtype | undefined;
  /** Write a delta on this base instead of a full file… */
  readonly base?: DeltaBase | undefined;
  /** …that holds these tensors only; see `changedTensors`. */
  readonly only?: ReadonlySet<string> | undefined;
}

/** Direction vectors are tensors of that name and this prefix. */
export const DIRECTION_PREFIX = 'directions.';
const METADATA_KEY = 'gan_canvas';
const GENERATOR_TENSOR = /^(synthesis|generator)\./;
const DISCRIMINATOR_TENSOR = /^(b\d+|discriminator)\./;

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 5).map(quoteName).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

function findRole(parsed: ParsedMetadata, names: readonly string[]): NetworkRole {
  if (parsed.role !== null) return parsed.role;
  if (names.some((name) => GENERATOR_TENSOR.test(name))) return 'generator';
  if (names.some((name) => DISCRIMINATOR_TENSOR.test(name))) return 'discriminator';
  throw createFormatError('it holds tensors neither of a generator nor of a discriminator.');
}

/** Every tensor must be one of the network or of its directions, of the right shape; none may be missing. */
function assertTensors(stored: ReadonlyMap<string, StoredTensor>, parsed: ParsedMetadata, role: NetworkRole): void {
  const { info, delta } = parsed;
  const expected = new Map(tensorShapes(info.architecture, role));
  const optional = optionalTensors(info.architecture, role);
  for (const { name } of info.directions) expected.set(DIRECTION_PREFIX + name, [info.directionDim]);
  const unknown = [...stored.keys()].filter((name) => !expected.has(name));
  if (unknown.length > 0) throw createFormatError(`it has tensors that its architecture does not: ${listNames(unknown)}.`);
  const missing = delta === null ? [...expected.keys()].filter((name) => !stored.has(name) && !optional.has(name)) : [];
  if (missing.length > 0) throw createFormatError(`tensors of its architecture are missing: ${listNames(missing)}.`);
  for (const [name, { shape }] of stored) {
    const wanted = expected.get(name) ?? [];
    if (shape.length !== wanted.length || shape.some((count, axis) => count !== wanted[axis])) {
      throw createFormatError(
        `tensor ${quoteName(name)} has the shape [${shape.join(', ')}]; its architecture asks for [${wanted.join(', ')}].`,
      );
    }
  }
}

function decodeValues(name: string, { dtype, bytes }: StoredTensor): Float32Array {
  // Copied, because a view into the file need not be aligned.
  const { buffer } = new Uint8Array(bytes);
  const values = dtype === 'F16' ? decodeFloat16(new Uint16Array(buffer)) : new Float32Array(buffer);
  assertFinite(name, values);
  if (name.endsWith('.norm.running_var') && values.some((value) => value < 0)) {
    throw createFormatError(`tensor ${quoteName(name)} holds a negative variance.`);
  }
  return values;
}

function assertFinite(name: string, values: Float32Array): void {
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index >= 0)
    throw createFormatError(`tensor ${quoteName(name)} holds ${String(values[index])} at index ${index}; weights must be finite.`);
}

/**
 * Reads a weights file. Header, metadata, architecture, names and shapes are checked before any values are unpacked.
 * `bytes` is borrowed; the result shares nothing with it.
 * @throws GanCanvasError `weights-format` with the reason
 */
export function decodeWeights(bytes: Uint8Array, { deltas = 'refuse' }: DecodeOptions = {}): WeightsFile {
  assertLittleEndian();
  const { metadata, tensors: stored } = decodeSafetensors(bytes);
  const text = metadata[METADATA_KEY];
  if (text === undefined) {
    throw createFormatError('it has no gan_canvas metadata. Convert foreign checkpoints with "npx gan-canvas import".');
  }
  const parsed = parseMetadata(text);
  const { info, delta, raw } = parsed;
  if (delta !== null && deltas === 'refuse') {
    throw createFormatError(`it is a delta on the model ${quoteName(delta.name)}. Load that model and import the delta into it.`);
  }
  const role = findRole(parsed, [...stored.keys()]);
  if (info.architecture.kind === 'dcgan' && info.architecture[role].length === 0)
    throw createFormatError(`it is a ${role}, but its architecture has no layers of one.`);
  assertTensors(stored, parsed, role);
  const tensors = new Map<string, WeightsTensor>();
  const directions = new Map<string, Float32Array>();
  for (const [name, tensor] of stored) {
    const values = decodeValues(name, tensor);
    if (name.startsWith(DIRECTION_PREFIX)) directions.set(name.slice(DIRECTION_PREFIX.length), values);
    else tensors.set(name, { shape: tensor.shape, dtype: tensor.dtype, values });
  }
  return { info, role, tensors, directions, metadata: raw, ...(delta && { delta }) };
}

/** F16 only where no value is beyond its range; else F32. */
function fittingDtype(values: Float32Array, dtype: Dtype): Dtype {
  return dtype === 'F16' && values.every((value) => Math.abs(value) < 65520) ? 'F16' : 'F32';
}

/**
 * The values that a file gives back when it stores these as `dtype`: rounded to nearest half for F16, a copy for F32. Values
 * beyond the range of F16 make the whole tensor F32, here as in {@link encodeWeights}.
 */
export function roundToDtype(values: Float32Array, dtype: Dtype): Float32Array {
  return fittingDtype(values, dtype) === 'F16' ? decodeFloat16(encodeFloat16(values)) : values.slice();
}

function encodeTensor(name: string, shape: readonly number[], values: Float32Array, dtype: Dtype): StoredTensor {
  assertFinite(name, values);
  const fitting = fittingDtype(values, dtype);
  const array = fitting === 'F16' ? encodeFloat16(values) : values;
  return { dtype: fitting, shape, bytes: new Uint8Array(array.buffer, array.byteOffset, array.byteLength) };
}

/** Vectors that halves hold exactly are stored as halves, so that reading and writing a file changes nothing. */
function directionDtype(values: Float32Array): Dtype {
  const rounded = roundToDtype(values, 'F16');
  return values.every((value, index) => Object.is(value, rounded[index])) ? 'F16' : 'F32';
}

/**
 * Writes a weights file, full or, with `base` and `only`, a delta. Equal input gives equal bytes; what {@link decodeWeights} read is
 * written bit for bit.
 * @throws GanCanvasError `weights-format` when values are not finite
 */
export function encodeWeights(file: WeightsFile, { dtype, base, only }: EncodeOptions = {}): Uint8Array<ArrayBuffer> {
  assertLittleEndian();
  const isWanted = (name: string) => base === undefined || only === undefined || only.has(name);
  const stored = new Map<string, StoredTensor>();
  for (const [name, tensor] of file.tensors) {
    if (isWanted(name)) stored.set(name, encodeTensor(name, tensor.shape, tensor.values, dtype ?? tensor.dtype));
  }
  for (const [name, values] of file.directions) {
    const full = DIRECTION_PREFIX + name;
    if (isWanted(full)) stored.set(full, encodeTensor(full, [values.length], values, directionDtype(values)));
  }
  const delta = base ?? file.delta ?? null;
  return encodeSafetensors({ metadata: { [METADATA_KEY]: formatMetadata(file.info, file.role, delta, file.metadata) }, tensors: stored });
}
