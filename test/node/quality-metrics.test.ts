/** The metrics of the quality benchmark: by hand on few numbers, and against numpy (test/tools/make-quality-golden.py). */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { createFeatureMatrix, selectRows, spreadIndices, type FeatureMatrix } from '../bench/quality/feature-matrix.ts';
import { frechetDistance, squareRoot } from '../bench/quality/frechet-distance.ts';
import { kernelDistance } from '../bench/quality/kernel-distance.ts';
import { measureClassRecall, measureManifolds, measureRecall } from '../bench/quality/manifold-metrics.ts';
import { compareNearness, measureMemorising } from '../bench/quality/memorising.ts';
import { nearestDistances, nearestOthers } from '../bench/quality/nearest-neighbours.ts';
import { createProjections, slicedWasserstein } from '../bench/quality/sliced-wasserstein.ts';

interface Golden extends Readonly<Record<string, number | readonly number[]>> {
  readonly width: number;
  readonly real: readonly number[];
  readonly other: readonly number[];
  readonly generated: readonly number[];
  readonly real_labels: readonly number[];
  readonly generated_labels: readonly number[];
  readonly projections: readonly number[];
  readonly class_recall: readonly number[];
}

const line = (...values: number[]): FeatureMatrix => createFeatureMatrix(values, 1);
const golden = JSON.parse(await readFile(new URL('../fixtures/quality-golden.json', import.meta.url), 'utf8')) as Golden;
const [real, other, generated] = [golden.real, golden.other, golden.generated].map((values) => createFeatureMatrix(values, golden.width));
assert.ok(real && other && generated);

function near(actual: number, expected: number, relative = 1e-12): void {
  assert.ok(Math.abs(actual - expected) <= relative * Math.max(1, Math.abs(expected)), `${String(actual)} is not ${String(expected)}`);
}

/** Within 1e-6 of what numpy found. */
function matches(actual: number, name: string): void {
  const expected = golden[name];
  assert.ok(typeof expected === 'number');
  assert.ok(Math.abs(actual - expected) <= 1e-6 * Math.abs(expected), `${name}: ${String(actual)} is not ${String(expected)}`);
}

describe('bench/quality feature matrices', () => {
  it('select rows and refuse numbers that are no whole rows', () => {
    const matrix = createFeatureMatrix([1, 2, 3, 4, 5, 6], 2);
    assert.deepEqual([...selectRows(matrix, [2, 0]).values], [5, 6, 1, 2]);
    assert.throws(() => createFeatureMatrix([1, 2, 3], 2), /no rows of 2/);
  });

  it('spread a share of the rows over the whole', () => {
    assert.deepEqual(spreadIndices(10, 4), [0, 2, 5, 7]);
    assert.deepEqual(spreadIndices(3, 9), [0, 1, 2]);
  });
});

describe('bench/quality metrics by hand', () => {
  it('gives the kernel distance of numbers on a line', () => {
    // k(0, 1) = 1, k(0, 2) = 1, k(1, 2) = 27, k(0, 0) = 1: 1 + 27 − 2 · (1 + 1 + 8 + 27) / 4 with k(1, 1) = 8.
    near(kernelDistance(line(0, 1), line(1, 2)), 1 + 27 - (2 * (1 + 1 + 8 + 27)) / 4);
  });

  it('gives the Fréchet distance of Gaussians on a line: (μ − μ′)² + (σ − σ′)²', () => {
    near(frechetDistance(line(-1, 1), line(3, 7)), 25 + (Math.sqrt(2) - Math.sqrt(8)) ** 2);
    near(frechetDistance(line(-1, 1), line(-1, 1)), 0);
  });

  it('takes the square root of a matrix, of a singular one too', () => {
    const [root] = [squareRoot(Float64Array.of(2, 1, 1, 2), 2)];
    const half = (Math.sqrt(3) + 1) / 2;
    [half, half - 1, half - 1, half].forEach((value, index) => near(root[index] ?? NaN, value));
    [...squareRoot(Float64Array.of(4, 4, 4, 4), 2)].forEach((value) => near(value, Math.SQRT2, 1e-7));
  });

  it('finds the nearest others and the nearest of another set', () => {
    assert.deepEqual([...nearestOthers(line(0, 1, 3), 2)], [1, 9, 1, 4, 4, 9]);
    assert.deepEqual([...nearestDistances(line(0, 10), line(4, 11, -1))], [1, 1]);
  });

  it('counts precision, recall, density and coverage on a line', () => {
    const reals = line(0, 1, 2, 3, 4, 5);
    // k = 3: balls of radius 3, 2, 2, 2, 2, 3; k = 5: radius 5, 4, 3, 3, 4, 5.
    const fakes = line(0, 0, 0, 0, 8, 100);
    const { precision, recall, density, coverage } = measureManifolds(reals, fakes);
    // 8 is in the ball of 5 (edge included); 100 in none.
    near(precision, 5 / 6);
    // Four equal rows have balls of radius 0, which hold the real 0; those of 8 (radius 8) and 100 (radius 100) hold all.
    near(recall, 1);
    // Strictly inside: each 0 lies in the balls of 0, 1 and 2; 8 in that of 5 (3 < 5), and 4 − 8 is on the edge.
    near(density, (4 * 3 + 1) / (5 * 6));
    near(coverage, 4 / 6);
  });

  it('gives no recall where there are no balls, or nothing to recall', () => {
    assert.ok(Number.isNaN(measureRecall(line(1), line(1, 2, 3))));
    assert.ok(Number.isNaN(measureRecall(createFeatureMatrix([], 1), line(1, 2, 3, 4))));
    near(measureRecall(line(2, 9), line(1, 2, 3, 4)), 0.5);
  });

  it('counts the recall of a class by its own balls only', () => {
    const reals = { features: line(0, 100), labels: [0, 1] };
    const fakes = { features: line(-1, 0, 1, 2, 0, 0, 0, 0), labels: [0, 0, 0, 0, 1, 1, 1, 1] };
    assert.deepEqual(measureClassRecall(reals, fakes, 2), [1, 0]);
  });

  it('gives the sliced Wasserstein distance of shifted sets along one axis', () => {
    near(slicedWasserstein(line(3, 1, 2), line(2, 4, 3), line(1)), 1);
    assert.throws(() => slicedWasserstein(line(1), line(1, 2)), /equal numbers/);
  });

  it('projects on the same unit vectors in every run', () => {
    const projections = createProjections(64);
    assert.equal(projections.count, 256);
    near(
      [...projections.values.subarray(64, 128)].reduce((sum, value) => sum + value * value, 0),
      1,
    );
    assert.deepEqual(createProjections(64).values, projections.values);
  });

  it('counts as near what is nearer than 1 % of the real pictures', () => {
    const held = Float64Array.from({ length: 101 }, (_, index) => index + 1);
    assert.deepEqual(compareNearness(Float64Array.of(0, 1.9, 2, 50), held), {
      medianDistance: 1.95,
      realMedianDistance: 51,
      nearShare: 0.5,
    });
  });
});

describe('bench/quality metrics beside numpy', () => {
  it('agree on kernel and Fréchet distance within 1e-6', () => {
    matches(kernelDistance(real, generated), 'kernel_distance');
    matches(kernelDistance(real, other), 'kernel_distance_floor');
    matches(frechetDistance(real, generated), 'frechet_distance');
  });

  it('agree on precision, recall, density and coverage within 1e-6', () => {
    const metrics = measureManifolds(real, generated);
    for (const name of ['precision', 'recall', 'density', 'coverage'] as const) matches(metrics[name], name);
    near(measureRecall(real, generated), metrics.recall);
  });

  it('agree on the recall of each class within 1e-6', () => {
    const recalls = measureClassRecall(
      { features: real, labels: golden.real_labels },
      { features: generated, labels: golden.generated_labels },
      golden.class_recall.length,
    );
    recalls.forEach((recall, index) => near(recall, golden.class_recall[index] ?? NaN, 1e-6));
  });

  it('agree on the sliced Wasserstein distance within 1e-6', () => {
    matches(slicedWasserstein(real, generated, createFeatureMatrix(golden.projections, golden.width)), 'sliced_wasserstein');
  });

  it('agree on the check against memorising within 1e-6', () => {
    const { medianDistance, realMedianDistance, nearShare } = measureMemorising(generated, other, real);
    matches(medianDistance, 'median_distance');
    matches(realMedianDistance, 'real_median_distance');
    matches(nearShare, 'near_share');
  });
});
