import * as tf from '@tensorflow/tfjs-core';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { assert } from 'chai';
import { acquireRuntime, type Runtime } from '../../src/runtime/runtime.ts';
import { GanCanvasError } from '../../src/support/errors.ts';
import { eachBackend } from '../support/backends.ts';

/** Runs the work in a context whose navigator.gpu is the given value. */
async function withGpu<T>(gpu: unknown, work: () => Promise<T>): Promise<T> {
  Object.defineProperty(navigator, 'gpu', { value: gpu, configurable: true });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(navigator, 'gpu');
  }
}

async function refusalOf(work: Promise<unknown>): Promise<GanCanvasError> {
  const error: unknown = await work.then(
    () => assert.fail('it was not refused'),
    (reason: unknown) => reason,
  );
  assert.instanceOf(error, GanCanvasError);
  return error as GanCanvasError;
}

async function sumOnBackend(runtime: Runtime): Promise<number> {
  const sum = runtime.run(() => tf.tidy(() => tf.sum(tf.matMul(tf.ones([64, 64]), tf.ones([64, 64])))));
  const value = (await sum.data())[0];
  sum.dispose();
  return value ?? NaN;
}

describe('runtime/runtime', () => {
  eachBackend((name, acquire) => {
    it('computes on the backend that was named and says so', async () => {
      const runtime = await acquire();
      assert.equal(runtime.backend, name);
      assert.deepInclude(runtime.report.at(-1), { name, ok: true });
      assert.isNotEmpty(runtime.report.at(-1)?.detail);
      assert.equal(await sumOnBackend(runtime), 64 * 64 * 64);
      assert.equal(
        runtime.run(() => tf.getBackend()),
        name,
      );
    });

    it('keeps memory flat over repeated work', async () => {
      const runtime = await acquire();
      await sumOnBackend(runtime);
      const before = runtime.memory();
      for (let i = 0; i < 20; i++) await sumOnBackend(runtime);
      assert.deepEqual(runtime.memory(), before);
      assert.equal(before.gpuBytes !== null, name === 'webgpu');
    });

    it('refuses work after dispose()', async () => {
      const runtime = await acquire();
      runtime.dispose();
      runtime.dispose();
      assert.throws(() => runtime.run(() => 1), GanCanvasError, 'disposed');
    });
  });

  it('serves two backends in one realm at once', async () => {
    const [first, second] = await Promise.all([acquireRuntime('wasm'), acquireRuntime('cpu')]);
    const a = first.run(() => tf.ones([3]));
    const b = second.run(() => tf.ones([3]));
    const [sumA, sumB] = [first.run(() => tf.sum(a)), second.run(() => tf.sum(b))];
    assert.deepEqual([...(await sumA.data()), ...(await sumB.data())], [3, 3]);
    tf.dispose([a, b, sumA, sumB]);
    first.dispose();
    second.dispose();
  });

  it('shares one backend between its users and closes it after the last', async () => {
    const [first, second] = await Promise.all([acquireRuntime('cpu'), acquireRuntime('cpu')]);
    const instance = tf.engine().registry['cpu'];
    first.dispose();
    assert.strictEqual(tf.engine().registry['cpu'], instance);
    assert.equal(await sumOnBackend(second), 64 ** 3);
    second.dispose();
    assert.isUndefined(tf.engine().registry['cpu']);
  });

  it('opens wasm again after it was closed', async () => {
    for (let i = 0; i < 2; i++) {
      const runtime = await acquireRuntime('wasm');
      assert.equal(await sumOnBackend(runtime), 64 ** 3);
      runtime.dispose();
    }
  });

  it('rejects with the abort of its signal and leaves no backend behind', async () => {
    const reason = new DOMException('stop', 'AbortError');
    const pending = acquireRuntime('cpu', { signal: AbortSignal.abort(reason) });
    assert.equal(await pending.catch((error: unknown) => (error as Error).name), 'AbortError');
    assert.isUndefined(tf.engine().registry['cpu']);
  });

  describe('choice', () => {
    it('falls back from webgpu to wasm and keeps the reason', async () => {
      const runtime = await withGpu(undefined, () => acquireRuntime('auto'));
      assert.equal(runtime.backend, 'wasm');
      assert.deepInclude(runtime.report[0], { name: 'webgpu', ok: false });
      assert.match(runtime.report[0]?.detail ?? '', /navigator\.gpu/);
      assert.match(runtime.report[1]?.detail ?? '', /SIMD, 1 thread \(not cross-origin isolated\)/);
      runtime.dispose();
    });

    it('says that there is no adapter', async () => {
      const error = await refusalOf(withGpu({ requestAdapter: () => Promise.resolve(null) }, () => acquireRuntime('webgpu')));
      assert.equal(error.code, 'backend-unavailable');
      assert.match(error.message, /no adapter/);
    });

    it('passes over a GPU in software, which draws slower than wasm, unless it is named', async () => {
      const adapter = {
        features: new Set(),
        limits: {},
        info: { vendor: 'soft', isFallbackAdapter: true },
        requestDevice: () => Promise.reject(new Error('asked')),
      };
      await withGpu({ requestAdapter: () => Promise.resolve(adapter) }, async () => {
        const runtime = await acquireRuntime('auto');
        assert.equal(runtime.backend, 'wasm');
        assert.match(runtime.report[0]?.detail ?? '', /soft \(software\), slower than WASM/);
        runtime.dispose();
        assert.match((await refusalOf(acquireRuntime('webgpu'))).message, /asked/);
      });
    });

    it('says that the device was refused', async () => {
      const adapter = { features: new Set(), limits: {}, info: {}, requestDevice: () => Promise.reject(new Error('out of devices')) };
      const error = await refusalOf(withGpu({ requestAdapter: () => Promise.resolve(adapter) }, () => acquireRuntime('webgpu')));
      assert.match(error.message, /out of devices/);
    });

    it('refuses wasm without SIMD and goes on to cpu', async () => {
      // The flag is there once the chunk is loaded.
      (await acquireRuntime('wasm')).dispose();
      tf.env().set('WASM_HAS_SIMD_SUPPORT', false);
      try {
        const runtime = await withGpu(undefined, () => acquireRuntime('auto'));
        assert.equal(runtime.backend, 'cpu');
        assert.match(runtime.report[1]?.detail ?? '', /SIMD/);
        runtime.dispose();
        assert.match((await refusalOf(acquireRuntime('wasm'))).message, /no SIMD/);
      } finally {
        tf.env().set('WASM_HAS_SIMD_SUPPORT', true);
      }
    });
  });

  describe('a lost device', () => {
    eachBackend(
      (_, acquire) => {
        it('is told once to every listener, ends its runtimes, and is replaced by the next', async () => {
          const runtime = await acquire();
          const kept = runtime.run(() => tf.ones([64, 64]));
          let calls = 0;
          const removed = runtime.onLost(() => assert.fail('a removed listener was called'));
          removed();
          const reason = await new Promise<string>((resolve) => {
            runtime.onLost((text) => {
              calls += 1;
              resolve(text);
            });
            runtime.run(() => (tf.backend() as WebGPUBackend).device.destroy());
          });
          assert.match(reason, /lost/);
          assert.throws(() => runtime.run(() => 1), GanCanvasError, 'lost');
          kept.dispose();
          const next = await acquire();
          assert.equal(await sumOnBackend(next), 64 ** 3);
          assert.equal(calls, 1);
        });
      },
      ['webgpu'],
    );
  });
});
