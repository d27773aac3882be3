import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { sliceRef } from '../../../../src/runtime/kernels/slice/slice.ref.ts';
import { acquireRuntime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';

type Values = Float32Array | Int32Array | Uint8Array;

const CASES: readonly (readonly [shape: number[], begin: number[], size: number[]])[] = [
  [[7], [0], [7]],
  [[7], [3], [2]],
  [
    [5, 3],
    [1, 0],
    [3, 3],
  ],
  [
    [5, 3],
    [1, 1],
    [3, 1],
  ],
  [
    [4, 5, 6],
    [1, 0, 2],
    [2, 5, 3],
  ],
  [
    [2, 5, 7, 3],
    [0, 1, 1, 0],
    [2, 3, 5, 3],
  ],
  [
    [2, 5, 7, 3],
    [1, 0, 0, 1],
    [1, 5, 7, 2],
  ],
  [
    [2, 3, 2, 3, 2],
    [1, 0, 1, 0, 0],
    [1, 3, 1, 3, 2],
  ],
  [
    [2, 3],
    [0, 1],
    [2, 0],
  ],
];

describe('runtime/kernels/slice', () => {
  eachBackend((_, acquire) => {
    for (const [shape, begin, size] of CASES) {
      for (const dtype of ['float32', 'int32', 'bool'] as const) {
        it(`takes [${size.join(', ')}] from [${begin.join(', ')}] of [${shape.join(', ')}], ${dtype}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const x = Array.from({ length: tf.util.sizeFromShape(shape) }, (__, index) => (dtype === 'bool' ? (index % 3) % 2 : index + 1));
          const part = runtime.run(() => tf.tidy(() => tf.slice(tf.tensor(x, shape, dtype), begin, size)));
          assert.deepEqual([part.shape, part.dtype], [size, dtype]);
          assert.deepEqual([...(await part.data<'float32'>())] as number[], sliceRef(x, shape, begin, size));
          part.dispose();
        });
      }
    }

    for (const [shape, sizes, axis] of [
      [[9], [2, 3, 4], 0],
      [[5, 6], [1, 4], 0],
      [[5, 6], [2, 3, 1], 1],
      [[2, 4, 6, 3], [1, 3], 1],
      [[2, 4, 6, 3], [2, 1], -1],
    ] as const) {
      it(`splits [${shape.join(', ')}] into ${sizes.join(', ')} along axis ${axis.toString()}, with its gradient`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const along = axis < 0 ? shape.length + axis : axis;
        const x = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, (__, index) => Math.sin(index));
        const weigh = (value: tf.Tensor): tf.Tensor =>
          tf.addN(tf.split(value, [...sizes], axis).map((part, index) => tf.mul(tf.sum(part), index + 1)));
        const [parts, gradient] = runtime.run(() =>
          tf.tidy(() => {
            const input = tf.tensor(x, [...shape]);
            return [tf.split(input, [...sizes], axis), tf.grad(weigh)(input)] as const;
          }),
        ) as unknown as [tf.Tensor[], tf.Tensor];
        let first = 0;
        const weights: number[] = [];
        for (const [index, part] of parts.entries()) {
          const size = shape.map((whole, at) => (at === along ? (sizes[index] ?? 0) : whole));
          const begin = shape.map((__, at) => (at === along ? first : 0));
          assert.deepEqual(part.shape, size);
          assert.deepEqual([...((await part.data()) as Values)], sliceRef(x, shape, begin, size));
          for (let each = 0; each < (sizes[index] ?? 0); each++) weights.push(index + 1);
          first += sizes[index] ?? 0;
        }
        const inner = shape.slice(along + 1).reduce((product, each) => product * each, 1);
        const expected = Array.from(x, (__, index) => weights[Math.floor(index / inner) % (shape[along] ?? 1)]);
        assert.deepEqual([...(await gradient.data())], expected);
        tf.dispose([...parts, gradient]);
      });
    }
  });

  it('refuses a slice that reaches beyond the tensor', async () => {
    const runtime = await acquireRuntime('wasm');
    await loadGradients(runtime);
    const take = (): unknown => runtime.run(() => tf.tidy(() => tf.slice(tf.tensor1d([1, 2, 3]), [2], [2])));
    assert.throws(take, /begin\[0\] \+ size\[0\]/);
    runtime.dispose();
  });
});
