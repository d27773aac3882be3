import { assert } from 'chai';
import { TrainingControls } from '../../../src/engine/fine-tune/training-controls.ts';

describe('engine/fine-tune/training-controls', () => {
  it('waits while it is paused, until it is told to go on', async () => {
    const controls = new TrainingControls();
    controls.handle('pause');
    assert.isTrue(controls.isPaused);
    let isGoing = false;
    const going = controls.untilGoing().then(() => (isGoing = true));
    controls.handle('hidden');
    await Promise.resolve();
    assert.isFalse(isGoing);
    controls.handle('resume');
    await going;
    assert.isFalse(controls.isPaused);
    assert.isTrue(controls.isHidden);
  });

  it('ends a pause when it is stopped', async () => {
    const controls = new TrainingControls();
    controls.handle('pause');
    const going = controls.untilGoing();
    controls.handle('stop');
    await going;
    assert.isTrue(controls.isStopped);
    assert.isFalse(controls.isPaused);
  });

  it('ends a pause and a rest with an AbortError when it is aborted', async () => {
    const abort = new AbortController();
    const controls = new TrainingControls(abort.signal);
    controls.handle('pause');
    const waiting = [controls.untilGoing(), new TrainingControls(abort.signal).rest(1_000_000)];
    abort.abort();
    const outcomes = await Promise.allSettled(waiting);
    for (const outcome of outcomes) assert.strictEqual(outcome.status === 'rejected' && (outcome.reason as Error).name, 'AbortError');
    assert.throws(() => {
      controls.assertGoing();
    });
  });
});
