import { assert } from 'chai';
import { StepStream } from '../../../src/engine/fine-tune/step-stream.ts';

describe('engine/fine-tune/step-stream', () => {
  it('gives values as they come, to everyone who iterates', async () => {
    const stream = new StepStream<number>();
    const read = async (): Promise<number[]> => {
      const seen: number[] = [];
      for await (const value of stream) seen.push(value);
      return seen;
    };
    const [first, second] = [read(), read()];
    for (const value of [1, 2, 3]) {
      stream.push(value);
      await new Promise((resolve) => setTimeout(resolve));
    }
    stream.end();
    assert.deepEqual(await Promise.all([first, second]), [
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('gives who is slow the latest, and none twice', async () => {
    const stream = new StepStream<number>();
    const iterator = stream[Symbol.asyncIterator]();
    stream.push(1);
    assert.strictEqual((await iterator.next()).value, 1);
    stream.push(2);
    stream.push(3);
    assert.strictEqual((await iterator.next()).value, 3);
    stream.end();
    assert.isTrue((await iterator.next()).done);
  });
});
