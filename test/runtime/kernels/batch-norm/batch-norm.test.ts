import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { batchNorm } from '../../../../src/model/ops/batch-norm.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { BATCH_NORM, type BatchNormInputs } from '../../../../src/runtime/kernels/batch-norm/batch-norm.ts';
import { batchNormGradientRef, batchNormRef } from '../../../../src/runtime/kernels/batch-norm/batch-norm.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

type Shape = readonly [n: number, h: number, w: number, c: number];

/** Epsilon of half the variance, so that what it does shows. */
const EPSILON = 0.5;
const SHAPES: readonly Shape[] = [
  [1, 1, 1, 1],
  [2, 1, 1, 5],
  [1, 3, 5, 2],
  [3, 7, 5, 3],
  [5, 4, 4, 4],
  [2, 9, 11, 7],
  [4, 16, 16, 8],
  [3, 13, 17, 13],
  [7, 8, 8, 36],
  [2, 5, 3, 601],
];

const VECTORS = ['y', 'mean', 'variance'] as const;

/** Channels with means far from 0, and gradients by everything that is given. */
function drawArrays(shape: Shape) {
  const [size, channels] = [tf.util.sizeFromShape([...shape]), shape[3]];
  const draw = createNormalStream(JSON.stringify(shape), 'test');
  const centres = draw(channels).map((value) => 3 * value);
  return {
    inputs: {
      x: draw(size).map((value, index) => value + (centres[index % channels] ?? NaN)),
      scale: draw(channels),
      offset: draw(channels),
    },
    given: { y: draw(size), mean: draw(channels), variance: draw(channels) },
  };
}
type Arrays = ReturnType<typeof drawArrays>;

/** y, mean and variance; and the gradients by x, scale and offset of all three. */
async function normalize(runtime: Runtime, shape: Shape, { inputs, given }: Arrays) {
  const tensors = runtime.run(() =>
    tf.tidy(() => {
      const [x, scale, offset] = [tf.tensor(inputs.x, [...shape]), tf.tensor1d(inputs.scale), tf.tensor1d(inputs.offset)];
      const asInputs = (...all: tf.Tensor[]): BatchNormInputs => ({ x: all[0], scale: all[1], offset: all[2] }) as BatchNormInputs;
      const result = batchNorm(asInputs(x, scale, offset), { epsilon: EPSILON });
      const probes = VECTORS.map((name) => tf.tensor(given[name], result[name].shape));
      const gradients = tf.grads((...all) => {
        const normalized = batchNorm(asInputs(...all), { epsilon: EPSILON });
        return tf.addN(VECTORS.map((name, index) => tf.sum(tf.mul(normalized[name], probes[index] as tf.Tensor))));
      })([x, scale, offset]);
      return [result.y, result.mean, result.variance, ...gradients];
    }),
  );
  const values = await Promise.all(tensors.map(async (tensor) => (await tensor.data()) as Float32Array));
  tf.dispose(tensors);
  return { y: values[0], mean: values[1], variance: values[2], gradients: { x: values[3], scale: values[4], offset: values[5] } };
}

function assertClose(actual: ArrayLike<number> | undefined, expected: ArrayLike<number>, tolerance: number, name: string): void {
  assert.isBelow(maxDifference(actual ?? [], expected), tolerance * Math.max(1, maxMagnitude(expected)), name);
}

/** Σ over y, mean and variance, each times what is given, as one array for {@link assertGradients}. */
function referenceOf([x, scale, offset]: readonly ArrayLike<number>[]): ArrayLike<number> {
  const { y, mean, variance } = batchNormRef(x ?? [], scale ?? [], offset ?? [], EPSILON);
  return Float64Array.of(...y, ...mean, ...variance);
}

/** The squared gradient by x of Σ given · batchNorm(x)², a function of x and scale whose own gradient is one of second order. */
function squaredGradient(x: tf.Tensor, scale: tf.Tensor, given: tf.Tensor): tf.Scalar {
  const inner = (at: tf.Tensor): tf.Tensor => {
    const inputs = { x: at, scale, offset: tf.zerosLike(scale) } as unknown as BatchNormInputs;
    return tf.sum(tf.mul(tf.square(batchNorm(inputs, { epsilon: EPSILON }).y), given));
  };
  return tf.sum(tf.square(tf.grad(inner)(x)));
}

/** The same in double precision. */
function squaredGradientRef(x: ArrayLike<number>, scale: ArrayLike<number>, given: ArrayLike<number>): number {
  const none = new Float64Array(scale.length);
  const { y } = batchNormRef(x, scale, none, EPSILON);
  const byY = y.map((value, index) => 2 * value * (given[index] ?? NaN));
  return batchNormGradientRef({ y: byY, mean: none, variance: none }, x, scale, EPSILON).x.reduce((sum, value) => sum + value * value, 0);
}

describe('runtime/kernels/batch-norm', () => {
  for (const shape of [SHAPES[3], SHAPES[5]] as Shape[]) {
    it(`has a slow twin whose gradients finite differences confirm, for [${shape.join(', ')}]`, () => {
      const { inputs, given } = drawArrays(shape);
      const probe = Float64Array.of(...given.y, ...given.mean, ...given.variance);
      assertGradients(referenceOf, inputs, probe, { ...batchNormGradientRef(given, inputs.x, inputs.scale, EPSILON) });
    });
  }

  eachBackend((name, acquire) => {
    for (const shape of SHAPES) {
      it(`gives what its slow twin gives, with gradients, for [${shape.join(', ')}]`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const arrays = drawArrays(shape);
        const { gradients, ...actual } = await normalize(runtime, shape, arrays);
        const { x, scale, offset } = arrays.inputs;
        const expected = batchNormRef(x, scale, offset, EPSILON);
        for (const vector of VECTORS) assertClose(actual[vector], expected[vector], 1e-5, vector);
        const expectedGradients = batchNormGradientRef(arrays.given, x, scale, EPSILON);
        for (const input of ['x', 'scale', 'offset'] as const) assertClose(gradients[input], expectedGradients[input], 2e-5, input);
      });
    }

    it('has the gradient of second order that finite differences give', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const shape = [3, 4, 3, 5] as const;
      const { inputs, given } = drawArrays(shape);
      const tensors = runtime.run(() =>
        tf.tidy(() => {
          const weights = tf.tensor(given.y, [...shape]);
          const penalty = (...all: tf.Tensor[]): tf.Scalar => squaredGradient(all[0] as tf.Tensor, all[1] as tf.Tensor, weights);
          return tf.grads(penalty)([tf.tensor(inputs.x, [...shape]), tf.tensor1d(inputs.scale)]);
        }),
      );
      const [x, scale] = (await Promise.all(tensors.map((tensor) => tensor.data()))) as [Float32Array, Float32Array];
      tf.dispose(tensors);
      const reference = ([at, by]: readonly ArrayLike<number>[]): number[] => [squaredGradientRef(at ?? [], by ?? [], given.y)];
      assertGradients(reference, { x: inputs.x, scale: inputs.scale }, [1], { x, scale });
    });

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const [shape, arrays] = [SHAPES[5] as Shape, drawArrays(SHAPES[5] as Shape)];
      await normalize(runtime, shape, arrays);
      const before = runtime.memory();
      const buffers = runtime.run(() => tf.memory().numDataBuffers);
      await normalize(runtime, shape, arrays);
      assert.deepEqual(runtime.memory(), before);
      assert.equal(
        runtime.run(() => tf.memory().numDataBuffers),
        buffers,
      );
    });

    if (name === 'wasm') {
      it('is one kernel, and another for its gradient', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const names = runtime.run(() => {
          const x = tf.ones<tf.Rank.R4>([2, 3, 3, 4]);
          const [scale, offset] = [tf.ones<tf.Rank.R1>([4]), tf.zeros<tf.Rank.R1>([4])];
          const profiled = profileKernels(() =>
            tf.grad((at) => batchNorm({ x: at as tf.Tensor4D, scale, offset }, { epsilon: 1e-5 }).y)(x),
          );
          tf.dispose([x, scale, offset]);
          return profiled;
        });
        assert.includeMembers(names, Object.values(BATCH_NORM));
        assert.notInclude(names, 'Sum');
      });
    }
  });
});

/** The names of the kernels that the work runs. */
function profileKernels(work: () => tf.Tensor): string[] {
  const engine = tf.engine() as unknown as { runKernel: (name: string, ...rest: unknown[]) => unknown };
  const original = engine.runKernel;
  const names: string[] = [];
  engine.runKernel = function (this: unknown, name, ...rest) {
    names.push(name);
    return original.call(this, name, ...rest);
  };
  try {
    tf.tidy(work).dispose();
  } finally {
    engine.runKernel = original;
  }
  return names;
}
