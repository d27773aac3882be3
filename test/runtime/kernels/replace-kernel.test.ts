import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { replaceWasmKernel } from '../../../src/runtime/kernels/replace-kernel.wasm.ts';
import { eachBackend } from '../../support/backends.ts';

const NAME = 'TestReplacedKernel';
const infoOf = (size: number): tf.TensorInfo => ({ dataId: {}, shape: [size], dtype: 'float32' });

describe('runtime/kernels/replace-kernel', () => {
  eachBackend(
    (_, acquire) => {
      it('puts a kernel before TF.js’s on our backend, and leaves a backend of the page’s own alone', async () => {
        const runtime = await acquire();
        tf.registerKernel({ kernelName: NAME, backendName: 'wasm', kernelFunc: () => infoOf(1) });
        replaceWasmKernel(NAME, (params, stock) => infoOf(1 + ((stock(params) as tf.TensorInfo).shape[0] ?? NaN)));
        // Once only.
        replaceWasmKernel(NAME, () => infoOf(100));
        const { kernelFunc } = tf.getKernel(NAME, 'wasm');
        const sizeOn = (backend: object): unknown => (kernelFunc({ inputs: {}, backend }) as tf.TensorInfo).shape[0];
        assert.strictEqual(sizeOn(runtime.run(() => tf.backend())), 2);
        assert.strictEqual(sizeOn({}), 1);
        tf.unregisterKernel(NAME, 'wasm');
      });
    },
    ['wasm'],
  );
});
