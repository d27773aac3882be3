import { assert } from 'chai';
import { meanPairwiseDistance } from '../../src/training/diversity.ts';

describe('training/diversity', () => {
  it('is the mean Euclidean distance of all pairs of rows', () => {
    // (0, 0), (3, 4), (0, 4): 5, 4 and 3.
    assert.strictEqual(meanPairwiseDistance(Float32Array.of(0, 0, 3, 4, 0, 4), 3), 4);
  });

  it('is 0 for rows that are all alike', () => {
    assert.strictEqual(meanPairwiseDistance(new Float32Array(12).fill(2), 4), 0);
  });
});
