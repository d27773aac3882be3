import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as tf from '@tensorflow/tfjs-core';
import { acquireRuntime } from '../../src/runtime/runtime.ts';

void describe('runtime/runtime in Node', () => {
  for (const name of ['wasm', 'cpu'] as const) {
    void it(`computes on ${name} without a word on the console`, async (context) => {
      const warn = context.mock.method(console, 'warn');
      const runtime = await acquireRuntime(name);
      const sum = runtime.run(() => tf.tidy(() => tf.sum(tf.matMul(tf.ones([8, 8]), tf.ones([8, 8])))));
      assert.equal((await sum.data())[0], 512);
      sum.dispose();
      runtime.dispose();
      assert.equal(warn.mock.callCount(), 0);
    });
  }

  void it('chooses wasm by itself and says why not webgpu', async () => {
    const runtime = await acquireRuntime('auto');
    assert.equal(runtime.backend, 'wasm');
    assert.match(runtime.report[0]?.detail ?? '', /navigator\.gpu/);
    runtime.dispose();
  });
});
