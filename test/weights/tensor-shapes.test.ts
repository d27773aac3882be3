import { assert } from 'chai';
import type { StyleGan2Architecture } from '../../src/weights/architecture.ts';
import { parseArchitecture } from '../../src/weights/parse-architecture.ts';
import { blockResolutions, channelsAt, optionalTensors, tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { FIXTURE_NETWORKS, loadFixtureParts } from '../support/fixture-weights.ts';

const STYLEGAN2 = {
  kind: 'stylegan2',
  resolution: 32,
  z_dim: 16,
  w_dim: 8,
  mapping_layers: 2,
  channel_base: 256,
  channel_max: 16,
  classes: 0,
};

describe('weights/tensor-shapes', () => {
  for (const network of FIXTURE_NETWORKS) {
    for (const role of ['generator', 'discriminator'] as const) {
      it(`names the tensors of the reference's ${role} of ${network}, with their shapes`, async () => {
        const { architecture, tensors } = await loadFixtureParts(network, role);
        const shapes = tensorShapes(parseArchitecture(architecture), role);
        const expected = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, [...shape]]));
        assert.deepEqual(Object.fromEntries([...shapes].map(([name, shape]) => [name, [...shape]])), expected);
      });
    }
  }

  it('lets only the buffers of constant noise be left out', () => {
    const architecture = parseArchitecture(STYLEGAN2);
    const names = [...optionalTensors(architecture, 'generator')];
    assert.lengthOf(names, 7);
    assert.isTrue(names.every((name) => name.endsWith('.noise_const')));
    assert.equal(optionalTensors(architecture, 'discriminator').size, 0);
  });

  it('gives a layer channel_base / resolution channels, at most channel_max, rounded down', () => {
    const architecture = parseArchitecture({ ...STYLEGAN2, channel_base: 300, channel_max: 20 }) as StyleGan2Architecture;
    assert.deepEqual(
      blockResolutions(architecture).map((resolution) => channelsAt(architecture, resolution)),
      [20, 20, 18, 9],
    );
  });
});
