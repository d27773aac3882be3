import { assert } from 'chai';
import { runInSlices } from '../../src/engine/run-in-slices.ts';
import { assertAborts } from '../support/tiny-source.ts';

/** Work that goes on for as long as it is wanted, and fails after half a minute. */
function* work(isWanted: () => boolean): Generator<void, string> {
  for (const endMs = performance.now() + 30_000; isWanted(); yield) if (performance.now() > endMs) throw new Error('No other task ran.');
  return 'done';
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
    let tasks = 0;
    const working = runInSlices(
      work(() => tasks < 3),
      undefined,
    );
    for (; tasks < 3; tasks += 1) await new Promise((resolve) => setTimeout(resolve));
    assert.equal(await working, 'done');
  });

  it('stops between two slices when it is aborted', async () => {
    const controller = new AbortController();
    const working = runInSlices(
      work(() => true),
      controller.signal,
    );
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
