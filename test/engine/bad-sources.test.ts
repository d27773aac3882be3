import { assert } from 'chai';
import { memory, openGenerator } from '../../src/engine/engine-client.ts';
import type { CreateGeneratorOptions, Generator } from '../../src/engine/generator.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/weights/safetensors.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';

const POMONA = new URL('../../weights/pomona.safetensors', import.meta.url).href;
const ZERO_HASH = `sha256-${btoa('\0'.repeat(32))}`;

/** The file with its header's JSON text changed; the header keeps its place. */
function editHeader(bytes: Uint8Array, edit: (text: string) => string): Uint8Array {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const text = edit(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const header = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / 8) * 8));
  const edited = new Uint8Array(8 + header.length + bytes.length - 8 - length);
  new DataView(edited.buffer).setBigUint64(0, BigInt(header.length), true);
  edited.set(header, 8);
  edited.set(bytes.subarray(8 + length), 8 + header.length);
  return edited;
}

/** The file with the first tensor's rows and columns exchanged in its shape. */
function withWrongShape(bytes: Uint8Array): Uint8Array {
  const { metadata, tensors } = decodeSafetensors(bytes);
  const name = 'mapping.fc0.weight';
  const tensor = tensors.get(name);
  assert.exists(tensor);
  const shape = [1, (tensor?.shape ?? []).reduce((size, count) => size * count, 1)];
  return encodeSafetensors({ metadata, tensors: new Map([...tensors, [name, { ...tensor, shape } as never]]) });
}

describe('engine/bad-sources', () => {
  let good: Uint8Array;
  let keeper: Generator;
  before(async () => {
    good = await loadFixtureWeights('stylegan2-tiny');
    keeper = await openGenerator({ bytes: good, backend: 'wasm' });
  });
  after(() => {
    keeper.dispose();
  });

  const asUrl = (bytes: Uint8Array): string => URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>]));
  const withNaN = (): Uint8Array => {
    const bytes = good.slice();
    bytes.set([0, 0, 192, 127], bytes.length - 4);
    return bytes;
  };
  const cases: [title: string, code: Parameters<typeof assertRejectsCode>[1], part: string, source: () => CreateGeneratorOptions][] = [
    ['an unknown model', 'unknown-model', 'pomona', () => ({ model: 'pomegranate' })],
    ['a file that is not there', 'weights-fetch', '404', () => ({ src: new URL('./nowhere.safetensors', import.meta.url).href })],
    ['a URL relative to the document', 'weights-fetch', '404', () => ({ src: 'nowhere/at-all.safetensors' })],
    ['what is no URL', 'weights-fetch', 'no URL', () => ({ src: 'https://[' })],
    ['bytes of another hash', 'weights-integrity', 'sha256', () => ({ src: POMONA, integrity: ZERO_HASH })],
    ['a truncated file', 'weights-format', '', () => ({ src: asUrl(good.subarray(0, good.length - 100)) })],
    ['an empty file', 'weights-format', '', () => ({ src: asUrl(new Uint8Array()) })],
    ['a page instead of a file', 'weights-format', '', () => ({ src: new URL('./pages/draw.html', import.meta.url).href })],
    [
      'a header that lies about offsets',
      'weights-format',
      '',
      () => ({ src: asUrl(editHeader(good, (text) => text.replace(/"data_offsets":\[(\d+),(\d+)\]/, '"data_offsets":[$1,999999999]'))) }),
    ],
    ['a tensor of the wrong shape', 'weights-format', 'mapping.fc0.weight', () => ({ src: asUrl(withWrongShape(good)) })],
    ['weights that are not numbers', 'weights-format', 'NaN', () => ({ bytes: withNaN() })],
    [
      'a file without our metadata',
      'weights-format',
      'gan_canvas',
      () => ({ src: asUrl(editHeader(good, (text) => text.replace('gan_canvas', 'xan_canvas'))) }),
    ],
  ];
  for (const [title, code, part, source] of cases) {
    it(`rejects ${title} with ${code}, through the worker, and keeps nothing of it`, async () => {
      const before = await memory();
      await assertRejectsCode(openGenerator({ backend: 'wasm', ...source() }), code, part);
      assert.deepEqual(await memory(), before);
    });
  }

  it('rejects a discriminator with weights-format', async () => {
    const bytes = await loadFixtureWeights('stylegan2-tiny', 'discriminator');
    await assertRejectsCode(openGenerator({ bytes, backend: 'wasm' }), 'weights-format', 'discriminator');
  });

  it('tries a source again that failed before', async () => {
    const url = new URL('./nowhere-yet.safetensors', import.meta.url).href;
    await assertRejectsCode(openGenerator({ src: url, backend: 'wasm' }), 'weights-fetch');
    await assertRejectsCode(openGenerator({ src: url, backend: 'wasm' }), 'weights-fetch');
  });
});
