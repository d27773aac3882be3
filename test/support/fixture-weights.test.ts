import { assert } from 'chai';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import { FIXTURE_NETWORKS, loadFixtureCases, loadFixtureParts, loadFixtureWeights } from './fixture-weights.ts';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';

describe('support/fixture-weights', () => {
  for (const network of FIXTURE_NETWORKS) {
    for (const role of ['generator', 'discriminator'] as const) {
      it(`makes the ${role} of ${network} a file of our format, bit for bit`, async () => {
        const bytes = await loadFixtureWeights(network, role, { truncation: 0.7 });
        const file = decodeWeights(bytes);
        assert.equal(file.role, role);
        assert.equal(file.info.truncation, 0.7);
        const original = (await loadFixtureParts(network, role)).tensors;
        const written = decodeSafetensors(bytes).tensors;
        assert.deepEqual([...written.keys()].sort(), [...original.keys()].sort());
        for (const [name, { bytes: expected }] of original) assert.deepEqual(written.get(name)?.bytes, expected);
      });
    }
  }

  it('reads the cases of the reference', async () => {
    const cases = await loadFixtureCases('stylegan2-tiny');
    assert.deepEqual(cases.get('image.psi1.noise_none')?.shape, [4, 32, 32, 3]);
    assert.lengthOf(cases.get('z')?.values ?? [], 64);
  });
});
