import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { conv2dBackpropFilterRef } from '../../../../src/runtime/kernels/conv2d-backprop-filter/conv2d-backprop-filter.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

interface Case {
  /** [n, h, w, ci] */
  readonly input: [number, number, number, number];
  readonly outChannels: number;
  readonly kernel: [number, number];
  readonly stride: number | [number, number];
  readonly pad: 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];
}

const CASES: readonly Case[] = [
  { input: [1, 1, 1, 1], outChannels: 1, kernel: [1, 1], stride: 1, pad: 0 },
  { input: [1, 8, 8, 4], outChannels: 8, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [3, 7, 5, 3], outChannels: 5, kernel: [3, 3], stride: 1, pad: 'same' },
  { input: [2, 9, 11, 6], outChannels: 13, kernel: [3, 3], stride: 2, pad: 'valid' },
  { input: [2, 8, 8, 5], outChannels: 12, kernel: [6, 6], stride: 2, pad: 2 },
  { input: [1, 5, 6, 17], outChannels: 4, kernel: [1, 1], stride: 1, pad: 0 },
  { input: [1, 10, 7, 2], outChannels: 9, kernel: [2, 5], stride: [3, 2], pad: 1 },
  { input: [2, 4, 4, 7], outChannels: 10, kernel: [4, 4], stride: 1, pad: 'valid' },
  { input: [1, 3, 3, 4], outChannels: 8, kernel: [5, 5], stride: 1, pad: 2 },
  { input: [2, 15, 13, 34], outChannels: 41, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [3, 16, 16, 40], outChannels: 36, kernel: [2, 2], stride: 2, pad: 0 },
  { input: [1, 6, 5, 4], outChannels: 3, kernel: [3, 4], stride: 1, pad: [[0, 0], [2, 0], [1, 3], [0, 0]] }, // prettier-ignore
];

async function filterGradient(runtime: Runtime, { input, outChannels, kernel, stride, pad }: Case) {
  const filterShape: [number, number, number, number] = [...kernel, input[3], outChannels];
  const info = tf.backend_util.computeConv2DInfo(input, filterShape, stride, 1, pad);
  const draw = createNormalStream(JSON.stringify([input, kernel]), 'test');
  const x = draw(tf.util.sizeFromShape(input));
  const dy = draw(tf.util.sizeFromShape(info.outShape));
  const actual = runtime.run(() =>
    tf.tidy(() => {
      const convolve = (filter: tf.Tensor): tf.Tensor => tf.conv2d(tf.tensor4d(x, input), filter as tf.Tensor4D, stride, pad);
      return tf.grad(convolve)(tf.zeros(filterShape), tf.tensor(dy, info.outShape));
    }),
  );
  const expected = conv2dBackpropFilterRef(x, dy, {
    batch: info.batchSize,
    inHeight: info.inHeight,
    inWidth: info.inWidth,
    inChannels: info.inChannels,
    outHeight: info.outHeight,
    outWidth: info.outWidth,
    outChannels: info.outChannels,
    kernelHeight: info.filterHeight,
    kernelWidth: info.filterWidth,
    strideHeight: info.strideHeight,
    strideWidth: info.strideWidth,
    padTop: info.padInfo.top,
    padLeft: info.padInfo.left,
  });
  const values = await actual.data();
  actual.dispose();
  return { values, expected };
}

describe('runtime/kernels/conv2d-backprop-filter', () => {
  eachBackend((_, acquire) => {
    for (const example of CASES) {
      it(`is the reference's gradient for ${JSON.stringify(example)}`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const { values, expected } = await filterGradient(runtime, example);
        assert.isBelow(maxDifference(values, expected), 1e-5 * Math.max(1, maxMagnitude(expected)));
      });
    }

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const example = CASES[1] as Case;
      await filterGradient(runtime, example);
      const before = runtime.memory();
      await filterGradient(runtime, example);
      assert.deepEqual(runtime.memory(), before);
    });
  });
});
