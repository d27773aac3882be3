import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { RepeatedWork } from '../../src/runtime/repeated-work.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { eachBackend } from '../support/backends.ts';
import { countDispatches } from '../support/count-dispatches.ts';

type Inputs = Readonly<Record<'x' | 'factor', tf.Tensor>>;

/** Work with values of its own, whose buffers are free again before it ends. */
function compute({ x, factor }: Inputs): { values: tf.Tensor; sum: tf.Tensor } {
  const scaled = tf.tidy(() => tf.mul(tf.add(x, tf.tensor1d([1, 2, 3])), factor));
  const shifted = tf.tidy(() => tf.add(tf.square(scaled), tf.tensor1d([10, 20, 30])));
  return { values: tf.sub(shifted, scaled), sum: tf.sum(tf.relu(shifted)) };
}

function expected(x: readonly number[], factor: number): number[] {
  const scaled = x.map((value, i) => (value + i + 1) * factor);
  const shifted = scaled.map((value, i) => value ** 2 + 10 * (i + 1));
  return [...shifted.map((value, i) => value - (scaled[i] ?? NaN)), shifted.reduce((sum, value) => sum + value)];
}

/** Does the work in a run of its own; gives the values of both results. */
async function doWork(runtime: Runtime, repeated: RepeatedWork, x: number[], factor: number, key = 'work'): Promise<number[]> {
  const results = runtime.run(() => {
    const inputs = { x: tf.tensor1d(x), factor: tf.scalar(factor) };
    const done = repeated.run(key, inputs, compute);
    tf.dispose(inputs);
    return done;
  });
  const values = await Promise.all(Object.values(results).map((result) => result.data()));
  tf.dispose(results);
  return values.flatMap((each) => [...each]);
}

const CASES = [
  [[1, 2, 3], 2],
  [[-1, 0.5, 4], -3],
  [[0, 0, 0], 0.5],
  [[5, -2, 7], 1],
] as const;

describe('runtime: repeated work', () => {
  eachBackend((_, acquire) => {
    it('computes from its inputs whatever it did before', async () => {
      const runtime = await acquire();
      const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
      for (const [x, factor] of CASES) assert.deepEqual(await doWork(runtime, repeated, [...x], factor), expected(x, factor));
      repeated.dispose();
    });

    it('gives results that later repetitions leave alone', async () => {
      const runtime = await acquire();
      const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
      const all = CASES.map(([x, factor]) =>
        runtime.run(() => tf.tidy(() => repeated.run('work', { x: tf.tensor1d([...x]), factor: tf.scalar(factor) }, compute))),
      );
      for (const [index, [x, factor]] of CASES.entries()) {
        const values = await Promise.all(Object.values(all[index] ?? {}).map((result) => result.data()));
        assert.deepEqual(
          values.flatMap((each) => [...each]),
          expected(x, factor),
        );
      }
      tf.dispose(all);
      repeated.dispose();
    });

    it('takes inputs that other work has just computed', async () => {
      const runtime = await acquire();
      const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
      for (const [x, factor] of CASES) {
        const results = runtime.run(() =>
          tf.tidy(() => repeated.run('work', { x: tf.mul(tf.tensor1d([...x]), 2), factor: tf.add(tf.scalar(factor), 1) }, compute)),
        );
        const values = await Promise.all(Object.values(results).map((result) => result.data()));
        const doubled = x.map((value) => value * 2);
        assert.deepEqual(
          values.flatMap((each) => [...each]),
          expected(doubled, factor + 1),
        );
        tf.dispose(results);
      }
      repeated.dispose();
    });

    it('keeps kinds apart, and memory flat when it forgets them', async () => {
      const runtime = await acquire();
      const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
      const cycle = async (): Promise<void> => {
        for (const key of ['a', 'b', 'a', 'b', 'a', 'c', 'c'])
          assert.deepEqual(await doWork(runtime, repeated, [1, 2, 3], 2, key), expected([1, 2, 3], 2));
      };
      await cycle();
      await cycle();
      const before = runtime.memory();
      await cycle();
      assert.deepEqual(runtime.memory(), before);
      repeated.dispose();
    });

    it('holds no tensors', async () => {
      const runtime = await acquire();
      const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
      const { tensors } = runtime.memory();
      for (let turn = 0; turn < 3; turn++) await doWork(runtime, repeated, [1, 2, 3], 2);
      assert.equal(runtime.memory().tensors, tensors);
      repeated.dispose();
    });
  });

  eachBackend(
    (_, acquire) => {
      it('takes neither buffers nor bind groups once it is recorded, but all dispatches', async () => {
        const runtime = await acquire();
        const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
        const count = (): { dispatches: number; made: number } => {
          const device = GPUDevice.prototype;
          const original = device.createBindGroup;
          let made = 0;
          device.createBindGroup = function (descriptor) {
            made += 1;
            return original.call(this, descriptor);
          };
          try {
            const { dispatches, result } = countDispatches(() =>
              runtime.run(() => tf.tidy(() => repeated.run('work', { x: tf.tensor1d([1, 2, 3]), factor: tf.scalar(2) }, compute))),
            );
            tf.dispose(result);
            return { dispatches, made };
          } finally {
            device.createBindGroup = original;
          }
        };
        const first = count();
        count();
        const third = count();
        assert.equal(first.made, first.dispatches);
        assert.deepEqual(third, { dispatches: first.dispatches, made: 0 });
        repeated.dispose();
      });

      it('gives back all GPU memory', async () => {
        const runtime = await acquire();
        const cycle = async (): Promise<void> => {
          const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
          for (let turn = 0; turn < 3; turn++) await doWork(runtime, repeated, [1, 2, 3], 2);
          repeated.dispose();
        };
        await cycle();
        const before = runtime.memory();
        await cycle();
        assert.deepEqual(runtime.memory(), before);
      });

      it('does not record work that throws, and does no harm', async () => {
        const runtime = await acquire();
        const repeated = new RepeatedWork({ most: 2, recorded: 'second-time' });
        let turn = 0;
        const fail = (inputs: Inputs): ReturnType<typeof compute> => {
          const results = compute(inputs);
          if (turn++ === 1) throw new Error('as expected');
          return results;
        };
        const run = (): void =>
          tf.dispose(runtime.run(() => tf.tidy(() => repeated.run('work', { x: tf.tensor1d([1, 2, 3]), factor: tf.scalar(2) }, fail))));
        run();
        assert.throws(run, 'as expected');
        assert.deepEqual(await doWork(runtime, repeated, [1, 2, 3], 2, 'other'), expected([1, 2, 3], 2));
        repeated.dispose();
      });
    },
    ['webgpu'],
  );
});
