import { assert } from 'chai';
import { LOOP_SEEDS, walkPosition } from '../../src/element/walk-position.ts';

describe('element/walk-position', () => {
  it('begins at the seed and goes on to the seeds of a grid', () => {
    assert.deepEqual(walkPosition('a', 0, false), { from: 'a', to: 'a/1', t: 0 });
    assert.deepEqual(walkPosition('a', 2.5, false), { from: 'a/2', to: 'a/3', t: 0.5 });
  });

  it('lingers at each seed: slow at both ends, monotonic between', () => {
    const ts = Array.from({ length: 11 }, (_, index) => walkPosition('a', index / 10.0001, false).t);
    assert.isBelow(ts[1] ?? 1, 0.05);
    assert.isAbove(ts[9] ?? 0, 0.95);
    assert.deepEqual(
      ts,
      [...ts].sort((a, b) => a - b),
    );
  });

  it('never repeats without loop', () => {
    const seeds = new Set(Array.from({ length: 100 }, (_, step) => walkPosition('a', step, false).from));
    assert.equal(seeds.size, 100);
  });

  it('leads back to the first seed with loop', () => {
    assert.deepEqual(walkPosition('a', LOOP_SEEDS - 0.5, true), { from: `a/${LOOP_SEEDS - 1}`, to: 'a', t: 0.5 });
    assert.deepEqual(walkPosition('a', LOOP_SEEDS, true), walkPosition('a', 0, true));
  });
});
