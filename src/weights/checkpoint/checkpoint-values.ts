/**
 * Folder `checkpoint`: other people's checkpoints into our format. A checkpoint is a pickle, a program for a machine that can call anything;
 * the reader here has no such machine. It knows plain containers and tensors, records what else is named as inert data, and calls nothing.
 *
 * This file: what a pickle is read into. Everything is data; nothing has behaviour that the file chose.
 */

/** A class or function that the file names. It is only a name. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly module: string;
  readonly name: string;
}

/** An instance that was recorded instead of made: whose it would be, and what it would have been made of. */
export interface PickleObject {
  readonly kind: 'object';
  readonly type: PickleGlobal;
  readonly args: readonly PickleValue[];
  /** What BUILD would have given it: for most classes the attributes. */
  state: PickleValue;
  /** Entries, of subclasses of dict; null until there is one. */
  items: PickleMap | null;
  /** Members, of subclasses of list; null until there is one. */
  members: PickleValue[] | null;
}

export type PickleMap = Map<PickleValue, PickleValue>;

/** Types of numbers in PyTorch's storages, with their size in bytes. */
export const STORAGE_BYTES = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 } as const;
export type StorageType = keyof typeof STORAGE_BYTES;

/** A run of numbers, a view into the file. */
export interface TensorStorage {
  readonly kind: 'storage';
  readonly type: StorageType;
  /** Numbers in it. */
  readonly count: number;
  /** count · {@link STORAGE_BYTES} bytes, little-endian, of any alignment; null while a legacy file's are not yet found. */
  bytes: Uint8Array | null;
}

/** A tensor as the file describes it; that all its elements lie in the storage has been checked. */
export interface TensorView {
  readonly kind: 'tensor';
  readonly storage: TensorStorage;
  /** In elements, like the strides. */
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** Tuples are frozen arrays, lists are not. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | PickleMap
  | Set<PickleValue>
  | PickleGlobal
  | PickleObject
  | TensorStorage
  | TensorView;

type Tagged = Extract<PickleValue, { kind: string }>;

function isTagged<K extends Tagged['kind']>(value: PickleValue | undefined, kind: K): value is Extract<Tagged, { kind: K }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === kind;
}

export function isPickleGlobal(value: PickleValue | undefined): value is PickleGlobal {
  return isTagged(value, 'global');
}

export function isPickleObject(value: PickleValue | undefined): value is PickleObject {
  return isTagged(value, 'object');
}

export function isTensorStorage(value: PickleValue | undefined): value is TensorStorage {
  return isTagged(value, 'storage');
}

export function isTensorView(value: PickleValue | undefined): value is TensorView {
  return isTagged(value, 'tensor');
}

export function isPickleList(value: PickleValue | undefined): value is readonly PickleValue[] {
  return Array.isArray(value);
}

/** `module.name` of a global, for messages. */
export function globalPath({ module, name }: PickleGlobal): string {
  return `${module}.${name}`;
}

export function createPickleObject(type: PickleGlobal, args: readonly PickleValue[], state: PickleValue = null): PickleObject {
  return { kind: 'object', type, args, state, items: null, members: null };
}
