import { assert } from 'chai';
import { createDrawingQueue } from '../../src/engine/drawing-queue.ts';
import { assertAborts } from '../support/tiny-source.ts';

/** A task that waits until the test lets it end. */
function createTask(name: string, log: string[]): { task: () => Promise<string>; end: () => void } {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return {
    end: () => {
      end();
    },
    task: async () => {
      log.push(`${name} begins`);
      await ended;
      log.push(`${name} ends`);
      return name;
    },
  };
}

describe('engine/drawing-queue', () => {
  it('runs tasks one at a time in the order in which they came', async () => {
    const queue = createDrawingQueue();
    const log: string[] = [];
    const tasks = ['a', 'b', 'c'].map((name) => createTask(name, log));
    const outcomes = tasks.map(({ task }) => queue.run(task));
    for (const { end } of tasks.reverse()) end();
    assert.deepEqual(await Promise.all(outcomes), ['a', 'b', 'c']);
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('rejects an aborted task at once and never begins it', async () => {
    const queue = createDrawingQueue();
    const log: string[] = [];
    const first = createTask('first', log);
    const controller = new AbortController();
    const running = queue.run(first.task);
    const waiting = queue.run(createTask('second', log).task, controller.signal);
    controller.abort();
    await assertAborts(waiting);
    first.end();
    await running;
    assert.equal(await queue.run(async () => 'third'), 'third');
    assert.deepEqual(log, ['first begins', 'first ends']);
  });

  it('goes on after a task that fails', async () => {
    const queue = createDrawingQueue();
    const failing = queue.run(() => Promise.reject(new Error('broken'))).catch((error: unknown) => (error as Error).message);
    assert.equal(await queue.run(async () => 'next'), 'next');
    assert.equal(await failing, 'broken');
  });

  it('does not begin the next task while an aborted one is still winding up', async () => {
    const queue = createDrawingQueue();
    const log: string[] = [];
    const slow = createTask('slow', log);
    const controller = new AbortController();
    const aborted = queue.run(slow.task, controller.signal);
    const next = queue.run(createTaskThatEnds('next', log));
    await Promise.resolve();
    controller.abort();
    await assertAborts(aborted);
    assert.deepEqual(log, ['slow begins']);
    slow.end();
    await next;
    assert.deepEqual(log, ['slow begins', 'slow ends', 'next']);
  });
});

function createTaskThatEnds(name: string, log: string[]): () => Promise<void> {
  return async () => {
    log.push(name);
  };
}
