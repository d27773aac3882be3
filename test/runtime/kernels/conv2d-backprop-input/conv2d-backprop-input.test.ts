import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import {
  conv2dBackpropFilterRef,
  type ConvolutionSizes,
} from '../../../../src/runtime/kernels/conv2d-backprop-filter/conv2d-backprop-filter.ref.ts';
import { conv2dBackpropInputRef } from '../../../../src/runtime/kernels/conv2d-backprop-input/conv2d-backprop-input.ref.ts';
import { conv2dRef } from '../../../../src/runtime/kernels/conv2d/conv2d.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

interface Case {
  /** [n, h, w, ci] */
  readonly input: [number, number, number, number];
  readonly outChannels: number;
  readonly kernel: [number, number];
  readonly stride: number;
  readonly pad: number;
}

/** By tiles, as a convolution of one pixel, and by TF.js. */
const CASES: readonly Case[] = [
  { input: [3, 7, 5, 9], outChannels: 13, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [2, 9, 11, 10], outChannels: 9, kernel: [6, 6], stride: 2, pad: 2 },
  { input: [2, 10, 14, 3], outChannels: 11, kernel: [4, 4], stride: 2, pad: 1 },
  { input: [3, 5, 6, 17], outChannels: 7, kernel: [1, 1], stride: 1, pad: 0 },
  { input: [2, 9, 8, 36], outChannels: 40, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [1, 7, 6, 8], outChannels: 4, kernel: [2, 2], stride: 3, pad: 0 },
  { input: [1, 7, 9, 2], outChannels: 3, kernel: [3, 3], stride: 2, pad: 1 },
];

function describeSizes({ input, outChannels, kernel, stride, pad }: Case) {
  const info = tf.backend_util.computeConv2DInfo(input, [...kernel, input[3], outChannels], stride, 1, pad);
  const sizes: ConvolutionSizes = {
    ...{ batch: info.batchSize, inHeight: info.inHeight, inWidth: info.inWidth, inChannels: info.inChannels },
    ...{ outHeight: info.outHeight, outWidth: info.outWidth, outChannels: info.outChannels },
    ...{ kernelHeight: info.filterHeight, kernelWidth: info.filterWidth, strideHeight: stride, strideWidth: stride },
    ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left },
  };
  const draw = createNormalStream(JSON.stringify(input), 'test');
  const [dy, filter, probe] = [info.outShape, info.filterShape, info.inShape].map((shape) => draw(tf.util.sizeFromShape(shape)));
  return { info, sizes, dy: dy as Float32Array, filter: filter as Float32Array, probe: probe as Float32Array };
}

/** dx, and the gradients of Σ probe · dx by dy and by the filter, as a penalty on gradients has them. */
async function differentiate(runtime: Runtime, example: Case) {
  const { info, dy, filter, probe } = describeSizes(example);
  const attributes = { strides: example.stride, pad: example.pad, dataFormat: 'NHWC', inputShape: example.input, dilations: 1 };
  const tensors = runtime.run(() =>
    tf.tidy(() => {
      const apply = (...[gradient, weights]: tf.Tensor[]): tf.Tensor =>
        tf.engine().runKernel('Conv2DBackpropInput', { dy: gradient, filter: weights } as tf.NamedTensorMap, attributes) as tf.Tensor;
      const inputs = [tf.tensor(dy, info.outShape), tf.tensor(filter, info.filterShape)];
      return [apply(...inputs), ...tf.grads(apply)(inputs, tf.tensor(probe, info.inShape))];
    }),
  );
  const values = (await Promise.all(tensors.map((tensor) => tensor.data()))) as [Float32Array, Float32Array, Float32Array];
  tf.dispose(tensors);
  return values;
}

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, name: string): void {
  // Tiles of 4 round about ten times as coarsely as plain sums.
  assert.isBelow(maxDifference(actual, expected), 2e-5 * Math.max(1, maxMagnitude(expected)), name);
}

describe('runtime/kernels/conv2d-backprop-input', () => {
  for (const example of CASES.slice(2)) {
    it(`has slow twins that finite differences confirm, for ${JSON.stringify(example)}`, () => {
      const { sizes, dy, filter, probe: x } = describeSizes(example);
      const gradients = { x: conv2dBackpropInputRef(dy, filter, sizes), filter: conv2dBackpropFilterRef(x, dy, sizes) };
      assertGradients(([at, by]) => conv2dRef(at ?? [], by ?? [], sizes), { x, filter }, dy, gradients);
    });
  }

  eachBackend((_, acquire) => {
    for (const example of CASES) {
      it(`gives what its slow twin gives, and its gradients too, for ${JSON.stringify(example)}`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const { sizes, dy, filter, probe } = describeSizes(example);
        const [dx, byDy, byFilter] = await differentiate(runtime, example);
        assertClose(dx, conv2dBackpropInputRef(dy, filter, sizes), 'dx');
        assertClose(byDy, conv2dRef(probe, filter, sizes), 'by dy');
        assertClose(byFilter, conv2dBackpropFilterRef(probe, dy, sizes), 'by the filter');
      });
    }

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      for (const example of [CASES[1], CASES[3]] as Case[]) {
        await differentiate(runtime, example);
        const before = runtime.memory();
        await differentiate(runtime, example);
        assert.deepEqual(runtime.memory(), before);
      }
    });
  });
});
