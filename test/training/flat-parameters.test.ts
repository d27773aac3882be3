import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createLayout, flatten, unflatten } from '../../src/training/flat-parameters.ts';
import { limitGradient } from '../../src/training/limit-gradient.ts';
import { updateAverage } from '../../src/training/moving-average.ts';
import { assertThrowsCode } from '../support/assert-error.ts';
import { eachBackend } from '../support/backends.ts';

describe('training/flat-parameters', () => {
  eachBackend((_, acquire) => {
    it('puts named tensors into one vector and takes them out again', async () => {
      const runtime = await acquire();
      const before = runtime.memory().tensors;
      const tensors = runtime.run(
        () => new Map<string, tf.Tensor>([['a', tf.tensor2d([1, 2, 3, 4], [2, 2])], ['unused', tf.tensor1d([9])], ['scalar', tf.scalar(5)]]), // prettier-ignore
      );
      const layout = createLayout(tensors, ['scalar', 'a']);
      assert.equal(layout.length, 5);
      const vector = runtime.run(() => flatten(layout, tensors));
      assert.deepEqual([...(await vector.data())], [5, 1, 2, 3, 4]);
      const out = runtime.run(() => unflatten(layout, vector));
      assert.deepEqual([...out.keys()], ['scalar', 'a']);
      assert.deepEqual([...out.values()].map(({ shape }) => shape), [[], [2, 2]]); // prettier-ignore
      assert.deepEqual([...((await out.get('a')?.data()) ?? [])], [1, 2, 3, 4]);
      runtime.run(() => tf.dispose([vector, ...out.values(), ...tensors.values()]));
      assert.equal(runtime.memory().tensors, before);
    });

    it('refuses a name that is not there', () => {
      assertThrowsCode(() => createLayout(new Map(), ['nowhere']), 'internal', 'nowhere');
    });
  });
});

describe('training/limit-gradient', () => {
  eachBackend((_, acquire) => {
    const limit = async (values: number[], kind: 'clip' | 'normalize', norm: number): Promise<number[]> => {
      const runtime = await acquire();
      const limited = runtime.run(() => tf.tidy(() => limitGradient(tf.tensor1d(values), { kind, norm })));
      const result = [...(await limited.data())];
      limited.dispose();
      return result;
    };

    it('shortens a gradient that is too long, and leaves one that is not', async () => {
      assert.deepEqual((await limit([3, -4], 'clip', 1)).map((value) => Math.round(value * 1e6) / 1e6), [0.6, -0.8]); // prettier-ignore
      assert.deepEqual(await limit([3, -4], 'clip', 5), [3, -4]);
      assert.deepEqual(await limit([0.5, 0], 'clip', 5), [0.5, 0]);
    });

    it('makes every gradient equally long, but for one of zeros', async () => {
      assert.deepEqual((await limit([0.003, -0.004], 'normalize', 10)).map((value) => Math.round(value * 1e4) / 1e4), [6, -8]); // prettier-ignore
      assert.deepEqual(await limit([0, 0], 'normalize', 10), [0, 0]);
    });
  });
});

describe('training/moving-average', () => {
  eachBackend((_, acquire) => {
    it('has gone half the way after its half-life, whatever the batch', async () => {
      const runtime = await acquire();
      for (const batch of [1, 4, 16]) {
        const average = runtime.run(() =>
          tf.tidy(() => {
            let vector = tf.tensor1d([0, 8]);
            for (let seen = 0; seen < 64; seen += batch) vector = updateAverage(vector, tf.tensor1d([8, 8]), batch, 64);
            return vector;
          }),
        );
        const [first = NaN, second = NaN] = await average.data();
        assert.closeTo(first, 4, 1e-4);
        assert.closeTo(second, 8, 1e-5);
        average.dispose();
      }
    });
  });
});
