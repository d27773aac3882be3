import { assert } from 'chai';
import { limitDimensions } from '../../src/latent/latent-dimension.ts';
import { normalizeSecondMoment } from '../../src/latent/normalize-second-moment.ts';
import { sampleLatent } from '../../src/latent/seeded-random.ts';

describe('latent/latent-dimension', () => {
  it('keeps the first k components and zeroes the rest, in a copy', () => {
    const z = Float32Array.of(1, 2, 3, 4);
    assert.deepEqual(limitDimensions(z, 2), Float32Array.of(1, 2, 0, 0));
    assert.deepEqual(limitDimensions(z, 4), z);
    assert.deepEqual(limitDimensions(z, 1), Float32Array.of(1, 0, 0, 0));
    assert.deepEqual(z, Float32Array.of(1, 2, 3, 4));
    assert.notStrictEqual(limitDimensions(z, 4), z);
  });

  it('keeps component i whatever k is', () => {
    const z = sampleLatent('7', 64);
    for (const k of [1, 3, 64]) assert.deepEqual(limitDimensions(z, k).slice(0, k), z.slice(0, k));
  });
});

describe('latent/normalize-second-moment', () => {
  it('gives mean square 1 at every latent dimension', () => {
    const z = sampleLatent('7', 64);
    for (const k of [1, 2, 17, 64]) {
      const x = normalizeSecondMoment(limitDimensions(z, k));
      assert.closeTo(x.reduce((sum, value) => sum + value * value, 0) / x.length, 1, 1e-3);
    }
  });

  it('divides by the root of the mean square plus 1e-8', () => {
    assert.deepEqual(normalizeSecondMoment(Float32Array.of(3, 4)), Float32Array.of(3 / Math.sqrt(12.5 + 1e-8), 4 / Math.sqrt(12.5 + 1e-8)));
  });

  it('leaves zeros and the empty vector alone', () => {
    assert.deepEqual(normalizeSecondMoment(new Float32Array(3)), new Float32Array(3));
    assert.lengthOf(normalizeSecondMoment(new Float32Array(0)), 0);
  });
});
