import { assert } from 'chai';
import { importCheckpoint } from '../../../src/engine/import-checkpoint.ts';
import { GanCanvasError } from '../../../src/support/errors.ts';
import { assertRejectsCode } from '../../support/assert-error.ts';
import { joinBytes, little, pickled, writePickle, writeTorchFile, writeZip, type Part } from '../../support/checkpoint-bytes.ts';
import { loadFixtureBytes } from '../../support/fixture-weights.ts';

const { call, dict, global, integer, list, memoize, module, recall, storage, tensor, text, tuple } = pickled;
const FILES = [
  'tiny-stylegan2-ada.pkl',
  'tiny-dcgan-generator.pth',
  'tiny-dcgan-generator-legacy.pth',
  'tiny-dcgan-whole.pth',
  'tiny-rosinality.pt',
];
const LEGACY_START = joinBytes(
  writePickle('\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19'),
  writePickle('M\xe9\x03'),
  writePickle('}(', text('little_endian'), '\x88u'),
);

/** Refused with these words; one that took an attack's bait would not end within the test's time. */
async function assertRefused(file: Uint8Array, ...parts: readonly string[]): Promise<void> {
  await assertRejectsCode(importCheckpoint(file), 'weights-format', 'The checkpoint cannot be imported: ', ...parts);
}

function declareAttacks(attacks: Readonly<Record<string, readonly [attack: readonly Part[], ...parts: readonly string[]]>>): void {
  for (const [title, [attack, ...parts]] of Object.entries(attacks)) {
    it(title, async () => {
      await assertRefused(writePickle(...attack), ...parts);
      await assertRefused(writeTorchFile(writePickle(...attack)), ...parts);
      await assertRefused(joinBytes(LEGACY_START, writePickle(...attack), writePickle(']')), ...parts);
    });
  }
}

const repeat = (count: number, ...parts: readonly Part[]): Part => Array.from({ length: count }, () => parts);
const times = (count: number, of: string): string => of.repeat(count);

describe('weights/checkpoint: attacks', () => {
  describe('calls', () => {
    declareAttacks({
      'refuses os.system': [[call('os', 'system', text('touch /tmp/pwned'))], '"os.system"', 'attack', 'Nothing of it was run'],
      'refuses what is called os on other systems': [[call('posix', 'system', text('id'))], '"posix.system"'],
      'refuses eval': [[call('builtins', 'eval', text('1+1'))], '"builtins.eval"', 'attack'],
      'refuses exec by its old name': [[call('__builtin__', 'exec', text('1'))], '"__builtin__.exec"'],
      'refuses getattr, the way to everything': [[call('builtins', 'getattr', global('torch', 'nn'), text('x'))], '"builtins.getattr"'],
      'refuses __import__': [[call('builtins', '__import__', text('os'))], '"builtins.__import__"'],
      'refuses subprocess.Popen': [[call('subprocess', 'Popen', text('id'))], '"subprocess.Popen"'],
      'refuses a name inside a harmful module': [[call('os.path', 'join', text('a'))], '"os.path.join"'],
      'refuses harmful names that come from the stack': [[text('os'), text('system'), '\x93', tuple(text('id')), 'R'], '"os.system"'],
      'refuses a harmful name that nobody calls': [[dict({ loss: global('os', 'system') })], '"os.system"'],
      'refuses any function that it does not know': [
        [call('torch.hub', 'load', text('a/b'))],
        'it calls "torch.hub.load"',
        'nothing is ever called',
      ],
      'refuses functions named like members of objects': [[call('constructor', 'prototype')], '"constructor.prototype"'],
      'refuses to call what is data': [[text('os'), tuple(), 'R'], 'calls what is no function'],
      'refuses arguments that are no tuple': [[global('collections', 'OrderedDict'), list(), 'R'], 'calls what is no function'],
      'refuses the old instruction that makes instances by name': [['(', text('id'), 'ios\nsystem\n'], 'the instruction INST'],
      'refuses the old instruction that makes instances of a class': [
        ['(', global('os2', 'system'), text('id'), 'o'],
        'the instruction OBJ',
      ],
      'refuses an instance of a harmful class': [[global('subprocess', 'Popen'), tuple(text('id')), '\x81'], '"subprocess.Popen"'],
      'refuses instances with named arguments': [[global('a', 'B'), ')', dict({ shell: '\x88' }), '\x92'], 'named arguments'],
      'refuses classes by number': [['\x82\x01'], 'the instruction EXT1'],
      'refuses attributes of what has none': [[list(), dict({ a: 'N' }), 'b'], 'sets the attributes of what has none'],
      'refuses attributes of a function': [[global('a', 'b'), dict({ a: 'N' }), 'b'], 'sets the attributes of what has none'],
      'refuses attributes that are set twice': [[module('A', {}), dict({ a: 'N' }), 'b'], '"__main__.A" twice'],
      'refuses instructions that there are none of': [[0xff], 'the unknown instruction 0xff'],
      'refuses protocols to come': [[0x80, 9, 'N'], 'protocol 9'],
    });

    it('records a class that it does not know, with its state, and does nothing with either', async () => {
      const state = dict({ __reduce__: text('x'), __class__: global('a', 'B') });
      await assertRefused(writePickle(global('evil', 'Thing'), ')\x81', state, 'b'), 'an instance of "evil.Thing"');
    });

    it('keeps names of members of objects as data', async () => {
      const numbers = storage('0', 4);
      const named = { constructor: tensor(numbers, 0, [2], [1]), ['__proto__']: tensor(numbers, 2, [2], [1]) };
      const file = writeTorchFile(writePickle(dict(named)), { 0: new Uint8Array(16) });
      await assertRefused(file, 'no network that is known', '"constructor"', '"__proto__"');
      assert.deepEqual(Object.keys(Object.prototype), []);
    });

    it('refuses a torch file inside a torch file, where none belongs', async () => {
      const inner = joinBytes('B', little(4, 4), 'abcd');
      await assertRefused(writeTorchFile(writePickle(call('torch.storage', '_load_from_bytes', inner))), '_load_from_bytes');
      await assertRefused(writePickle(call('torch.storage', '_load_from_bytes', inner)), "torch.save's old format");
    });

    it('refuses an attack inside the storage of a plain pickle, at any depth', async () => {
      const wrap = (pickle: Uint8Array): Uint8Array => {
        const file = joinBytes(LEGACY_START, pickle, writePickle(']'));
        return writePickle(call('torch.storage', '_load_from_bytes', ['B', little(file.length, 4), file]));
      };
      await assertRefused(wrap(writePickle(call('os', 'system', text('id')))), '"os.system"');
      await assertRefused(wrap(wrap(writePickle('N'))), '_load_from_bytes');
      await assertRefused(wrap(writePickle('N')), "torch.save's old format");
    });
  });

  describe('persistent ids', () => {
    declareAttacks({
      'refuses ids of the old protocol': [['Pos.system\n'], 'the instruction PERSID'],
    });

    for (const [title, id, ...parts] of [
      ['one that is text', text('os.system'), 'none of torch.save'],
      ['one that holds a persistent id', tuple(text('storage'), storage('0', 0), text('0'), text('cpu'), integer(1)), 'none of torch.save'],
      ['one that holds itself by its memo', [tuple(storage('0', 0)), memoize(1), '0', recall(1)], 'none of torch.save'],
      ['types that are no storages', storageId({ type: global('torch', 'Tensor') }), 'the type "torch.Tensor"'],
      ['types of other modules', storageId({ type: global('evil', 'FloatStorage') }), 'the type "evil.FloatStorage"'],
      ['types named like members of objects', storageId({ type: global('torch', 'constructor') }), '"torch.constructor"'],
      ['keys that lead elsewhere', storageId({ key: text('../../version') }), 'claims 1 numbers of 4 bytes, but has no bytes'],
      ['counts below 0', storageId({ count: integer(-1) }), 'valid count'],
      ['counts beyond every file', storageId({ count: integer(2 ** 52) }), 'claims 4503599627370496 numbers'],
      ['counts beyond all numbers', storageId({ count: ['\x8a\x09', little(0, 8), 1] }), 'valid count'],
      ['counts that are no integers', storageId({ count: 'G\x7f\xf0\0\0\0\0\0\0' }), 'valid count'],
      ['views of storages', storageId({ more: tuple(text('0'), integer(0), integer(1)) }), 'a view of another'],
    ] as const) {
      it(`refuses ${title}`, async () => {
        await assertRefused(writeTorchFile(writePickle(id, 'Q'), { 0: new Uint8Array(0) }), ...parts);
      });
    }

    it('refuses them in a plain pickle, which has none', async () => {
      await assertRefused(writePickle(storage('0', 1)), 'persistent id');
    });

    it('refuses a storage of two types or sizes, and one that nobody wrote', async () => {
      const two = writePickle(list(storage('0', 2), storage('0', 2, 'IntStorage')));
      await assertRefused(writeTorchFile(two, { 0: new Uint8Array(8) }), 'two types');
      await assertRefused(joinBytes(LEGACY_START, two, writePickle(list(text('0'))), little(2, 8), little(0, 8)), 'claimed twice');
      const one = joinBytes(LEGACY_START, writePickle(storage('0', 2)));
      await assertRefused(joinBytes(one, writePickle(list(text('0'))), little(3, 8), little(0, 8)), 'another count');
      await assertRefused(joinBytes(one, writePickle(list(text('0'))), little(2, 8), little(0, 4)), 'truncated');
      await assertRefused(joinBytes(one, writePickle(list(text('1'))), little(2, 8), little(0, 8)), 'list of storages');
    });
  });

  describe('claims', () => {
    declareAttacks({
      'refuses frames beyond the file': [['\x95', little(2 ** 60, 8), 'N'], 'claims 1152921504606847000 bytes'],
      'refuses bytes beyond the file': [['\x8e', little(2 ** 62, 8)], 'claims', 'truncated'],
      'refuses bytes of 4 GB': [['B\xff\xff\xff\xff'], 'claims 4294967295 bytes'],
      'refuses byte arrays beyond the file': [['\x96', little(2 ** 40, 8)], 'claims'],
      'refuses text of 4 GB': [['X\xff\xff\xff\xff'], 'claims 4294967295 bytes'],
      'refuses text beyond all numbers': [['\x8d\xff\xff\xff\xff\xff\xff\xff\xff'], 'claims'],
      'refuses long integers': [['\x8b\xff\xff\xff\x7f'], 'LONG4'],
      'refuses text that is none': [['X', little(2, 4), '\xff\xff'], 'not UTF-8'],
      'refuses names without end': [['c', 'a'.repeat(1000), '\nb\n'], 'does not end'],
      'refuses names without text': [['c\n\n'], 'without a proper name'],
    });

    for (const [title, offset, shape, strides] of [
      ['more elements than its storage has', 0, [3], [1]],
      ['shapes beyond all numbers', 0, [2 ** 52, 2 ** 52, 2 ** 52], [0, 0, 0]],
      ['elements that are repeated by strides of 0', 0, [1000, 1000], [0, 0]],
      ['strides that leave its storage', 0, [2], [2]],
      ['an offset behind its storage', 2, [1], [1]],
      ['an offset before its storage', -1, [1], [1]],
      ['strides that go back', 1, [2], [-1]],
      ['a shape below 0', 0, [-1], [1]],
      ['strides for other dimensions', 0, [1, 1], [1]],
      ['dimensions without end', 0, Array.from({ length: 9 }, () => 1), Array.from({ length: 9 }, () => 1)],
    ] as const) {
      it(`refuses a tensor with ${title}`, async () => {
        const pickle = writePickle(tensor(storage('0', 2), offset, shape, strides));
        await assertRefused(writeTorchFile(pickle, { 0: new Uint8Array(8) }), 'a tensor');
        const legacy = joinBytes(LEGACY_START, pickle, writePickle(list(text('0'))), little(2, 8), new Uint8Array(8));
        await assertRefused(legacy, 'a tensor');
      });
    }

    it('refuses a network that takes more numbers than the file has, by sharing one storage', async () => {
      const wide = tensor(recall(0), 0, [100, 100, 4, 4], [1600, 16, 4, 1]);
      const last = tensor(recall(0), 0, [100, 3, 4, 4], [48, 16, 4, 1]);
      const network = dict({ '0.weight': wide, '1.weight': wide, '2.weight': wide, '3.weight': last });
      const file = writeTorchFile(writePickle(storage('0', 160_000), memoize(0), '0', network), { 0: new Uint8Array(640_000) });
      await assertRefused(file, 'take 1939200 bytes, but its storages have 640000');
    });
  });

  describe('shapes of data', () => {
    declareAttacks({
      'refuses a list that contains itself': [[']', memoize(0), recall(0), 'a'], 'contains itself'],
      'refuses a dict that contains itself': [['}', memoize(0), text('a'), recall(0), 's'], 'contains itself'],
      'refuses a module that contains itself': [
        [global('a', 'B'), ')\x81', memoize(0), dict({ _parameters: '}', _modules: ['}', text('a'), recall(0), 's'] }), 'b'],
        'contains itself',
      ],
      'refuses lists in lists in lists': [[times(2000, ']'), times(1999, 'a')], 'nested more than 500 deep'],
      'refuses tuples in tuples in tuples': [['N', times(400_000, '\x85')], 'nested more than 500 deep'],
      'refuses steps without end': [[times(600_000, 'N0'), 'N'], 'more than 1000000 steps'],
      'refuses containers that are copied over and over': [
        [list(times(50_000, 'N')), memoize(0), '0', repeat(100, call('builtins', 'list', recall(0)), '0'), 'N'],
        'more than 1000000 steps',
      ],
      'refuses text that is turned into bytes over and over': [
        [text('a'.repeat(100_000)), memoize(0), '0', repeat(50, call('_codecs', 'encode', recall(0), text('latin1')), '0'), 'N'],
        'more bytes than the file has',
      ],
      'refuses places of the memo that are empty': [[recall(7)], 'place 7, which is empty'],
      'refuses to take from an empty stack': [['0'], 'empty stack'],
      'refuses to remember an empty stack': [['q\0'], 'empty stack'],
      'refuses to take what lies before a mark': [['N(', '\x85'], 'empty stack'],
      'refuses marks that are not there': [['t'], 'a mark that is not there'],
      'refuses items without values': [['}(', text('a'), 'u'], 'sets items'],
      'refuses items of what is no dict': [['](', text('a'), 'Nu'], 'sets items'],
      'refuses members of what is no list': [[')Na'], 'appends to what is no list'],
      'refuses more values than one': [['NN'], 'more than one value'],
    });

    it('walks what is shared once, however many paths lead to it', async () => {
      const levels = repeat(60, memoize(0), '0', dict({ a: recall(0), b: recall(0), c: recall(0) }));
      await assertRefused(writePickle('}', levels), 'no network that is known');
      const tuples = repeat(60, memoize(0), '0', tuple(recall(0), recall(0), recall(0)));
      await assertRefused(writePickle(')', tuples), 'no network that is known');
    });

    it('refuses modules that are shared over and over', async () => {
      const children = (place: number): Part =>
        dict(Object.fromEntries(['a', 'a.a', 'a.a.a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, recall(place)])));
      const levels = repeat(14, memoize(0), '0', module('A', { _parameters: '}', _modules: children(0) }));
      await assertRefused(writePickle(module('A', { _parameters: '}', _modules: '}' }), levels), 'more than 200000 entries');
    });

    it('refuses names that grow by sharing, and keys that are no names', async () => {
      const long = 'a'.repeat(290);
      const levels = repeat(5, memoize(0), '0', module('A', { _parameters: '}', _modules: dict({ [long]: recall(0) }) }));
      await assertRefused(writePickle(module('A', { _parameters: '}', _modules: '}' }), levels), 'expected at most 300');
      const keys = repeat(60, memoize(1), '0', tuple(recall(1), recall(1)));
      const attack = module('A', { _parameters: '}', _modules: ['}', ')', keys, module('B', { _parameters: '}', _modules: '}' }), 's'] });
      await assertRefused(writePickle(attack), 'no network that is known');
    });
  });

  describe('zip archives', () => {
    const pickle = { name: 'a/data.pkl', data: writePickle('N') };
    const other = { name: 'a/data/0', data: new Uint8Array(8) };

    const archives = {
      'two entries of one name': [[pickle, pickle], 'two entries of one name'],
      'an entry that is not where the directory says': [[pickle, { ...other, offset: 7 }], 'no entry "a/data/0" where'],
      'encrypted entries': [[{ ...pickle, flags: 1 }], 'encrypted'],
      'other packings': [[{ ...pickle, method: 14 }], 'packed by method 14'],
      'a stored entry of another size': [[{ ...pickle, claimed: 1000 }], 'claims 1000 bytes'],
      'a bomb': [[pickle, { ...other, method: 8, claimed: 2 ** 31 }], 'it may be a bomb'],
      'many small bombs': [
        [pickle, ...Array.from({ length: 50 }, (_, key) => ({ ...other, name: `a/data/${key}`, method: 8, claimed: 2 ** 20 }))],
        'it may be a bomb',
      ],
      'a packed entry that is none': [[{ ...pickle, method: 8 }], 'cannot be unpacked'],
      'no pickle': [[other], 'without one data.pkl'],
      'two pickles': [[pickle, { ...pickle, name: 'b/data.pkl' }], 'without one data.pkl'],
      'code of TorchScript': [[pickle, { name: 'a/constants.pkl', data: new Uint8Array(1) }], 'TorchScript'],
      'numbers of the other byte order': [[pickle, { name: 'a/byteorder', data: joinBytes('big') }], 'little-endian'],
    } as const;
    for (const [title, [entries, ...parts]] of Object.entries(archives)) {
      it(`refuses ${title}`, async () => {
        await assertRefused(writeZip(entries), ...parts);
      });
    }

    it('refuses entries that overlap', async () => {
      const archive = writeZip([other, pickle]);
      const directory = archive.length - 22 - (46 + pickle.name.length) - (46 + other.name.length);
      // The first one's packed and unpacked size.
      for (const offset of [20, 24]) archive.set(little(20, 4), directory + offset);
      await assertRefused(archive, 'overlap another');
    });

    const deflate = async (bytes: Uint8Array): Promise<Uint8Array> => {
      const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new CompressionStream('deflate-raw'));
      return new Uint8Array(await new Response(stream).arrayBuffer());
    };

    it('refuses a packed entry that unpacks to more or less than it claims', async () => {
      const data = await deflate(new Uint8Array(4_000_000));
      for (const claimed of [1000, 4_000_001]) await assertRefused(writeZip([{ ...pickle, data, method: 8, claimed }]), 'unpacks to');
    });

    it('reads packed entries', async () => {
      const original = await loadFixtureBytes('tiny-dcgan-generator.pth');
      const { entries } = await unzip(original);
      const packed = await Promise.all(
        entries.map(async ({ name, data }) => ({ name, data: await deflate(data), method: 8, claimed: data.length })),
      );
      const [a, b] = await Promise.all([importCheckpoint(original), importCheckpoint(writeZip(packed))]);
      assert.deepEqual(a.generator, b.generator);
    });

    it('refuses directories that are not there, or longer than the file', async () => {
      const archive = writeZip([pickle, other]);
      const at = archive.length - 22;
      for (const [offset, value, size] of [
        [at + 16, 2 ** 32 - 2, 4],
        [at + 12, 2 ** 31, 4],
        [at + 10, 65_535, 2],
        [at + 10, 1, 2],
      ] as const) {
        const broken = archive.slice();
        broken.set(little(value, size), offset);
        await assertRefused(broken, 'zip archive');
      }
      const end64 = joinBytes(
        'PK\x06\x06',
        little(44, 8),
        little(0, 12),
        little(2 ** 50, 8),
        little(2 ** 50, 8),
        little(2 ** 60, 8),
        little(0, 8),
      );
      const locator = joinBytes('PK\x06\x07', little(0, 4), little(at, 8), little(1, 4));
      await assertRefused(joinBytes(archive.subarray(0, at), end64, locator, archive.subarray(at)), 'zip archive');
    });
  });

  describe('damage', () => {
    for (const name of FILES) {
      it(`refuses ${name} cut off anywhere`, async () => {
        const file = await loadFixtureBytes(name);
        const lengths = Array.from({ length: 60 }, (_, index) => Math.floor((file.length * index) / 60));
        for (const length of [...lengths, 1, 2, 3, 13, 14, 15, file.length - 1]) await assertRefused(file.subarray(0, length));
      });

      it(`imports or refuses ${name} with any byte changed`, async () => {
        const file = await loadFixtureBytes(name);
        let state = 12345;
        const next = (count: number): number => {
          state = (Math.imul(state, 1103515245) + 12345) >>> 0;
          return (state >>> 8) % count;
        };
        // Bytes of pickles and directories rather than of numbers.
        for (let round = 0; round < 250; round++) {
          const changed = file.slice();
          for (let count = next(3) + 1; count > 0; count--) changed[next(round % 2 === 0 ? file.length : 4000)] = next(256);
          await importCheckpoint(changed).catch((error: unknown) => {
            if (!(error instanceof GanCanvasError) || error.code !== 'weights-format') throw error;
          });
        }
      }).timeout(30_000);
    }
  });
});

/** Parts of a storage's persistent id, each of which may be replaced. */
function storageId({
  type = global('torch', 'FloatStorage'),
  key = text('0'),
  count = integer(1),
  more = [],
}: Readonly<Partial<Record<'type' | 'key' | 'count' | 'more', Part>>>): Part {
  return tuple(text('storage'), type, key, text('cpu'), count, more);
}

async function unzip(archive: Uint8Array): Promise<{ readonly entries: readonly { readonly name: string; readonly data: Uint8Array }[] }> {
  const { readZip } = await import('../../../src/weights/checkpoint/read-zip.ts');
  return { entries: [...(await readZip(archive))].map(([name, data]) => ({ name, data })) };
}
