import { assert } from 'chai';
import { addGram, createCovarianceSum } from '../../src/latent/gram-matrix.ts';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { symmetricEigen } from '../../src/latent/symmetric-eigen.ts';

/** The matrices of golden-eigen.py. */
function wholeMatrix(n: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    return ((7 * (i + j) + 3 * i * j) % 11) - 5;
  });
}

function randomSymmetric(n: number): Float64Array {
  const deviates = createNormalStream(`matrix ${n}`, 'test')(n * n);
  return Float64Array.from(deviates, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    return (deviates[i * n + j] ?? NaN) + (deviates[j * n + i] ?? NaN);
  });
}

function assertEigen(matrix: Float64Array, n: number): void {
  const { values, vectors } = symmetricEigen(matrix, n);
  const scale = Math.max(1e-300, ...values.map(Math.abs));
  let worst = 0;
  for (let i = 0; i < n; i += 1) {
    if (i > 0) assert.isAtMost(values[i] ?? NaN, values[i - 1] ?? NaN);
    for (let j = 0; j < n; j += 1) {
      let product = 0;
      let inner = 0;
      for (let k = 0; k < n; k += 1) {
        product += (matrix[j * n + k] ?? NaN) * (vectors[i * n + k] ?? NaN);
        inner += (vectors[i * n + k] ?? NaN) * (vectors[j * n + k] ?? NaN);
      }
      const residual = Math.abs(product - (values[i] ?? NaN) * (vectors[i * n + j] ?? NaN)) / scale;
      worst = Math.max(worst, residual, Math.abs(inner - (i === j ? 1 : 0)));
    }
  }
  assert.isBelow(worst, 1e-13 * Math.max(10, n));
}

/** Printed by: python3 test/latent/golden-eigen.py */
const GOLDEN = [
  {
    n: 4,
    values: [4.6339967971, 1.8170509711, 0, -10.4510477682],
    first: [0.1175772586, -0.0959766474, 0.7974872526, 0.5839333466],
    last: [0.7223706198, -0.1780078149, 0.3067436828, -0.5936347519],
  },
  {
    n: 7,
    values: [11.6247163529, 7.1595613183, 3.2567981822, -4.0266378931],
    first: [0.3219025643, -0.2070278146, -0.1750281363, 0.3485764281],
    last: [0.6413892197, -0.1173400075, 0.3702157693, -0.4819647649],
  },
  {
    n: 30,
    values: [48.2797972969, 27.8344430641, 19.1723334815, 18.085261104],
    first: [0.0922397992, -0.2045236396, -0.195941578, 0.0858201972],
    last: [-0.2672418907, 0.1551590288, -0.1594233564, 0.2811934994],
  },
] as const;

describe('latent/symmetric-eigen', () => {
  for (const { n, values: expected, first, last } of GOLDEN) {
    it(`agrees with LAPACK on a matrix of ${n} × ${n}`, () => {
      const { values, vectors } = symmetricEigen(wholeMatrix(n), n);
      const assertNear = (actual: Float64Array, golden: readonly number[]) =>
        golden.forEach((value, index) => assert.closeTo(actual[index] ?? NaN, value, 1e-9));
      assertNear(values, expected);
      assertNear(vectors, first);
      assertNear(vectors.subarray((n - 1) * n), last);
    });
  }

  for (const n of [1, 2, 3, 16, 65, 128]) {
    it(`gives an orthonormal basis with A v = λ v in ${n} dimensions`, () => {
      assertEigen(randomSymmetric(n), n);
    });
  }

  it('handles zero, diagonal, equal and rank-one matrices', () => {
    const identity = Float64Array.from({ length: 25 }, (_, index) => (index % 6 === 0 ? 1 : 0));
    const ones = new Float64Array(49).fill(1);
    assertEigen(new Float64Array(36), 6);
    assertEigen(identity, 5);
    assertEigen(ones, 7);
    assert.closeTo(symmetricEigen(ones, 7).values[0] ?? NaN, 7, 1e-14);
    assert.deepEqual([...symmetricEigen(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3).values], [3, 2, 1]);
  });

  it('handles matrices of very small and very large numbers', () => {
    for (const scale of [1e-150, 1e150])
      assertEigen(
        wholeMatrix(9).map((value) => value * scale),
        9,
      );
  });

  it('makes the component of largest magnitude positive and leaves its argument alone', () => {
    const matrix = wholeMatrix(12);
    const { vectors } = symmetricEigen(matrix, 12);
    for (let row = 0; row < 12; row += 1) {
      const vector = vectors.subarray(row * 12, row * 12 + 12);
      assert.equal(Math.max(...vector), Math.max(...vector.map(Math.abs)));
    }
    assert.deepEqual(matrix, wholeMatrix(12));
  });

  it('keeps the trace of 512 dimensions', function () {
    this.timeout(60_000);
    const matrix = randomSymmetric(512);
    const trace = Array.from({ length: 512 }, (_, at) => matrix[at * 513] ?? NaN).reduce((sum, value) => sum + value);
    assert.approximately(
      symmetricEigen(matrix, 512).values.reduce((sum, value) => sum + value),
      trace,
      1e-9,
    );
  });
});

describe('latent/gram-matrix', () => {
  it('adds up AᵀA over any division of the rows', () => {
    const rows = Float64Array.of(1, 2, 3, 4, 5, 6);
    const gram = new Float64Array(4);
    addGram(gram, rows, 2, 2);
    addGram(gram, rows.subarray(4), 1, 2);
    assert.deepEqual([...gram], [35, 44, 44, 56]);
  });

  it('gives the covariance whatever the origin and the batches', () => {
    const samples = Float64Array.of(1, 10, 2, 14, 3, 12, 6, 8);
    for (const origin of [
      [0, 0],
      [3, 11],
    ]) {
      const sum = createCovarianceSum(2, origin);
      sum.add(samples.subarray(0, 2), 1);
      sum.add(samples.subarray(2), 3);
      // numpy.cov([[1, 2, 3, 6], [10, 14, 12, 8]])
      const expected = [14 / 3, -10 / 3, -10 / 3, 20 / 3];
      sum.covariance().forEach((value, index) => assert.closeTo(value, expected[index] ?? NaN, 1e-12));
    }
  });
});
