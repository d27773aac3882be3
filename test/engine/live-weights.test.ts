import { assert } from 'chai';
import { createGenerator } from '../../src/engine/create-generator.ts';
import type { Generator } from '../../src/engine/generator.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { loadFixtureWeights } from '../support/fixture-weights.ts';
import { tinySource } from '../support/tiny-source.ts';

/** The file with half added to every value of the tensors that `isWanted` names. */
function shift(bytes: Uint8Array, isWanted: (name: string) => boolean): Uint8Array {
  const file = decodeWeights(bytes);
  const tensors = [...file.tensors].map(([name, tensor]) => {
    return [name, isWanted(name) ? { ...tensor, values: tensor.values.map((value) => value + 0.5) } : tensor] as const;
  });
  return encodeWeights({ ...file, tensors: new Map(tensors) });
}

const isColourBias = (name: string): boolean => name.endsWith('torgb.bias');

describe('engine/live-weights', () => {
  let src: string;
  let original: Uint8Array;
  let generator: Generator;
  let other: Generator;
  before(async () => {
    src = await tinySource();
    original = new Uint8Array(await (await fetch(src)).arrayBuffer());
  });
  beforeEach(async () => {
    generator = await createGenerator({ src, backend: 'wasm' });
    other = await createGenerator({ src, backend: 'wasm' });
  });
  afterEach(() => {
    generator.dispose();
    other.dispose();
  });

  it('exports an untouched file bit for bit, and an empty delta', async () => {
    assert.deepEqual(await generator.exportWeights(), original);
    const delta = decodeWeights(await generator.exportWeights({ delta: true }), { deltas: 'accept' });
    assert.equal(delta.tensors.size, 0);
  });

  it('draws with imported weights and exports them bit for bit; others who share the file keep theirs', async () => {
    const before = await generator.generate();
    const changed = shift(original, isColourBias);
    await generator.importWeights(changed);
    const after = await generator.generate();
    assert.notDeepEqual(after, before);
    assert.deepEqual(await generator.exportWeights(), changed);
    assert.deepEqual(await generator.generate(), after);
    assert.deepEqual(await other.generate(), before);
    assert.deepEqual(await other.exportWeights(), original);
  });

  it('puts into a delta just the tensors that moved, which make the same weights elsewhere', async () => {
    const changed = shift(original, isColourBias);
    await generator.importWeights(changed);
    const delta = await generator.exportWeights({ delta: true });
    const names = [...decodeWeights(delta, { deltas: 'accept' }).tensors.keys()];
    assert.deepEqual(names, [...decodeWeights(original).tensors.keys()].filter(isColourBias));
    await other.importWeights(delta);
    assert.deepEqual(await other.exportWeights(), changed);
    assert.deepEqual(await other.generate(), await generator.generate());
    assert.deepEqual(await other.exportWeights({ delta: true }), delta);
  });

  it('takes a delta from the loaded file on, whatever was imported before', async () => {
    await generator.importWeights(shift(original, isColourBias));
    const delta = await generator.exportWeights({ delta: true });
    await other.importWeights(shift(original, (name) => name.endsWith('.bias')));
    await other.importWeights(delta);
    assert.deepEqual(await other.exportWeights(), await generator.exportWeights());
  });

  it('goes back to the loaded file', async () => {
    const before = await generator.generate();
    await generator.importWeights(shift(original, isColourBias));
    await generator.resetWeights();
    assert.deepEqual(await generator.generate(), before);
    assert.deepEqual(await generator.exportWeights(), original);
    await generator.resetWeights();
  });

  it('takes nothing of a file that does not fit', async () => {
    await generator.importWeights(shift(original, isColourBias));
    const [before, picture] = [await generator.exportWeights(), await generator.generate()];
    const broken = before.slice();
    broken.set([0, 0, 192, 127], broken.length - 4);
    await assertRejectsCode(generator.importWeights(broken), 'weights-format', 'finite');
    await assertRejectsCode(generator.importWeights(before.subarray(0, before.length - 1)), 'weights-format');
    await assertRejectsCode(generator.importWeights(new Uint8Array(3)), 'weights-format');
    await assertRejectsCode(generator.importWeights(await loadFixtureWeights('stylegan2-tiny')), 'weights-format', 'another network');
    await assertRejectsCode(generator.importWeights(await loadFixtureWeights('stylegan2-tiny-classes', 'discriminator')), 'weights-format');
    assert.deepEqual(await generator.exportWeights(), before);
    assert.deepEqual(await generator.generate(), picture);
  });

  it('lets another network in where it is to replace the loaded one, with what it says of itself, until it goes back', async () => {
    const [before, loaded] = [await generator.generate(), generator.info];
    const small = await loadFixtureWeights('stylegan2-tiny');
    await generator.importWeights(small, { replaces: true });
    assert.strictEqual(generator.loadedInfo, loaded);
    assert.deepEqual([generator.info.name, generator.info.labels], ['stylegan2-tiny', []]);
    assert.deepEqual(await generator.exportWeights(), await generator.exportWeights({ delta: true }));
    assert.deepEqual(decodeWeights(await generator.exportWeights()).tensors, decodeWeights(small).tensors);
    assert.notDeepEqual(await generator.generate(), before);
    await assertRejectsCode(generator.generate({ classLabel: 0 }), 'unknown-class');
    // One of the network that draws now is no other.
    await generator.importWeights(shift(small, isColourBias));
    assert.notDeepEqual(decodeWeights(await generator.exportWeights()).tensors, decodeWeights(small).tensors);
    await assertRejectsCode(
      generator.importWeights(await loadFixtureWeights('stylegan2-tiny-classes', 'discriminator'), { replaces: true }),
      'weights-format',
    );
    // A delta is one on the loaded file.
    await other.importWeights(shift(original, isColourBias));
    await generator.importWeights(await other.exportWeights({ delta: true }));
    assert.strictEqual(generator.info, loaded);
    assert.deepEqual(await generator.exportWeights(), await other.exportWeights());
    await generator.importWeights(small, { replaces: true });
    await generator.resetWeights();
    assert.strictEqual(generator.info, loaded);
    assert.deepEqual(await generator.generate(), before);
  });

  it('orders imports among renders as they were called', async () => {
    const before = await generator.generate();
    const changed = shift(original, isColourBias);
    const [first, , second] = await Promise.all([generator.generate(), generator.importWeights(changed), generator.generate()]);
    assert.deepEqual(first, before);
    assert.notDeepEqual(second, before);
  });
});
