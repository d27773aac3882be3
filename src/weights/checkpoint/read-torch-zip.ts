import { quoteName } from '../safetensors.ts';
import { createCheckpointError } from './checkpoint-error.ts';
import { STORAGE_BYTES } from './checkpoint-values.ts';
import type { PickleValue, TensorStorage } from './checkpoint-values.ts';
import { assertHarmless, constructContainer, rebuildCall } from './known-calls.ts';
import { readPickle } from './read-pickle.ts';
import type { PickleHost, ReadingBudget } from './read-pickle.ts';
import { readZip } from './read-zip.ts';
import { readStorageClaim } from './torch-storage.ts';

function findPrefix(names: Iterable<string>): string {
  const all = [...names];
  const pickles = all.filter((name) => name === 'data.pkl' || /^[^/]+\/data\.pkl$/.test(name));
  const [pickle, second] = pickles;
  if (all.some((name) => /(^|\/)constants\.pkl$/.test(name)))
    throw createCheckpointError('it is a TorchScript archive, which holds code; save the state dict of the network instead.');
  if (pickle === undefined || second !== undefined)
    throw createCheckpointError(
      `it is a zip archive without one data.pkl of torch.save; it holds ${all.slice(0, 5).map(quoteName).join(', ')}.`,
    );
  return pickle.slice(0, -'data.pkl'.length);
}

/**
 * Reads what torch.save writes since PyTorch 1.6: a zip archive with a pickle and a file for each storage.
 * @throws GanCanvasError `weights-format`
 */
export async function readTorchZip(file: Uint8Array, budget: ReadingBudget): Promise<PickleValue> {
  const entries = await readZip(file);
  const prefix = findPrefix(entries.keys());
  const order = entries.get(`${prefix}byteorder`);
  if (order !== undefined && new TextDecoder().decode(order) !== 'little')
    throw createCheckpointError('its numbers are not little-endian.');
  const storages = new Map<string, TensorStorage>();
  const resolve = (id: PickleValue): PickleValue => {
    const { type, key, count } = readStorageClaim(id);
    const bytes = entries.get(`${prefix}data/${key}`);
    if (bytes?.length !== count * STORAGE_BYTES[type]) {
      throw createCheckpointError(
        `its storage ${quoteName(key)} claims ${count} numbers of ${STORAGE_BYTES[type]} bytes, but has ${bytes?.length ?? 'no'} bytes.`,
      );
    }
    const storage = storages.get(key) ?? { kind: 'storage', type, count, bytes };
    if (storage.type !== type) throw createCheckpointError(`its storage ${quoteName(key)} has two types.`);
    storages.set(key, storage);
    return storage;
  };
  const host: PickleHost = {
    assertHarmless,
    resolve,
    rebuild: (callee, args) => rebuildCall(callee, args, budget),
    construct: (type, args) => constructContainer(type, args, budget),
  };
  return readPickle(entries.get(`${prefix}data.pkl`) ?? new Uint8Array(), 0, host, budget).value;
}
