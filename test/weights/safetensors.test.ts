import { assert } from 'chai';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/safetensors.ts';
import type { StoredTensor } from '../../src/weights/safetensors.ts';
import { assertThrowsCode } from '../support/assert-error.ts';

/** A file with that header text, and `dataBytes` zeros after it. */
function createFile(header: string | object, dataBytes: number, headerBytes?: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerBytes ?? text.length), true);
  bytes.set(text, 8);
  return bytes;
}

function f32(shape: unknown, begin: unknown, end: unknown): object {
  return { dtype: 'F32', shape, data_offsets: [begin, end] };
}

function assertRefused(bytes: Uint8Array, ...parts: readonly string[]): void {
  assertThrowsCode(() => decodeSafetensors(bytes), 'weights-format', ...parts);
}

describe('weights/safetensors: reading', () => {
  it('gives metadata, and tensors as views into the file', () => {
    const bytes = createFile({ __metadata__: { key: 'value' }, b: f32([1], 8, 12), a: f32([2, 1], 0, 8) }, 12);
    const { metadata, tensors } = decodeSafetensors(bytes);
    assert.deepEqual(metadata, { key: 'value' });
    assert.deepEqual([...tensors.keys()], ['b', 'a']);
    assert.deepEqual(tensors.get('a')?.shape, [2, 1]);
    assert.strictEqual(tensors.get('a')?.bytes.buffer, bytes.buffer);
    assert.equal(tensors.get('b')?.bytes.byteOffset, bytes.length - 4);
  });

  it('reads scalars, empty tensors, empty files and padded headers', () => {
    const { tensors } = decodeSafetensors(createFile({ scalar: f32([], 0, 4), empty: f32([3, 0], 4, 4) }, 4));
    assert.equal(tensors.get('scalar')?.bytes.length, 4);
    assert.equal(tensors.get('empty')?.bytes.length, 0);
    assert.equal(decodeSafetensors(createFile('{}      ', 0)).tensors.size, 0);
  });

  it('reads a file that lies at an odd place of a buffer', () => {
    const bytes = createFile({ a: f32([1], 0, 4) }, 4);
    const odd = new Uint8Array(bytes.length + 3).subarray(3);
    odd.set(bytes);
    assert.equal(decodeSafetensors(odd).tensors.get('a')?.bytes.length, 4);
  });

  it('takes odd names for names', () => {
    const { tensors } = decodeSafetensors(createFile('{"__proto__": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}', 4));
    assert.deepEqual([...tensors.keys()], ['__proto__']);
    assert.isUndefined(({} as Record<string, unknown>).dtype);
  });

  it('refuses files that are too short for what they claim', () => {
    assertRefused(new Uint8Array(0), '0 bytes');
    assertRefused(new Uint8Array(7), '7 bytes');
    assertRefused(createFile('{}', 0, 3), 'claims 3 bytes', 'truncated');
    const whole = createFile({ a: f32([64], 0, 256) }, 256);
    for (const length of [8, 20, whole.length - 256, whole.length - 1]) assertRefused(whole.slice(0, length), 'truncated');
  });

  it('refuses header lengths that are absurd', () => {
    for (const length of [0, 1, 8 * 1024 * 1024 + 1, 2 ** 40, 2 ** 53 - 1]) assertRefused(createFile('{}', 0, length), 'its header claims');
    assertRefused(new Uint8Array(64).fill(0xff), 'its header claims');
  });

  it('says what another kind of file seems to be', () => {
    assertRefused(new TextEncoder().encode('<!doctype html><html><body>Not found</body></html>'), 'HTML page');
    assertRefused(new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0'), 'Git LFS');
    assertRefused(Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0, 8, 8, 0, 0), 'PyTorch', 'gan-canvas import');
    for (const protocol of [2, 3, 4, 5])
      assertRefused(Uint8Array.of(0x80, protocol, 0x95, 0xff, 0xff, 0xff, 0xff, 0xff), 'gan-canvas import');
  });

  it('refuses headers that are no JSON object', () => {
    assertRefused(createFile('{"a": }', 0), 'no JSON');
    for (const text of ['[]', 'null', '"a"', '12']) assertRefused(createFile(text, 0), 'no JSON object');
    const bytes = createFile('{"xx":1}', 0);
    bytes[10] = 0xff;
    assertRefused(bytes, 'not UTF-8');
    assertRefused(createFile(`{"a": ${'['.repeat(100)}${']'.repeat(100)}}`, 0), 'nested');
  });

  it('refuses a key that comes twice, however it is spelled', () => {
    const tensor = '{"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}';
    assertRefused(createFile(`{"a": ${tensor}, "a": ${tensor}}`, 4), '"a" twice');
    assertRefused(createFile(`{"a": ${tensor}, "\\u0061" : ${tensor}}`, 4), '"a" twice');
    assertRefused(createFile('{"a": {"dtype": "F32", "shape": [1], "shape": [1], "data_offsets": [0, 4]}}', 4), '"shape" twice');
    const { metadata } = decodeSafetensors(createFile('{"__metadata__": {"a\\"": "\\"a\\": {", "a": "\\\\"}}', 0));
    assert.deepEqual(metadata, { 'a"': '"a": {', a: '\\' });
  });

  it('refuses metadata other than strings', () => {
    assertRefused(createFile({ __metadata__: [] }, 0), '__metadata__');
    assertRefused(createFile({ __metadata__: { a: 1 } }, 0), '"a"');
  });

  for (const dtype of ['F64', 'BF16', 'I64', 'f32', 'toString']) {
    it(`refuses and names the dtype ${dtype}`, () => {
      assertRefused(createFile({ a: { dtype, shape: [1], data_offsets: [0, 4] } }, 4), '"a"', `"${dtype}"`, 'F16 or F32');
    });
  }

  for (const shape of [[-1], [1.5], ['1'], [2 ** 53], [null], 4, null, [1, 1, 1, 1, 1, 1, 1, 1, 1]]) {
    it(`refuses the shape ${JSON.stringify(shape)}`, () => {
      assertRefused(createFile({ a: f32(shape, 0, 4) }, 4), '"a"', 'shape');
    });
  }

  for (const [begin, end] of [
    [-4, 0],
    [0, 8],
    [4, 0],
    [0, 2 ** 60],
    ['0', '4'],
    [0.5, 4.5],
  ]) {
    it(`refuses the offsets ${JSON.stringify([begin, end])} in 4 bytes`, () => {
      assertRefused(createFile({ a: f32([1], begin, end) }, 4), '"a"');
    });
  }

  it('refuses offsets that are no pair', () => {
    for (const offsets of [[0], [0, 4, 4], 'ab', undefined])
      assertRefused(createFile({ a: { dtype: 'F32', shape: [1], data_offsets: offsets } }, 4), 'data_offsets');
    assertRefused(createFile({ a: 'b' }, 4), '"a"');
  });

  it('refuses sizes other than those of the shape, however large', () => {
    assertRefused(createFile({ a: f32([2], 0, 4) }, 4), '4 bytes', 'takes 8');
    assertRefused(createFile({ a: f32([2 ** 30, 2 ** 30, 2 ** 30], 0, 4) }, 4), '4 bytes');
    assertRefused(createFile({ a: f32([2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52, 2 ** 52], 0, 4) }, 4), '4 bytes');
  });

  it('refuses overlaps, holes and trailing bytes', () => {
    assertRefused(createFile({ a: f32([2], 0, 8), b: f32([2], 4, 12) }, 12), '"b" overlaps "a"');
    assertRefused(createFile({ a: f32([1], 0, 4), b: f32([1], 0, 4) }, 4), 'overlaps');
    assertRefused(createFile({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, 12), 'hole of 4 bytes', '"b"');
    assertRefused(createFile({ a: f32([1], 4, 8) }, 8), 'hole');
    assertRefused(createFile({ a: f32([1], 0, 4) }, 5), '1 bytes follow');
    assertRefused(createFile('{}', 1), '1 bytes follow');
  });

  it('refuses or reads, but never breaks on, a file with any byte of its header changed', () => {
    const file = createFile({ __metadata__: { k: 'v' }, a: f32([2], 0, 8), b: { dtype: 'F16', shape: [1, 1], data_offsets: [8, 10] } }, 10);
    let refused = 0;
    for (let position = 0; position < file.length - 10; position++) {
      for (const value of [0x00, 0x20, 0x22, 0x2c, 0x30, 0x39, 0x5b, 0x7b, 0x7d, 0xff]) {
        const changed = file.slice();
        changed[position] = value;
        try {
          decodeSafetensors(changed);
        } catch (error) {
          refused += 1;
          assert.equal((error as { code?: unknown }).code, 'weights-format');
        }
      }
    }
    assert.isAbove(refused, 1000);
  });
});

describe('weights/safetensors: writing', () => {
  const tensors = new Map<string, StoredTensor>([
    ['half', { dtype: 'F16', shape: [3], bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) }],
    ['single', { dtype: 'F32', shape: [1, 2], bytes: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) }],
    ['scalar', { dtype: 'F32', shape: [], bytes: Uint8Array.of(9, 9, 9, 9) }],
    ['Ä "quoted"', { dtype: 'F16', shape: [0], bytes: new Uint8Array(0) }],
  ]);

  it('writes what it reads back as the same, bit for bit', () => {
    const metadata = { key: 'Wert \u00e4 "x" 🍎' };
    const bytes = encodeSafetensors({ metadata, tensors });
    const read = decodeSafetensors(bytes);
    assert.deepEqual(read.metadata, metadata);
    assert.equal(read.tensors.size, tensors.size);
    for (const [name, tensor] of tensors) assert.deepEqual(read.tensors.get(name), tensor);
    assert.deepEqual(encodeSafetensors(read), bytes);
  });

  it('aligns every tensor to its own size', () => {
    const bytes = encodeSafetensors({ metadata: {}, tensors });
    for (const [, { dtype, bytes: view }] of decodeSafetensors(bytes).tensors) assert.equal(view.byteOffset % (dtype === 'F32' ? 4 : 2), 0);
    assert.equal(new DataView(bytes.buffer).getUint32(0, true) % 8, 0);
  });

  it('refuses to write a tensor whose bytes do not fit its shape', () => {
    const wrong = new Map<string, StoredTensor>([['a', { dtype: 'F32', shape: [2], bytes: new Uint8Array(4) }]]);
    assertThrowsCode(() => encodeSafetensors({ metadata: {}, tensors: wrong }), 'internal', '"a"');
  });
});
