import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { packKernel } from '../../../../src/model/ops/synthesis-layer.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { decodeFloat16, encodeFloat16 } from '../../../../src/weights/float16.ts';
import { eachBackend } from '../../../support/backends.ts';

const INPUTS = 5;
const OUTPUTS = 6;

async function pack(runtime: Runtime, kernel: Float32Array): Promise<Int32Array> {
  const packed = runtime.run(() => tf.tidy(() => packKernel(tf.tensor4d(kernel, [3, 3, INPUTS, OUTPUTS]), { size: 8, up: false })));
  const values = await packed.data();
  packed.dispose();
  return values as Int32Array;
}

describe('runtime/kernels/synthesis-layer/pack', () => {
  eachBackend(
    (_, acquire) => {
      const single = createNormalStream('kernel', 'test')(9 * INPUTS * OUTPUTS);
      const half = decodeFloat16(encodeFloat16(single));
      /** The second four outputs of the first input's last tap, of which two are there. */
      const [four, first] = [8 * 2 + 1, (8 * INPUTS + 0) * OUTPUTS + 4];

      it('stores what half precision holds in half precision', async () => {
        const packed = await pack(await acquire(), half);
        assert.equal(packed.at(-2), 1);
        assert.deepEqual(new Uint16Array(packed.buffer, four * 8, 4), Uint16Array.of(...encodeFloat16(half.slice(first, first + 2)), 0, 0));
      });

      for (const [what, value] of Object.entries({ 'one is finer': 1 + 2 ** -20, 'one is larger': 70_000 })) {
        it(`stores all in single precision when ${what}`, async () => {
          const kernel = half.slice();
          kernel[7] = value;
          const packed = await pack(await acquire(), kernel);
          assert.equal(packed.at(-2), 0);
          assert.deepEqual(new Float32Array(packed.buffer, four * 16, 4), Float32Array.of(...kernel.slice(first, first + 2), 0, 0));
        });
      }
    },
    ['webgpu'],
  );
});
