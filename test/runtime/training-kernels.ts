// What wasm-page.ts does with the kernels of training: runs them again and again, one after the other, and compares them with their slow twins.
import * as tf from '@tensorflow/tfjs-core';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { batchNorm } from '../../src/model/ops/batch-norm.ts';
import { double, halve } from '../../src/model/ops/halve.ts';
import { batchMatMulRef } from '../../src/runtime/kernels/batch-mat-mul/batch-mat-mul.ref.ts';
import { batchNormGradientRef, batchNormRef } from '../../src/runtime/kernels/batch-norm/batch-norm.ref.ts';
import { conv2dBackpropFilterRef } from '../../src/runtime/kernels/conv2d-backprop-filter/conv2d-backprop-filter.ref.ts';
import { conv2dBackpropInputRef } from '../../src/runtime/kernels/conv2d-backprop-input/conv2d-backprop-input.ref.ts';
import { conv2dRef } from '../../src/runtime/kernels/conv2d/conv2d.ref.ts';
import { doubleRef, halveRef } from '../../src/runtime/kernels/halve/halve.ref.ts';
import { sumRef } from '../../src/runtime/kernels/sum/sum.ref.ts';
import { transposeRef } from '../../src/runtime/kernels/transpose/transpose.ref.ts';
import { unsortedSegmentSumRef } from '../../src/runtime/kernels/unsorted-segment-sum/unsorted-segment-sum.ref.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { maxDifference, maxMagnitude } from '../support/tensor-fixture.ts';

/** Tensors that a backend gives, and what their slow twins say. */
interface Job {
  readonly compute: () => tf.Tensor[];
  readonly expected: readonly ArrayLike<number>[];
}

const draw = createNormalStream('training kernels', 'threads');
const RUNS = 12;

/** A convolution and both gradients, of more chunks of tiles than there are threads. */
function convolution(input: [number, number, number, number], outputs: number, side: number, stride: number, pad: number): Job {
  const info = tf.backend_util.computeConv2DInfo(input, [side, side, input[3], outputs], stride, 1, pad);
  const [x, filter, dy] = [info.inShape, info.filterShape, info.outShape].map((shape) => draw(tf.util.sizeFromShape(shape))) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const sizes = {
    ...{ batch: info.batchSize, inHeight: info.inHeight, inWidth: info.inWidth, inChannels: info.inChannels },
    ...{ outHeight: info.outHeight, outWidth: info.outWidth, outChannels: info.outChannels },
    ...{ kernelHeight: side, kernelWidth: side, strideHeight: stride, strideWidth: stride, padTop: pad, padLeft: pad },
  };
  return {
    compute: () => {
      const [image, weights] = [tf.tensor4d(x, input), tf.tensor4d(filter, info.filterShape)];
      const apply = (...[a, b]: tf.Tensor[]): tf.Tensor => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, pad);
      return [apply(image, weights), ...tf.grads(apply)([image, weights], tf.tensor(dy, info.outShape))];
    },
    expected: [conv2dRef(x, filter, sizes), conv2dBackpropInputRef(dy, filter, sizes), conv2dBackpropFilterRef(x, dy, sizes)],
  };
}

function normalization(): Job {
  const shape: [number, number, number, number] = [3, 17, 19, 21];
  const [x, dy] = [draw(tf.util.sizeFromShape(shape)), draw(tf.util.sizeFromShape(shape))];
  const [scale, offset] = [draw(21), draw(21)];
  const none = new Float32Array(21);
  const { y, mean, variance } = batchNormRef(x, scale, offset, 0.1);
  const gradients = batchNormGradientRef({ y: dy, mean: none, variance: none }, x, scale, 0.1);
  return {
    compute: () => {
      const tensors = [tf.tensor4d(x, shape), tf.tensor1d(scale), tf.tensor1d(offset)] as const;
      const apply = (...all: tf.Tensor[]) =>
        batchNorm({ x: all[0] as tf.Tensor4D, scale: all[1] as tf.Tensor1D, offset: all[2] as tf.Tensor1D }, { epsilon: 0.1 });
      const normalized = apply(...tensors);
      const byAll = tf.grads((...all) => apply(...all).y)([...tensors], tf.tensor4d(dy, shape));
      return [normalized.y, normalized.mean, normalized.variance, ...byAll];
    },
    expected: [y, mean, variance, gradients.x, gradients.scale, gradients.offset],
  };
}

/** Sums, orders and products of one array. */
function rearrangement(): Job {
  const x = draw(6 * 10 * 14 * 5);
  const ids = [2, -1, 0, 2, 7, 1];
  const shape: [number, number, number, number] = [6, 10, 14, 5];
  const small = { batch: 6, height: 5, width: 7, channels: 5 };
  return {
    compute: () => {
      const map = tf.tensor4d(x, shape);
      const matrix = tf.reshape(map, [60, 70]);
      const sums = [tf.sum(map, [0, 1, 2]), tf.sum(map, [1, 2]), tf.unsortedSegmentSum(map, tf.tensor1d(ids, 'int32'), 3)];
      return [...sums, tf.transpose(map, [2, 0, 3, 1]), tf.matMul(matrix, matrix, true), halve(map), double(halve(map))];
    },
    expected: [
      ...[sumRef(x, 1, 840, 5), sumRef(x, 6, 140, 5), unsortedSegmentSumRef(x, ids, 3, 700), transposeRef(x, shape, [2, 0, 3, 1])],
      batchMatMulRef(x, x, { batch: 1, rows: 70, depth: 60, columns: 70, transposeA: true, transposeB: false }),
      ...[halveRef(x, small), doubleRef(halveRef(x, small), small)],
    ],
  };
}

/** The largest difference, in shares of the largest value, that any of the kernels shows in any of its runs. */
export async function largestTrainingDifference(runtime: Runtime): Promise<number> {
  const jobs = [convolution([3, 40, 44, 12], 10, 3, 1, 1), normalization(), convolution([4, 48, 40, 9], 13, 6, 2, 2), rearrangement()];
  let worst = 0;
  for (let run = 0; run < RUNS; run++) {
    for (const { compute, expected } of jobs) {
      const tensors = runtime.run(() => tf.tidy(compute));
      const values = await Promise.all(tensors.map((tensor) => tensor.data()));
      tf.dispose(tensors);
      for (const [index, reference] of expected.entries())
        worst = Math.max(worst, maxDifference(values[index] ?? [], reference) / maxMagnitude(reference));
    }
  }
  return worst;
}
