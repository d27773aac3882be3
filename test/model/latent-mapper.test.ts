import { assert } from 'chai';
import { createLatentMapper } from '../../src/model/latent-mapper.ts';
import { loadFixtureCases, loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureArray, maxDifference } from '../support/tensor-fixture.ts';

describe('model/latent-mapper', () => {
  for (const network of ['stylegan2-tiny', 'stylegan2-tiny-classes'] as const) {
    it(`maps z to w as the reference does: ${network}`, async () => {
      const { info, tensors } = await loadFixtureFile(network);
      if (info.architecture.kind !== 'stylegan2') throw new Error('The fixture is no StyleGAN2.');
      const cases = await loadFixtureCases(network);
      const z = fixtureArray(cases, 'z').values;
      const oneHot = cases.get('class_one_hot');
      const rows = z.length / info.zDim;
      const classOf = (row: number) => oneHot?.values.subarray((row * oneHot.values.length) / rows).indexOf(1) ?? 0;
      const w = createLatentMapper(info.architecture, tensors).map(
        z,
        Array.from({ length: rows }, (_, row) => classOf(row)),
      );
      assert.isBelow(maxDifference(w, fixtureArray(cases, 'w.psi1').values), 1e-5);
    });
  }
});
