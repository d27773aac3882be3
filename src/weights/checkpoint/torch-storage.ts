import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { globalPath, isPickleGlobal, isPickleList } from './checkpoint-values.ts';
import type { PickleValue, StorageType } from './checkpoint-values.ts';

const CLASSES: Readonly<Record<string, StorageType>> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
};

/** A storage as a persistent id names it. */
export interface StorageClaim {
  readonly type: StorageType;
  readonly key: string;
  /** Numbers in it. */
  readonly count: number;
}

/**
 * Reads a persistent id of torch.save: ('storage', torch.FloatStorage, key, device, count), in the old format with None as a sixth.
 * @throws GanCanvasError `weights-format` for anything else, persistent ids within it included
 */
export function readStorageClaim(id: PickleValue): StorageClaim {
  const [what, type, key, device, count, view = null] = isPickleList(id) ? id : [];
  if (what !== 'storage' || !isPickleGlobal(type) || typeof key !== 'string' || typeof device !== 'string' || key.length > 100) {
    throw createCheckpointError(
      'it has a persistent id that is none of torch.save: expected a storage with its type, key, device and count.',
    );
  }
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0)
    throw createCheckpointError('it has a storage without a valid count.');
  if (view !== null) throw createCheckpointError('it has a storage that is a view of another, of a PyTorch older than 0.4.');
  const isTorch = type.module === 'torch' || type.module === 'torch.cuda';
  const known = isTorch && Object.hasOwn(CLASSES, type.name) ? CLASSES[type.name] : undefined;
  if (known === undefined)
    throw createCheckpointError(
      `it has a storage of the type ${quoteName(globalPath(type))}; expected ${Object.keys(CLASSES).join(', ')} of torch.`,
    );
  return { type: known, key, count };
}
