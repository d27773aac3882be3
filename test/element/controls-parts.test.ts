import { assert } from 'chai';
import { moveInGrid } from '../../src/element/controls/move-in-grid.ts';
import { SeedHistory } from '../../src/element/controls/seed-history.ts';
import { meanDistance, readDiversity } from '../../src/element/controls/variety-figures.ts';
import { fakeInfo } from './fake-generator.ts';

describe('element/controls-parts', () => {
  describe('SeedHistory', () => {
    it('goes back and on, and forgets what lay ahead of a new one', () => {
      const history = new SeedHistory();
      for (const seed of ['a', 'b', 'b', 'c']) history.visit(seed);
      assert.equal(history.back(), 'b');
      assert.equal(history.back(), 'a');
      assert.deepEqual([history.back(), history.canGoBack, history.canGoForward], [null, false, true]);
      assert.equal(history.forward(), 'b');
      history.visit('d');
      assert.deepEqual([history.forward(), history.back(), history.back()], [null, 'b', 'a']);
    });

    it('lets the oldest go', () => {
      const history = new SeedHistory();
      for (let seed = 0; seed < 300; seed += 1) history.visit(String(seed));
      let oldest: string | null = null;
      for (let seed = history.back(); seed !== null; seed = history.back()) oldest = seed;
      assert.equal(oldest, '100');
    });
  });

  describe('moveInGrid', () => {
    const grid = (dir = 'ltr') => Object.assign(document.body.appendChild(document.createElement('div')), { dir });
    const move = (key: string, from: number, currentTarget: Element) => moveInGrid({ key, currentTarget }, from, 9, 3);

    it('goes to the cell that lies there, and stays within the grid', () => {
      const target = grid();
      assert.deepEqual(
        ['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter'].map((key) => move(key, 4, target)),
        [5, 3, 7, 1, 0, 8, null],
      );
      assert.isNull(move('ArrowDown', 7, target));
      assert.isNull(move('ArrowLeft', 0, target));
      target.remove();
    });

    it('goes the other way across, where columns begin at the right', () => {
      const target = grid('rtl');
      assert.deepEqual([move('ArrowRight', 4, target), move('ArrowLeft', 4, target)], [3, 5]);
      target.remove();
    });
  });

  describe('readDiversity', () => {
    const metrics = { latent_dim: { '8': { coverage: 0.9 }, '1': { coverage: 0.1 }, '4': { coverage: 0.45 } } };

    it('is the coverage at a size as a share of the whole, by doublings between those measured', () => {
      const info = fakeInfo({ metrics });
      assert.deepEqual(
        [1, 2, 4, 8].map((size) => readDiversity(info, size)?.toFixed(3)),
        ['0.111', '0.306', '0.500', '1.000'],
      );
    });

    it('is not known without figures, of another full size, or of a model that was tuned', () => {
      assert.isNull(readDiversity(fakeInfo(), 4));
      assert.isNull(readDiversity(fakeInfo({ metrics, zDim: 16 }), 4));
      assert.isNull(readDiversity(fakeInfo({ metrics, tuning: {} }), 4));
      assert.isNull(readDiversity(fakeInfo({ metrics: { latent_dim: 'nonsense' } }), 4));
    });
  });

  it('meanDistance is the mean over pairs of the root mean square difference', () => {
    const filled = (value: number) => {
      const image = new ImageData(4, 4);
      image.data.fill(value);
      return image;
    };
    assert.equal(meanDistance([filled(0), filled(10), filled(40)]), (10 + 40 + 30) / 3);
    assert.equal(meanDistance([filled(3)]), 0);
  });
});
