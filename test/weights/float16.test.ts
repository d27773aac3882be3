import { assert } from 'chai';
import { decodeFloat16, encodeFloat16 } from '../../src/weights/float16.ts';

/** The slow, obvious reading of a half. */
function halfToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 31) return mantissa ? NaN : sign * Infinity;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}

const ALL_HALVES = Uint16Array.from({ length: 65536 }, (_, half) => half);

describe('weights/float16', () => {
  it('reads every half', () => {
    const values = decodeFloat16(ALL_HALVES);
    values.forEach((value, half) => {
      if (!Object.is(value, halfToNumber(half))) assert.fail(`${half} read as ${value}, expected ${halfToNumber(half)}`);
    });
  });

  it('writes every half back, NaN as NaN', () => {
    encodeFloat16(decodeFloat16(ALL_HALVES)).forEach((half, index) => {
      const isNaNHalf = (index & 0x7c00) === 0x7c00 && (index & 0x3ff) !== 0;
      if (isNaNHalf ? (half & 0x7fff) !== 0x7e00 : half !== index) assert.fail(`${index} written as ${half}`);
    });
  });

  it('rounds to the nearest half, ties to even', () => {
    const positive = decodeFloat16(ALL_HALVES.subarray(0, 0x7c00));
    for (let half = 0; half + 1 < positive.length; half++) {
      const low = positive[half] ?? NaN;
      const high = positive[half + 1] ?? NaN;
      const middle = (low + high) / 2;
      const step = (high - low) / 8;
      const expected = [half, half % 2 === 0 ? half : half + 1, half + 1];
      const actual = [...encodeFloat16(Float32Array.of(middle - step, middle, middle + step))];
      const negative = [...encodeFloat16(Float32Array.of(step - middle, -middle, -middle - step))].map((word) => word & 0x7fff);
      if (actual.join() !== expected.join() || negative.join() !== expected.join()) assert.fail(`near ${middle}: ${actual.join()}`);
    }
  });

  it('keeps signs of zero, and takes what is too small for zero and too large for infinity', () => {
    assert.deepEqual([...encodeFloat16(Float32Array.of(0, -0, 2 ** -26, -(2 ** -26), 2 ** -149))], [0, 0x8000, 0, 0x8000, 0]);
    assert.deepEqual(
      [...encodeFloat16(Float32Array.of(65504, 65519.99, 65520, 1e38, -Infinity))],
      [0x7bff, 0x7bff, 0x7c00, 0x7c00, 0xfc00],
    );
  });

  it('reads from any place in a buffer', () => {
    assert.deepEqual(encodeFloat16(Float32Array.of(9, 1, 2).subarray(1)), Uint16Array.of(0x3c00, 0x4000));
  });
});
