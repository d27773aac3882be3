import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { isPickleList, STORAGE_BYTES } from './checkpoint-values.ts';
import type { PickleValue, TensorStorage } from './checkpoint-values.ts';
import { assertHarmless, constructContainer, rebuildCall } from './known-calls.ts';
import { readPickle } from './read-pickle.ts';
import type { ReadingBudget, PickleHost } from './read-pickle.ts';
import { readStorageClaim } from './torch-storage.ts';

/** PROTO 2, LONG1 of 10 bytes, and these: how every file begins. */
const MAGIC = 0x1950a86a20f9469cfc6cn;
const START = Uint8Array.of(0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19);
const PROTOCOL_VERSION = 1001;

/** True for a file of torch.save before PyTorch 1.6, or with `_use_new_zipfile_serialization=False`. */
export function isTorchLegacy(file: Uint8Array): boolean {
  return START.every((byte, index) => file[index] === byte);
}

const refuseId = (): never => {
  throw createCheckpointError('it has a persistent id where none belongs.');
};

function createResolver(storages: Map<string, TensorStorage>): PickleHost['resolve'] {
  return (id) => {
    const { type, key, count } = readStorageClaim(id);
    const storage = storages.get(key) ?? { kind: 'storage', type, count, bytes: null };
    if (storage.type !== type || storage.count !== count)
      throw createCheckpointError(`its storage ${quoteName(key)} is claimed twice, differently.`);
    storages.set(key, storage);
    return storage;
  };
}

/** The numbers follow the pickles: for each key in turn their count (64 bits), then their bytes. */
function fillStorages(file: Uint8Array, start: number, keys: PickleValue, storages: ReadonlyMap<string, TensorStorage>): void {
  if (!isPickleList(keys)) throw createCheckpointError('it has no list of its storages.');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let position = start;
  for (const key of keys) {
    const storage = typeof key === 'string' ? storages.get(key) : undefined;
    if (storage === undefined || storage.bytes !== null) throw createCheckpointError('its list of storages does not fit its tensors.');
    const sizeBytes = storage.count * STORAGE_BYTES[storage.type];
    if (!(position + 8 + sizeBytes <= file.length))
      throw createCheckpointError(
        `its storage ${quoteName(String(key))} claims ${sizeBytes} bytes, but only ${Math.max(0, file.length - position - 8)} follow; it may be truncated.`,
      );
    if (view.getBigUint64(position, true) !== BigInt(storage.count))
      throw createCheckpointError(`its storage ${quoteName(String(key))} has another count than its tensors say.`);
    storage.bytes = file.subarray(position + 8, position + 8 + sizeBytes);
    position += 8 + sizeBytes;
  }
}

/**
 * Reads the old format of torch.save: pickles of a magic number, a protocol version, facts on the system, the object and the keys of its
 * storages, then the storages.
 * @throws GanCanvasError `weights-format`
 */
export function readTorchLegacy(file: Uint8Array, budget: ReadingBudget): PickleValue {
  const storages = new Map<string, TensorStorage>();
  const plain: PickleHost = {
    assertHarmless,
    resolve: refuseId,
    rebuild: (callee, args) => rebuildCall(callee, args, budget),
    construct: (type, args) => constructContainer(type, args, budget),
  };
  let position = 0;
  const next = (host: PickleHost = plain): PickleValue => {
    const { value, end } = readPickle(file, position, host, budget);
    position = end;
    return value;
  };
  if (next() !== MAGIC || next() !== PROTOCOL_VERSION)
    throw createCheckpointError(`it is no file of torch.save with the protocol ${PROTOCOL_VERSION}.`);
  const system = next();
  if (!(system instanceof Map) || system.get('little_endian') !== true) throw createCheckpointError('its numbers are not little-endian.');
  const value = next({ ...plain, resolve: createResolver(storages) });
  const keys = next();
  fillStorages(file, position, keys, storages);
  return value;
}
