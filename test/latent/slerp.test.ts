import { assert } from 'chai';
import { sampleLatent } from '../../src/latent/seeded-random.ts';
import { slerp } from '../../src/latent/slerp.ts';

function norm(x: Float32Array): number {
  return Math.sqrt(x.reduce((sum, value) => sum + value * value, 0));
}

function angle(a: Float32Array, b: Float32Array): number {
  const cosine = a.reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0) / (norm(a) * norm(b));
  return Math.acos(Math.min(1, Math.max(-1, cosine)));
}

function assertClose(actual: Float32Array, expected: readonly number[]): void {
  assert.lengthOf(actual, expected.length);
  expected.forEach((value, index) => {
    assert.closeTo(actual[index] ?? NaN, value, 1e-6);
  });
}

describe('latent/slerp', () => {
  const a = sampleLatent('a', 32);
  const b = sampleLatent('b', 32);

  it('is exact at the ends, in copies', () => {
    assert.deepEqual(slerp(a, b, 0), a);
    assert.deepEqual(slerp(a, b, 1), b);
    assert.notStrictEqual(slerp(a, b, 0), a);
  });

  it('turns evenly and changes the length evenly', () => {
    for (const t of [0.1, 0.5, 0.85]) {
      const between = slerp(a, b, t);
      assert.closeTo(angle(a, between), t * angle(a, b), 1e-5);
      assert.closeTo(norm(between), norm(a) + t * (norm(b) - norm(a)), 1e-5);
    }
  });

  it('meets itself coming from the other end', () => {
    assertClose(slerp(a, b, 0.3), [...slerp(b, a, 0.7)]);
  });

  it('goes a quarter of a circle', () => {
    assertClose(slerp(Float32Array.of(1, 0), Float32Array.of(0, 1), 1 / 3), [Math.cos(Math.PI / 6), 0.5]);
  });

  it('goes round between opposite vectors without passing the middle', () => {
    const opposite = a.map((value) => -value);
    const half = slerp(a, opposite, 0.5);
    assert.closeTo(norm(half), norm(a), 1e-5);
    assert.closeTo(angle(a, half), Math.PI / 2, 1e-5);
    assert.deepEqual(half, slerp(a, opposite, 0.5));
  });

  it('goes straight between parallel vectors and in one dimension', () => {
    assertClose(slerp(Float32Array.of(1, 2), Float32Array.of(3, 6), 0.5), [2, 4]);
    assertClose(slerp(Float32Array.of(1), Float32Array.of(-1), 0.25), [0.5]);
  });

  it('goes straight from and to zero', () => {
    const zero = new Float32Array(2);
    assertClose(slerp(zero, Float32Array.of(2, 4), 0.5), [1, 2]);
    assertClose(slerp(Float32Array.of(2, 4), zero, 0.5), [1, 2]);
    assertClose(slerp(zero, zero, 0.5), [0, 0]);
  });

  it('is continuous near opposite and near equal vectors', () => {
    for (const tilt of [1e-3, 1e-5, 1e-7, 1e-9]) {
      const nearlyOpposite = slerp(Float32Array.of(1, 0, 0), Float32Array.of(-1, tilt, 0), 0.5);
      assert.closeTo(norm(nearlyOpposite), 1, 1e-5);
      assertClose(slerp(Float32Array.of(1, 0, 0), Float32Array.of(1, tilt, 0), 0.5), [1, tilt / 2, 0]);
    }
  });
});
