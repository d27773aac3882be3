import { assert } from 'chai';
import { createNormalStream, hashFnv1a64, logarithm, sampleClass, sampleLatent } from '../../src/latent/seeded-random.ts';

function toBits(values: Float32Array): string {
  return [...new Uint32Array(values.buffer)].map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

function hash(text: string): string {
  return hashFnv1a64(new TextEncoder().encode(text))
    .map((half) => half.toString(16).padStart(8, '0'))
    .join('');
}

function correlation(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0) / a.length;
}

/** The normal distribution function by Abramowitz and Stegun 7.1.26; absolute error below 1.5e-7. */
function normalCdf(x: number): number {
  const t = 1 / (1 + (0.3275911 * Math.abs(x)) / Math.SQRT2);
  const polynomial = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  const erf = 1 - polynomial * Math.exp((-x * x) / 2);
  return x < 0 ? (1 - erf) / 2 : (1 + erf) / 2;
}

/** The bits of the first six components of z, and the class among 13. Printed by: python3 test/latent/golden.py */
const GOLDEN: readonly (readonly [seed: string, z: string, classIndex: number])[] = [
  ['0', 'bef6ec1d 3f36b2cc 3eb2e552 3f4c2604 3f14d528 3df3aa7a', 8],
  ['42', '3f22031e c036aae4 3e53b2e5 bfde83d5 3fe1382b 3f40f643', 5],
  ['42/1', 'bf62619d 3ff47de1 3e2b98c5 bf275768 bedabc96 bedb402b', 2],
  ['', '3fcf4ef6 3f798a51 3e09efcc bf171421 bfa2ba5e bf054d02', 1],
  ['Äpfel 🍎', 'bfcfc405 bfd03c6e bfcd2528 3ec120b6 3f4a3837 3f90e1aa', 12],
  ['\ufffd', '3fd13de1 bf1b614f bbbf2571 bf7a4049 3df096f9 3fbb9613', 0],
  ['x'.repeat(100_000), 'bfc4204e bf828921 bdc0c9c3 beb85968 3f0e2b73 bf873b41', 6],
];

describe('latent/seeded-random', () => {
  it('hashes like the published FNV-1a 64 vectors', () => {
    // http://www.isthe.com/chongo/src/fnv/test_fnv.c
    assert.equal(hash(''), 'cbf29ce484222325');
    assert.equal(hash('a'), 'af63dc4c8601ec8c');
    assert.equal(hash('foobar'), '85944171f73967e8');
    assert.equal(hash('chongo was here!\n'), '46810940eff5f915');
  });

  for (const [seed, z, classIndex] of GOLDEN) {
    it(`gives the seed ${JSON.stringify(seed.slice(0, 9))} its golden latent and class`, () => {
      assert.equal(toBits(sampleLatent(seed, 6)), z);
      assert.equal(sampleClass(seed, 13), classIndex);
    });
  }

  it('gives the noise stream its golden values', () => {
    // python3 test/latent/golden.py
    assert.equal(toBits(createNormalStream('42', 'noise')(4)), 'bec6f492 bf7dddff 3f5f895f 3f7bc688');
  });

  it('agrees in every bit of 100,000 deviates with a 50-digit reference', async () => {
    // python3 test/latent/golden.py
    const digest = await crypto.subtle.digest('SHA-256', sampleLatent('42', 100_000) as Float32Array<ArrayBuffer>);
    const hex = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    assert.equal(hex, '70207383b065fe34b4284c1f2a92814c5fc2c9dae5e23db130684b32c1caa500');
  });

  it('counts lone surrogates as U+FFFD', () => {
    assert.deepEqual(sampleLatent('\ud800', 8), sampleLatent('\ufffd', 8));
  });

  it('does not normalise Unicode', () => {
    assert.notDeepEqual(sampleLatent('\u00e9', 8), sampleLatent('e\u0301', 8));
  });

  it('keeps component i whatever z_dim is', () => {
    const long = sampleLatent('fruit', 513);
    for (const zDim of [1, 2, 3, 64, 512]) assert.deepEqual(sampleLatent('fruit', zDim), long.slice(0, zDim));
  });

  it('gives the same stream however it is divided', () => {
    const stream = createNormalStream('fruit', 'noise');
    assert.deepEqual([...stream(1), ...stream(0), ...stream(6), ...stream(3)], [...createNormalStream('fruit', 'noise')(10)]);
  });

  it('draws standard normal deviates', () => {
    const z = sampleLatent('statistics', 100_000);
    const moments = [1, 2, 3, 4].map((power) => z.reduce((sum, value) => sum + value ** power, 0) / z.length);
    const expected = [0, 1, 0, 3];
    // Four standard errors: the variance of the k-th moment's mean is (E x^2k − (E x^k)²) / n.
    const errors = [1, 2, 15, 96].map((variance) => 4 * Math.sqrt(variance / z.length));
    moments.forEach((moment, index) => {
      assert.closeTo(moment, expected[index] ?? NaN, errors[index] ?? NaN);
    });
  });

  it('follows the normal distribution (Kolmogorov-Smirnov)', () => {
    const sorted = sampleLatent('distribution', 50_000).sort();
    let worst = 0;
    sorted.forEach((value, index) => {
      const expected = normalCdf(value);
      worst = Math.max(worst, Math.abs(expected - index / sorted.length), Math.abs(expected - (index + 1) / sorted.length));
    });
    // The critical value at 0.1 % is 1.95 / sqrt(n).
    assert.isBelow(worst, 1.95 / Math.sqrt(sorted.length));
  });

  for (const [a, b] of [
    ['a', 'b'],
    ['1', '2'],
    ['42', '42/1'],
    ['42/1', '42/2'],
    ['', '0'],
  ] as const) {
    it(`draws "${a}" and "${b}" independently of each other`, () => {
      const count = 40_000;
      assert.isBelow(Math.abs(correlation(sampleLatent(a, count), sampleLatent(b, count))), 4 / Math.sqrt(count));
    });
  }

  it('draws the streams of one seed independently of each other', () => {
    const noise = createNormalStream('42', 'noise')(40_000);
    assert.isBelow(Math.abs(correlation(sampleLatent('42', 40_000), noise)), 4 / Math.sqrt(40_000));
  });

  it('draws each component independently over counted seeds', () => {
    const latents = Array.from({ length: 4_000 }, (_, seed) => sampleLatent(String(seed), 4));
    for (let component = 0; component < 4; component++) {
      const values = Float32Array.from(latents, (z) => z[component] ?? NaN);
      const next = Float32Array.from(latents, (z) => z[(component + 1) % 4] ?? NaN);
      const shifted = Float32Array.from(latents, (_, index) => latents[(index + 1) % latents.length]?.[component] ?? NaN);
      const bound = 4 / Math.sqrt(values.length);
      assert.closeTo(values.reduce((sum, value) => sum + value, 0) / values.length, 0, bound);
      assert.closeTo(correlation(values, values), 1, bound * Math.SQRT2);
      assert.closeTo(correlation(values, next), 0, bound);
      assert.closeTo(correlation(values, shifted), 0, bound);
    }
  });

  it('draws classes uniformly', () => {
    const counts = new Array<number>(13).fill(0);
    for (let seed = 0; seed < 13_000; seed++) {
      const index = sampleClass(`seed ${seed}`, 13);
      counts[index] = (counts[index] ?? NaN) + 1;
    }
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    // The 99.9 % quantile of chi-square with 12 degrees of freedom is 32.9.
    assert.isBelow(chiSquare, 32.9);
    assert.lengthOf(counts, 13);
  });

  it('calls the only class 0', () => {
    assert.equal(sampleClass('any', 1), 0);
    assert.equal(sampleClass('any', 0), 0);
  });

  it('takes logarithms within 4e-16 of the truth', () => {
    for (const x of [2 ** -1022, 1e-300, 1e-10, 0.1, 0.5, 0.7071, 0.70711, 0.9999999, 1.0000001, 1.4142, 1.4143, 2, 1e300]) {
      assert.isAtMost(Math.abs(logarithm(x) / Math.log(x) - 1), 4e-16, String(x));
    }
    assert.equal(logarithm(1), 0);
  });
});
