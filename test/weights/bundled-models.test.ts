import { assert } from 'chai';
import { GanCanvasError } from '../../src/support/errors.ts';
import { BUNDLED_MODELS, resolveModel } from '../../src/weights/bundled-models.ts';
import { loadWeightsBytes } from '../../src/weights/fetch-weights.ts';
import { hashIntegrity } from '../../src/weights/integrity.ts';
import { decodeSafetensors } from '../../src/weights/safetensors.ts';
import { decodeWeights, encodeWeights } from '../../src/weights/weights-file.ts';

describe('weights/bundled-models', () => {
  for (const [name, model] of Object.entries(BUNDLED_MODELS)) {
    it(`ships ${name} with the hash and size it claims, as a generator that decodes`, async () => {
      const bytes = await loadWeightsBytes(model.url());
      assert.equal(await hashIntegrity(bytes), model.integrity);
      assert.equal(bytes.length, model.sizeBytes);
      const file = decodeWeights(bytes);
      assert.equal(file.role, 'generator');
      assert.equal(file.info.name, name);
      for (const text of [file.info.licence, file.info.attribution, file.info.trainingData]) assert.notEqual(text, '');
    });

    it(`ships the discriminator of ${name} under the hash that its metadata gives`, async () => {
      const { info } = decodeWeights(await loadWeightsBytes(model.url()));
      assert.isNotNull(info.discriminator);
      const bytes = await loadWeightsBytes(new URL(info.discriminator?.url ?? '', model.url()).href, {
        integrity: info.discriminator?.integrity ?? 'none',
      });
      const file = decodeWeights(bytes);
      assert.equal(file.role, 'discriminator');
      assert.deepEqual(file.info.architecture, info.architecture);
    });

    it(`writes ${name} back bit for bit`, async () => {
      const bytes = await loadWeightsBytes(model.url());
      assert.deepEqual(encodeWeights(decodeWeights(bytes)), bytes);
      assert.isTrue([...decodeSafetensors(bytes).tensors.values()].every(({ dtype }) => dtype === 'F16'));
    });
  }

  it('describes pomona as it was trained', async () => {
    const { info } = decodeWeights(await loadWeightsBytes(resolveModel('pomona').url()));
    assert.deepInclude(info, { resolution: 64, zDim: 128, numWs: 10, nested: true, truncation: 0.8 });
    assert.isAtLeast(info.imagesSeen, 175_488);
    assert.lengthOf(info.labels, 13);
    assert.include(info.attribution, 'U.S. Department of Agriculture Pomological Watercolor Collection');
  });

  it('gives the integrity where it can be checked', () => {
    assert.equal(resolveModel('pomona').integrity, BUNDLED_MODELS.pomona?.integrity);
  });

  for (const name of ['tomato', '', 'Pomona', 'constructor', '__proto__']) {
    it(`refuses the name ${JSON.stringify(name)} and tells those there are`, () => {
      try {
        resolveModel(name);
        assert.fail('should be refused');
      } catch (error) {
        assert.instanceOf(error, GanCanvasError);
        assert.equal((error as GanCanvasError).code, 'unknown-model');
        assert.include((error as GanCanvasError).message, 'pomona');
      }
    });
  }
});
