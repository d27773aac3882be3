import { assert } from 'chai';
import { runInSlices } from '../../src/engine/run-in-slices.ts';
import { assertAborts } from '../support/tiny-source.ts';

/** Work of one second, at most, that tells how many steps it took. */
function* work(): Generator<void, number> {
  const endMs = performance.now() + 1_000;
  let steps = 0;
  for (; performance.now() < endMs; steps += 1) yield;
  return steps;
}

describe('engine/run-in-slices', () => {
  it('gives what the work returns', async () => {
    const three = function* (): Generator<void, string> {
      yield;
      yield;
      return 'done';
    };
    assert.equal(await runInSlices(three(), undefined), 'done');
  });

  it('lets other tasks run in between', async () => {
    let isDone = false;
    const working = runInSlices(work(), undefined).then(() => (isDone = true));
    const order: boolean[] = [];
    for (let tasks = 0; tasks < 3; tasks += 1) {
      await new Promise((resolve) => setTimeout(resolve));
      order.push(isDone);
    }
    assert.deepEqual(order, [false, false, false]);
    await working;
  });

  it('stops between two slices when it is aborted', async () => {
    const controller = new AbortController();
    const working = runInSlices(work(), controller.signal);
    setTimeout(() => controller.abort());
    await assertAborts(working);
  });

  it('rejects with what the work throws', async () => {
    const broken = function* (): Generator<void, never> {
      yield;
      throw new RangeError('broken');
    };
    const error = await runInSlices(broken(), undefined).catch((reason: unknown) => reason);
    assert.instanceOf(error, RangeError);
  });
});
