/** Writes pickles, zip archives and files of torch.save byte by byte, sound ones and those that no honest program would write. */

export type Part = string | number | Uint8Array | readonly Part[];

/** Text of single bytes (opcodes and names), bytes, and lists of them, one after the other. */
export function joinBytes(...parts: readonly Part[]): Uint8Array {
  const chunks = parts.map((part) => {
    if (typeof part === 'number') return Uint8Array.of(part);
    if (typeof part === 'string') return Uint8Array.from(part, (character) => character.charCodeAt(0));
    return part instanceof Uint8Array ? part : joinBytes(...part);
  });
  const joined = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const chunk of chunks) {
    joined.set(chunk, position);
    position += chunk.length;
  }
  return joined;
}

/** A little-endian integer of so many bytes. */
export function little(value: number, sizeBytes: number): Uint8Array {
  let rest = BigInt(value);
  return Uint8Array.from({ length: sizeBytes }, () => {
    const byte = Number(rest & 255n);
    rest >>= 8n;
    return byte;
  });
}

/** Parts of pickles: instructions that leave one value on the stack. */
export const pickled = {
  text: (text: string): Part => ['X', little(text.length, 4), text],
  integer: (value: number): Part => (Math.abs(value) < 2 ** 31 ? ['J', little(value, 4)] : [0x8a, 8, little(value, 8)]),
  global: (module: string, name: string): Part => `c${module}\n${name}\n`,
  tuple: (...items: readonly Part[]): Part => ['(', items, 't'],
  list: (...items: readonly Part[]): Part => ['](', items, 'e'],
  dict: (entries: Readonly<Record<string, Part>>): Part => [
    '}(',
    Object.entries(entries).map(([key, value]): Part => [pickled.text(key), value]),
    'u',
  ],
  call: (module: string, name: string, ...args: readonly Part[]): Part => [pickled.global(module, name), pickled.tuple(...args), 'R'],
  memoize: (place: number): Part => ['r', little(place, 4)],
  recall: (place: number): Part => ['j', little(place, 4)],
  /** A torch.nn.Module of that class. */
  module: (name: string, attributes: Readonly<Record<string, Part>>): Part => [
    pickled.global('__main__', name),
    ')\x81',
    pickled.dict(attributes),
    'b',
  ],
  storage: (key: string, count: number, type = 'FloatStorage'): Part => [
    pickled.tuple(pickled.text('storage'), pickled.global('torch', type), pickled.text(key), pickled.text('cpu'), pickled.integer(count)),
    'Q',
  ],
  /** torch._utils._rebuild_tensor_v2 of a storage. */
  tensor: (storage: Part, offset: number, shape: readonly number[], strides: readonly number[]): Part =>
    pickled.call(
      'torch._utils',
      '_rebuild_tensor_v2',
      storage,
      pickled.integer(offset),
      pickled.tuple(...shape.map(pickled.integer)),
      pickled.tuple(...strides.map(pickled.integer)),
      '\x89',
      pickled.call('collections', 'OrderedDict'),
    ),
};

/** A pickle of protocol 2. */
export function writePickle(...parts: readonly Part[]): Uint8Array {
  return joinBytes(0x80, 2, parts, '.');
}

export interface ZipEntry {
  readonly name: string;
  readonly data: Uint8Array;
  /** 0: stored (default). */
  readonly method?: number;
  /** What it claims to unpack to; default the length of `data`. */
  readonly claimed?: number;
  readonly flags?: number;
  /** Where the directory says that it is; default where it is. */
  readonly offset?: number;
}

/** A zip archive, without checksums. */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array {
  const locals: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let position = 0;
  for (const { name, data, method = 0, claimed = data.length, flags = 0, offset = position } of entries) {
    const about = [little(flags, 2), little(method, 2), little(0, 8), little(data.length, 4), little(claimed, 4), little(name.length, 2)];
    const local = joinBytes('PK\x03\x04', little(20, 2), about, little(0, 2), name, data);
    directory.push(joinBytes('PK\x01\x02', little(20, 4), about, little(0, 12), little(offset, 4), name));
    locals.push(local);
    position += local.length;
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0);
  const counts = [little(entries.length, 2), little(entries.length, 2)];
  return joinBytes(locals, directory, 'PK\x05\x06', little(0, 4), counts, little(size, 4), little(position, 4), little(0, 2));
}

/** A file of torch.save: a pickle and its storages by key. */
export function writeTorchFile(pickle: Uint8Array, storages: Readonly<Record<string, Uint8Array>> = {}): Uint8Array {
  const data = Object.entries(storages).map(([key, bytes]) => ({ name: `archive/data/${key}`, data: bytes }));
  return writeZip([{ name: 'archive/data.pkl', data: pickle }, ...data]);
}

/** A file of torch.save with a state dict, all 0, of these shapes. */
export function writeStateDict(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const storages: Record<string, Uint8Array> = {};
  const tensors = Object.entries(shapes).map(([name, shape], index): [string, Part] => {
    const count = shape.reduce((product, length) => product * length, 1);
    storages[index] = new Uint8Array(4 * count);
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
    return [name, pickled.tensor(pickled.storage(String(index), count), 0, shape, strides)];
  });
  return writeTorchFile(writePickle(pickled.dict(Object.fromEntries(tensors))), storages);
}
