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
      }));
      const values = structuredClone(await readSnapshot(snapshot));
      const written = runtime.run(() => writeSnapshot(values)) as typeof snapshot;
      assert.deepEqual([written.steps, written.name, written.none], [7, 'x', null]);
      assert.deepEqual(written.inner.deep.square.shape, [1, 2]);
      assert.deepEqual([...(await written.inner.vector.data())], [1, 2.5, -3]);
      runtime.run(() => {
        tf.dispose([snapshot.inner, written.inner]);
      });
      assert.strictEqual(runtime.memory().tensors, before);
    });
  });
});
