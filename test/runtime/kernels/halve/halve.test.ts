import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { double, halve } from '../../../../src/model/ops/halve.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { HALVE } from '../../../../src/runtime/kernels/halve/halve.ts';
import { doubleRef, halveRef, type HalveSizes } from '../../../../src/runtime/kernels/halve/halve.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

/** Of the smaller map. */
const SIZES: readonly HalveSizes[] = [
  { batch: 1, height: 1, width: 1, channels: 1 },
  { batch: 2, height: 3, width: 5, channels: 3 },
  { batch: 3, height: 1, width: 7, channels: 6 },
  { batch: 1, height: 4, width: 4, channels: 8 },
  { batch: 5, height: 7, width: 2, channels: 4 },
  { batch: 2, height: 16, width: 9, channels: 33 },
];

/** Both ways of a pair that are each other's gradients. */
const WAYS = [
  { name: 'halves', apply: halve, reference: halveRef, factors: [2, 1] },
  { name: 'doubles', apply: double, reference: doubleRef, factors: [1, 2] },
] as const;
type Way = (typeof WAYS)[number];

const shapeOf = ({ batch, height, width, channels }: HalveSizes, factor: number): [number, number, number, number] => [
  ...([batch, factor * height, factor * width, channels] as const),
];

/** What the way makes of random maps, its gradient, and of Σ weights · that gradient² the gradient by dy, which is one of second order. */
async function resample(runtime: Runtime, { apply, factors }: Way, sizes: HalveSizes) {
  const [from, to] = [shapeOf(sizes, factors[0]), shapeOf(sizes, factors[1])];
  const draw = createNormalStream(JSON.stringify(sizes), 'test');
  const [x, dy] = [draw(tf.util.sizeFromShape(from)), draw(tf.util.sizeFromShape(to))];
  const tensors = runtime.run(() =>
    tf.tidy(() => {
      const [map, given] = [tf.tensor4d(x, from), tf.tensor4d(dy, to)];
      const gradientBy = tf.grad((at) => apply(at as tf.Tensor4D));
      return [apply(map), gradientBy(map, given), tf.grad((at) => tf.sum(tf.square(gradientBy(map, at))))(given)];
    }),
  );
  const [y, dx, second] = (await Promise.all(tensors.map((tensor) => tensor.data()))) as [Float32Array, Float32Array, Float32Array];
  assert.deepEqual(
    tensors.map(({ shape }) => shape),
    [to, from, to],
  );
  tf.dispose(tensors);
  return { x, dy, y, dx, second };
}

describe('runtime/kernels/halve', () => {
  eachBackend((name, acquire) => {
    for (const way of WAYS) {
      for (const sizes of SIZES) {
        it(`${way.name} as its slow twin does, with gradients, maps of ${JSON.stringify(sizes)}`, async () => {
          const runtime = await acquire();
          await loadGradients(runtime);
          const { x, dy, y, dx, second } = await resample(runtime, way, sizes);
          const transpose = WAYS[way.name === 'halves' ? 1 : 0].reference;
          const expected = way.reference(x, sizes);
          assert.isBelow(maxDifference(y, expected), 1e-6 * Math.max(1, maxMagnitude(expected)));
          assert.isBelow(maxDifference(dx, transpose(dy, sizes)), 1e-6 * Math.max(1, maxMagnitude(dy)));
          assertGradients(([at]) => way.reference(at ?? [], sizes), { x }, dy, { x: dx });
          const squared = ([at]: readonly ArrayLike<number>[]): number[] => [
            transpose(at ?? [], sizes).reduce((sum, value) => sum + value * value, 0),
          ];
          assertGradients(squared, { dy }, [1], { dy: second });
        });
      }
    }

    if (name === 'wasm') {
      it('does the same by stock operations where the kernels are not registered', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const kernels = Object.values(HALVE).map((kernelName) => tf.getKernel(kernelName, 'wasm'));
        for (const { kernelName } of kernels) tf.unregisterKernel(kernelName, 'wasm');
        try {
          const sizes = SIZES[1] as HalveSizes;
          for (const way of WAYS) {
            const { x, y } = await resample(runtime, way, sizes);
            assert.isBelow(maxDifference(y, way.reference(x, sizes)), 1e-6);
          }
        } finally {
          for (const kernel of kernels) tf.registerKernel(kernel);
        }
      });
    }

    it('refuses odd sides', async () => {
      const runtime = await acquire();
      assert.throws(() => runtime.run(() => tf.tidy(() => halve(tf.ones([1, 4, 5, 2])))), /Only even sides can be halved/);
    });

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const sizes = SIZES[1] as HalveSizes;
      await resample(runtime, WAYS[0], sizes);
      const before = runtime.memory();
      const buffers = runtime.run(() => tf.memory().numDataBuffers);
      await resample(runtime, WAYS[0], sizes);
      assert.deepEqual(runtime.memory(), before);
      assert.equal(
        runtime.run(() => tf.memory().numDataBuffers),
        buffers,
      );
    });
  });
});
