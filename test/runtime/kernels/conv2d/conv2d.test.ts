import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { conv2dBackpropFilterRef } from '../../../../src/runtime/kernels/conv2d-backprop-filter/conv2d-backprop-filter.ref.ts';
import { conv2dBackpropInputRef } from '../../../../src/runtime/kernels/conv2d-backprop-input/conv2d-backprop-input.ref.ts';
import { conv2dRef } from '../../../../src/runtime/kernels/conv2d/conv2d.ref.ts';
import { planTiles } from '../../../../src/runtime/kernels/convolution-tiles/convolution-tiles.wasm.ts';
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

/** What goes by tiles. */
const TILED: readonly Case[] = [
  { input: [2, 8, 8, 8], outChannels: 16, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [3, 7, 5, 9], outChannels: 13, kernel: [3, 3], stride: 1, pad: 'same' },
  { input: [1, 9, 10, 11], outChannels: 12, kernel: [3, 3], stride: 1, pad: 'valid' },
  { input: [1, 5, 6, 12], outChannels: 8, kernel: [3, 3], stride: 1, pad: [[0, 0], [2, 0], [1, 3], [0, 0]] }, // prettier-ignore
  { input: [5, 12, 12, 20], outChannels: 36, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [1, 40, 41, 8], outChannels: 8, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [2, 8, 8, 8], outChannels: 12, kernel: [6, 6], stride: 2, pad: 2 },
  { input: [3, 9, 11, 10], outChannels: 9, kernel: [6, 6], stride: 2, pad: 2 },
  { input: [2, 16, 16, 12], outChannels: 8, kernel: [4, 4], stride: 2, pad: 1 },
  { input: [1, 13, 7, 9], outChannels: 11, kernel: [5, 4], stride: 2, pad: 1 },
  { input: [1, 14, 15, 8], outChannels: 10, kernel: [4, 4], stride: 2, pad: 'valid' },
];

/** Of which only the gradient by the input does. */
const FEW_INPUTS: readonly Case[] = [
  { input: [2, 12, 10, 3], outChannels: 9, kernel: [4, 4], stride: 2, pad: 1 },
  { input: [3, 9, 7, 1], outChannels: 8, kernel: [3, 3], stride: 1, pad: 1 },
  { input: [1, 11, 13, 5], outChannels: 18, kernel: [6, 6], stride: 2, pad: 2 },
  { input: [2, 9, 11, 7], outChannels: 13, kernel: [3, 3], stride: 1, pad: 'valid' },
];

/** What does not. */
const OTHERS: readonly Case[] = [
  { input: [1, 1, 1, 1], outChannels: 1, kernel: [1, 1], stride: 1, pad: 0 },
  { input: [3, 7, 5, 3], outChannels: 5, kernel: [3, 3], stride: 1, pad: 'same' },
  { input: [2, 5, 6, 17], outChannels: 4, kernel: [1, 1], stride: 1, pad: 0 },
  { input: [2, 5, 6, 9], outChannels: 8, kernel: [1, 1], stride: 1, pad: 1 },
  { input: [2, 5, 6, 9], outChannels: 8, kernel: [1, 1], stride: 2, pad: 0 },
  { input: [2, 9, 11, 8], outChannels: 13, kernel: [3, 3], stride: 2, pad: 'valid' },
  { input: [1, 10, 7, 8], outChannels: 9, kernel: [2, 5], stride: [3, 2], pad: 1 },
  { input: [1, 11, 11, 8], outChannels: 8, kernel: [6, 6], stride: 2, pad: 3 },
];

function infoOf({ input, kernel, outChannels, stride, pad }: Case): tf.backend_util.Conv2DInfo {
  return tf.backend_util.computeConv2DInfo(input, [...kernel, input[3], outChannels], stride, 1, pad);
}

/** A convolution of random numbers and its gradients: `results` by the backend, `expected` by their slow twins. */
async function convolve(runtime: Runtime, example: Case) {
  const { input, kernel, stride, pad } = example;
  const info = infoOf(example);
  const draw = createNormalStream(JSON.stringify(example), 'test');
  const [x, filter, dy] = [info.inShape, info.filterShape, info.outShape].map((shape) => draw(tf.util.sizeFromShape(shape)));
  if (!x || !filter || !dy) throw new Error('There are three tensors.');
  const tensors = runtime.run(() =>
    tf.tidy(() => {
      const [image, weights] = [tf.tensor4d(x, input), tf.tensor4d(filter, [...kernel, input[3], example.outChannels])];
      const apply = (...[a, b]: tf.Tensor[]): tf.Tensor => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad);
      return [apply(image, weights), ...tf.grads(apply)([image, weights], tf.tensor(dy, info.outShape))];
    }),
  );
  const results = await Promise.all(tensors.map(async (tensor) => (await tensor.data()) as Float32Array));
  tf.dispose(tensors);
  const sizes = {
    ...{ batch: info.batchSize, inHeight: info.inHeight, inWidth: info.inWidth, inChannels: info.inChannels },
    ...{ outHeight: info.outHeight, outWidth: info.outWidth, outChannels: info.outChannels },
    ...{ kernelHeight: info.filterHeight, kernelWidth: info.filterWidth, strideHeight: info.strideHeight, strideWidth: info.strideWidth },
    ...{ padTop: info.padInfo.top, padLeft: info.padInfo.left },
  };
  const expected = [conv2dRef(x, filter, sizes), conv2dBackpropInputRef(dy, filter, sizes), conv2dBackpropFilterRef(x, dy, sizes)];
  return { results, expected };
}

describe('runtime/kernels/conv2d', () => {
  it('goes by tiles where that is faster', () => {
    for (const example of TILED) assert.isNotNull(planTiles(infoOf(example)), JSON.stringify(example));
    for (const example of [...FEW_INPUTS, ...OTHERS]) assert.isNull(planTiles(infoOf(example)), JSON.stringify(example));
    for (const example of FEW_INPUTS) assert.isNotNull(planTiles(infoOf(example), example.outChannels), JSON.stringify(example));
  });

  eachBackend(
    (_, acquire) => {
      for (const example of [...TILED, ...FEW_INPUTS, ...OTHERS]) {
        it(`gives what its slow twins give, with both gradients, for ${JSON.stringify(example)}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const { results, expected } = await convolve(runtime, example);
          for (const [index, name] of ['y', 'dx', 'dw'].entries()) {
            const [actual, reference] = [results[index] as Float32Array, expected[index] as Float64Array];
            // Tiles of 4 round about ten times as coarsely as plain sums.
            assert.isBelow(maxDifference(actual, reference), 2e-5 * Math.max(1, maxMagnitude(reference)), name);
          }
        });
      }

      it('leaves no tensor behind', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        for (const example of [TILED[1], OTHERS[2]] as Case[]) {
          await convolve(runtime, example);
          const before = runtime.memory();
          await convolve(runtime, example);
          assert.deepEqual(runtime.memory(), before);
        }
      });
    },
    ['wasm'],
  );
});
