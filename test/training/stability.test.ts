import { assert } from 'chai';
import { judgeDiversity, judgeFigures } from '../../src/training/stability.ts';

describe('training/stability', () => {
  it('finds nothing wrong with the losses of a training that goes well', () => {
    assert.deepEqual(judgeFigures({ generator: 1.2, discriminator: 0.9, penalty: 12, augmentation: 0.4, overfitting: 0.3 }, 100), {
      kind: 'fine',
    });
  });

  for (const [title, figures, reason] of [
    ['a loss that is no number', { generator: NaN }, /generator loss is NaN/],
    ['an infinite loss', { discriminator: Infinity }, /discriminator loss is Infinity/],
    ['a loss beyond all bounds, of either sign', { generator: -250 }, /-250, beyond 100/],
    ['a gradient penalty beyond all bounds', { penalty: 20_000 }, /penalty loss is 2\.00e\+4, beyond 10000/],
  ] as const) {
    it(`calls ${title} divergence, and says so`, () => {
      const verdict = judgeFigures(figures, 100);
      assert.strictEqual(verdict.kind, 'diverged');
      assert.match(verdict.kind === 'diverged' ? verdict.reason : '', reason);
    });
  }

  it('does not take the share of augmentation for a loss', () => {
    assert.strictEqual(judgeFigures({ augmentation: NaN, overfitting: 500 }, 100).kind, 'fine');
  });

  it('calls pictures that are nearly alike a collapse, measured by the less varied of model and pictures', () => {
    assert.strictEqual(judgeDiversity(0.29, 1).kind, 'collapsed');
    assert.strictEqual(judgeDiversity(0.31, 1).kind, 'fine');
    assert.strictEqual(judgeDiversity(0.31, 2).kind, 'fine');
    // Pictures that are much alike themselves may become so.
    assert.strictEqual(judgeDiversity(0.1, 0.2).kind, 'fine');
    assert.strictEqual(judgeDiversity(0.05, 0.2).kind, 'collapsed');
  });
});
