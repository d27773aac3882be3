import { assert } from 'chai';
import type { FineTuneRun } from '../../src/engine/fine-tune/fine-tune.ts';
import { until } from './until.ts';

/**
 * Takes a training that has just been asked for to that step, however fast it is, and leaves it paused there: it is paused after each step, the
 * first included, because what is said before it begins is heeded then.
 */
export async function pauseRunAt(run: FineTuneRun, step: number): Promise<void> {
  const told = run[Symbol.asyncIterator]();
  for (let next = 1; next <= step; next += 1) {
    if (next > 1) run.resume();
    run.pause();
    const { value } = await told.next();
    assert.equal(value?.step, next);
    await until(() => run.state === 'paused');
  }
}
