import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { eachBackend } from '../support/backends.ts';

/** How many pipelines work makes the GPU compile at once, while it waits. */
function countCompiled(work: () => void): number {
  const device = GPUDevice.prototype;
  const original = device.createComputePipeline;
  let count = 0;
  device.createComputePipeline = function (descriptor) {
    count += 1;
    return original.call(this, descriptor);
  };
  try {
    work();
  } finally {
    device.createComputePipeline = original;
  }
  return count;
}

/** Work that needs two pipelines; for each `rank` from 2 others. */
function compute(rank: number): tf.Tensor {
  return tf.tidy(() => {
    const x = tf.fill(new Array<number>(rank).fill(6), 0.5);
    return tf.atanh(tf.mul(x, 0.1));
  });
}

function computeIn(runtime: Runtime, rank: number): tf.Tensor {
  return runtime.run(() => compute(rank));
}

describe('runtime: compile', () => {
  eachBackend(
    (_, acquire) => {
      it('compiles ahead what work needs', async () => {
        const runtime = await acquire();
        await runtime.compile(() => compute(2).dispose());
        assert.equal(
          countCompiled(() => computeIn(runtime, 2).dispose()),
          0,
        );
        assert.isAbove(
          countCompiled(() => computeIn(runtime, 3).dispose()),
          0,
        );
      });

      it('lets others work meanwhile, on the same', async () => {
        const runtime = await acquire();
        const compiling = runtime.compile(() => compute(4).dispose());
        const result = computeIn(runtime, 4);
        assert.closeTo((await result.data()).at(-1) ?? NaN, Math.atanh(0.05), 1e-5);
        await compiling;
        assert.equal(
          countCompiled(() => computeIn(runtime, 4).dispose()),
          0,
        );
        result.dispose();
      });

      it('rejects with what work throws, and does no harm', async () => {
        const runtime = await acquire();
        const failing = runtime.compile(() => {
          compute(5).dispose();
          throw new Error('as expected');
        });
        assert.match(String(await failing.catch((error: unknown) => error)), /as expected/);
        const result = computeIn(runtime, 5);
        assert.closeTo((await result.data()).at(-1) ?? NaN, Math.atanh(0.05), 1e-5);
        result.dispose();
      });

      it('keeps memory flat', async () => {
        const runtime = await acquire();
        const cycle = async (): Promise<void> => {
          await runtime.compile(() => compute(2).dispose());
          const result = computeIn(runtime, 2);
          await result.data();
          result.dispose();
        };
        await cycle();
        await cycle();
        const before = runtime.memory();
        for (let i = 0; i < 10; i++) await cycle();
        assert.deepEqual(runtime.memory(), before);
      });
    },
    ['webgpu'],
  );

  eachBackend(
    (_, acquire) => {
      it('does nothing where nothing is compiled', async () => {
        const runtime = await acquire();
        await runtime.compile(() => assert.fail('it ran'));
      });
    },
    ['wasm', 'cpu'],
  );
});
