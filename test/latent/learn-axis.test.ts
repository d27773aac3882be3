import { assert } from 'chai';
import { createCovarianceSum } from '../../src/latent/gram-matrix.ts';
import { learnAxis } from '../../src/latent/learn-axis.ts';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { symmetricEigen } from '../../src/latent/symmetric-eigen.ts';

const DIM = 24;

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, index) => sum + value * (b[index] ?? NaN), 0);
}

function normalized(vector: ArrayLike<number>): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return Float64Array.from(vector, (value) => value / length);
}

function meanDifference(positives: readonly Float64Array[], negatives: readonly Float64Array[]): Float64Array {
  const mean = (rows: readonly Float64Array[], index: number) => rows.reduce((sum, row) => sum + (row[index] ?? NaN), 0) / rows.length;
  return Float64Array.from({ length: DIM }, (_, index) => mean(positives, index) - mean(negatives, index));
}

/** A space that varies much in a few directions, an axis in it, and people who mark a few examples by it, not always well. */
function createTrial(seed: string, marked: number) {
  const next = createNormalStream(seed, 'trial');
  const mixing = Array.from({ length: DIM }, () => next(DIM));
  const draw = (): Float64Array => {
    const factors = next(DIM).map((value, index) => (2 * value) / (1 + index));
    return Float64Array.from(mixing, (row) => dot(row, factors));
  };
  const axis = normalized(next(DIM));
  const sum = createCovarianceSum(DIM, new Float64Array(DIM));
  for (let index = 0; index < 2000; index += 1) sum.add(draw(), 1);
  const spread = symmetricEigen(sum.covariance(), DIM);
  const candidates = Array.from({ length: 6 * marked }, draw);
  const deviation = Math.sqrt(candidates.reduce((total, w) => total + dot(axis, w) ** 2, 0) / candidates.length);
  const judged = candidates
    .map((w) => ({ w, judgement: dot(axis, w) / deviation + 0.3 * (next(1)[0] ?? NaN) }))
    .sort((a, b) => b.judgement - a.judgement)
    .map(({ w }) => w);
  return { axis, spread, draw, positives: judged.slice(0, marked), negatives: judged.slice(-marked) };
}

function identitySpread() {
  const vectors = new Float64Array(DIM * DIM);
  for (let row = 0; row < DIM; row += 1) vectors[row * DIM + row] = 1;
  return { values: new Float64Array(DIM).fill(1), vectors };
}

describe('latent/learn-axis', () => {
  const TRIALS = Array.from({ length: 20 }, (_, index) => String(index));

  it('recovers a known axis from 4 + 4 noisy examples better than the difference of means does, and from more still better', () => {
    const mean = (marked: number, find: (trial: ReturnType<typeof createTrial>) => Float64Array): number =>
      TRIALS.reduce((sum, seed) => {
        const trial = createTrial(seed, marked);
        return sum + dot(find(trial), trial.axis) / TRIALS.length;
      }, 0);
    const learned = (marked: number) => mean(marked, ({ positives, negatives, spread }) => learnAxis(positives, negatives, spread).unit);
    const plain = mean(4, ({ positives, negatives }) => normalized(meanDifference(positives, negatives)));
    assert.isAbove(learned(4), plain + 0.05);
    assert.isAbove(learned(32), learned(4) + 0.1);
  });

  it('tells the standard deviation of all w along the axis', () => {
    const { positives, negatives, spread, draw } = createTrial('7', 4);
    const { unit, standardDeviation } = learnAxis(positives, negatives, spread);
    assert.closeTo(dot(unit, unit), 1, 1e-9);
    const along = Array.from({ length: 2000 }, () => dot(unit, draw()));
    assert.closeTo(Math.sqrt(dot(along, along) / along.length) / standardDeviation, 1, 0.06);
  });

  it('is the difference of means where w varies alike in every direction, from one example of each on', () => {
    const { positives, negatives } = createTrial('3', 4);
    for (const count of [1, 4]) {
      const [more, less] = [positives.slice(0, count), negatives.slice(0, count)];
      const { unit, standardDeviation } = learnAxis(more, less, identitySpread());
      assert.closeTo(dot(unit, normalized(meanDifference(more, less))), 1, 1e-9);
      assert.closeTo(standardDeviation, 1, 1e-9);
    }
  });

  it('points the other way when more and less are exchanged', () => {
    const { positives, negatives, spread } = createTrial('5', 4);
    const there = learnAxis(positives, negatives, spread).unit;
    const back = learnAxis(negatives, positives, spread).unit;
    assert.closeTo(dot(there, back), -1, 1e-9);
  });

  it('tells how well it holds for examples that it has not seen: all or most of clear ones, about half of random ones', () => {
    const mean = (find: (trial: ReturnType<typeof createTrial>) => readonly [Float64Array[], Float64Array[]]): number =>
      TRIALS.reduce((sum, seed) => {
        const trial = createTrial(seed, 8);
        return sum + (learnAxis(...find(trial), trial.spread).heldOut ?? NaN) / TRIALS.length;
      }, 0);
    assert.isAbove(
      mean(({ positives, negatives }) => [positives, negatives]),
      0.75,
    );
    const random = mean(({ draw }) => [Array.from({ length: 8 }, draw), Array.from({ length: 8 }, draw)]);
    assert.isAbove(random, 0.3);
    assert.isBelow(random, 0.65);
    const { positives, negatives, spread } = createTrial('1', 2);
    assert.isNull(learnAxis(positives.slice(1), negatives, spread).heldOut);
  });

  it('is 0 where the examples do not differ', () => {
    const { positives, spread } = createTrial('1', 2);
    const { unit, standardDeviation } = learnAxis(positives, positives, spread);
    assert.isTrue(unit.every((value) => value === 0));
    assert.equal(standardDeviation, 0);
  });
});
