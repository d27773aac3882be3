import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { readSnapshot, writeSnapshot } from '../../src/training/snapshot-values.ts';
import { eachBackend } from '../support/backends.ts';

describe('training/snapshot-values', () => {
  eachBackend((_, acquire) => {
    it('reads the tensors of a snapshot, and writes the same again, through a structured clone', async () => {
      const runtime = await acquire();
      const before = runtime.memory().tensors;
      const snapshot = runtime.run(() => ({
        ...{ steps: 7, name: 'x', none: null },
        inner: { vector: tf.tensor1d([1, 2.5, -3]), deep: { square: tf.tensor2d([[1, 2]]) } },
        list: [{ vector: tf.tensor1d([4]) }, { vector: tf.tensor1d([5]) }],
      }));
      const values = structuredClone(await readSnapshot(snapshot));
      const written = runtime.run(() => writeSnapshot(values)) as typeof snapshot;
      assert.deepEqual([written.steps, written.name, written.none], [7, 'x', null]);
      assert.deepEqual(written.inner.deep.square.shape, [1, 2]);
      assert.deepEqual([...(await written.inner.vector.data())], [1, 2.5, -3]);
      assert.deepEqual(await Promise.all(written.list.map(async ({ vector }) => [...(await vector.data())])), [[4], [5]]);
      runtime.run(() => {
        tf.dispose([snapshot.inner, snapshot.list, written.inner, written.list]);
      });
      assert.strictEqual(runtime.memory().tensors, before);
    });
  });
});
