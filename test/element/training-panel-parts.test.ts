import { assert } from 'chai';
import { clampCrop, isMiddleSquare, MIDDLE_SQUARE, moveCrop, placeCrop, resizeCrop } from '../../src/element/training-panel/crop-square.ts';
import { StepHistory } from '../../src/element/training-panel/step-history.ts';
import { tellDuration, tellRate } from '../../src/element/training-panel/tell-training.ts';
import type { FineTuneStep } from '../../src/engine/fine-tune/fine-tune.ts';

const WIDE = { width: 400, height: 200 };

describe('element/training-panel/crop-square', () => {
  it('keeps the square within the picture, and neither too small nor too large', () => {
    assert.deepEqual(clampCrop({ x: 0, y: 1, size: 0.5 }, WIDE), { x: 0.125, y: 0.75, size: 0.5 });
    assert.deepEqual(clampCrop({ x: 0.5, y: 0.2, size: 3 }, WIDE), MIDDLE_SQUARE);
    assert.equal(clampCrop({ x: 0.5, y: 0.5, size: 0.001 }, WIDE).size, 0.1);
  });

  it('moves by pixels and resizes around the centre', () => {
    assert.deepEqual(moveCrop(MIDDLE_SQUARE, WIDE, 40, 10), { x: 0.6, y: 0.5, size: 1 });
    assert.deepEqual(resizeCrop({ x: 0.25, y: 0.5, size: 0.5 }, WIDE, 2), { x: 0.25, y: 0.5, size: 1 });
  });

  it('places it in pixels', () => {
    assert.deepEqual(placeCrop(MIDDLE_SQUARE, WIDE), { left: 100, top: 0, side: 200 });
    assert.isTrue(isMiddleSquare({ x: 0.50001, y: 0.5, size: 1 }));
    assert.isFalse(isMiddleSquare({ x: 0.51, y: 0.5, size: 1 }));
  });
});

describe('element/training-panel/step-history', () => {
  const stepOf = (step: number): FineTuneStep =>
    ({ step, losses: { generator: step, discriminator: step === 5 ? NaN : 1 }, diversity: null }) as unknown as FineTuneStep;

  it('keeps first and latest, evenly thinned, however many steps there are', () => {
    const history = new StepHistory();
    for (let step = 1; step <= 5000; step += 1) {
      history.add(stepOf(step));
      assert.equal(history.points.at(-1)?.step, step);
    }
    const steps = history.points.map(({ step }) => step);
    assert.isAtMost(steps.length, 242);
    assert.equal(steps[0], 1);
    const gaps = new Set(steps.slice(1, -1).map((step, index) => step - (steps[index] ?? 0)));
    assert.equal(gaps.size, 1);
  });

  it('leaves out of a series what is no number', () => {
    const history = new StepHistory();
    for (let step = 1; step <= 6; step += 1) history.add(stepOf(step));
    assert.lengthOf(history.series('generator'), 6);
    assert.lengthOf(history.series('discriminator'), 5);
    assert.isEmpty(history.series('diversity'));
    assert.deepEqual(history.names, ['generator', 'discriminator', 'diversity']);
  });
});

describe('element/training-panel/tell-training', () => {
  for (const [seconds, text] of [
    [0, 'a few seconds'],
    [12, 'about 10 seconds'],
    [54, 'about 55 seconds'],
    [55, 'about a minute'],
    [95, 'about 2 minutes'],
    [3599, 'about 1 hour'],
    [4500, 'about 1 hour 20 minutes'],
    [7180, 'about 2 hours'],
  ] as const) {
    it(`tells ${seconds} seconds as ${text}`, () => {
      assert.equal(tellDuration(seconds), text);
    });
  }

  it('tells rates with two digits', () => {
    assert.deepEqual([0.0416, 4.04, 37.6].map(tellRate), ['0.042 pictures a second', '4 pictures a second', '38 pictures a second']);
  });
});
