import { assert } from 'chai';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';
import { applyDelta, changedTensors, checksumTensors } from '../../src/weights/weights-delta.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';
import type { WeightsFile } from '../../src/weights/weights-file.ts';
import { assertThrowsCode } from '../support/assert-error.ts';
import { loadFixtureFile } from '../support/fixture-weights.ts';

const MINE = { name: 'mine', kind: 'learned', layers: null, range: [-2, 2], validation: {} } as const;

describe('weights/weights-delta', () => {
  let base: WeightsFile;
  let moved: WeightsFile;

  before(async () => {
    base = await loadFixtureFile('stylegan2-tiny');
    const tensors = new Map(base.tensors);
    for (const name of ['mapping.fc0.weight', 'synthesis.b8.torgb.bias']) {
      const tensor = tensors.get(name);
      if (tensor) tensors.set(name, { ...tensor, values: tensor.values.map((value) => value + 0.5) });
    }
    moved = { ...base, info: { ...base.info, name: 'mine' }, tensors };
  });

  function encodeDelta(after: WeightsFile): Uint8Array {
    return encodeWeights(after, { base: { name: base.info.name, checksum: checksumTensors(base) }, only: changedTensors(base, after) });
  }

  it('holds only the tensors that moved', () => {
    const bytes = encodeDelta(moved);
    assert.deepEqual([...decodeSafetensors(bytes).tensors.keys()].sort(), ['mapping.fc0.weight', 'synthesis.b8.torgb.bias']);
    assert.isBelow(bytes.length, 4000);
  });

  it('says what it is a delta on, and gives the moved network on its base', () => {
    const delta = decodeWeights(encodeDelta(moved), { deltas: 'accept' });
    assert.deepEqual(delta.delta, { name: 'stylegan2-tiny', checksum: checksumTensors(base) });
    const full = applyDelta(base, delta);
    assert.isUndefined(full.delta);
    assert.equal(full.info.name, 'mine');
    assert.equal(checksumTensors(full), checksumTensors(moved));
    assert.equal(changedTensors(full, moved).size, 0);
    assert.isUndefined(decodeWeights(encodeWeights(full)).delta);
  });

  it('carries directions that are new and leaves those of the base there', () => {
    const vector = new Float32Array(16).fill(0.1);
    const withDirection: WeightsFile = { ...moved, info: { ...moved.info, directions: [MINE] }, directions: new Map([['mine', vector]]) };
    const full = applyDelta(base, decodeWeights(encodeDelta(withDirection), { deltas: 'accept' }));
    assert.deepEqual(full.directions.get('mine'), vector);
    const second = encodeWeights(withDirection, { base: { name: 'b', checksum: checksumTensors(withDirection) }, only: new Set() });
    assert.deepEqual(applyDelta(withDirection, decodeWeights(second, { deltas: 'accept' })).directions.get('mine'), vector);
    assertThrowsCode(
      () => applyDelta({ ...withDirection, directions: new Map() }, decodeWeights(second, { deltas: 'accept' })),
      'weights-format',
      '"mine"',
    );
  });

  it('is refused where a network is wanted', () => {
    assertThrowsCode(() => decodeWeights(encodeDelta(moved)), 'weights-format', 'delta', '"stylegan2-tiny"');
  });

  it('is refused on another base', async () => {
    const delta = decodeWeights(encodeDelta(moved), { deltas: 'accept' });
    assertThrowsCode(() => applyDelta(moved, delta), 'weights-format', '"stylegan2-tiny"', 'different');
    const other = await loadFixtureFile('stylegan2-tiny-classes');
    assertThrowsCode(() => applyDelta(other, delta), 'weights-format', 'architecture');
  });

  it('is checked like any file, but for what is missing', () => {
    const tensors = new Map(moved.tensors).set('mapping.w_avg', { shape: [15], dtype: 'F32', values: new Float32Array(15) });
    assertThrowsCode(() => decodeWeights(encodeDelta({ ...moved, tensors }), { deltas: 'accept' }), 'weights-format', 'mapping.w_avg');
  });

  it('leaves a full file as it is', () => {
    assert.strictEqual(applyDelta(base, moved), moved);
  });

  it('finds no change in a file against itself', () => {
    assert.equal(changedTensors(base, decodeWeights(encodeWeights(base))).size, 0);
  });
});

describe('weights/weights-delta: checksum', () => {
  it('does not depend on type, order or metadata, but on every value and name', async () => {
    const file = decodeWeights(encodeWeights(await loadFixtureFile('stylegan2-tiny'), { dtype: 'F16' }));
    const checksum = checksumTensors(file);
    assert.match(checksum, /^[0-9a-f]{16}$/);
    assert.equal(checksumTensors(decodeWeights(encodeWeights(file, { dtype: 'F32' }))), checksum);
    const reversed = { ...file, info: { ...file.info, name: 'x' }, tensors: new Map([...file.tensors].reverse()) };
    assert.equal(checksumTensors(reversed), checksum);
    for (const name of file.tensors.keys()) {
      const tensors = new Map(file.tensors);
      const tensor = tensors.get(name);
      if (tensor) tensors.set(name, { ...tensor, values: tensor.values.map((value, index) => (index === 0 ? value + 1 : value)) });
      assert.notEqual(checksumTensors({ ...file, tensors }), checksum, name);
    }
  });
});
