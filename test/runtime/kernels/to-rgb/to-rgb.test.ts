import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { toRgb, type ToRgbTensors } from '../../../../src/model/ops/to-rgb.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { toRgbRef, type ToRgbArrays } from '../../../../src/runtime/kernels/to-rgb/to-rgb.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

interface Case {
  readonly batch: number;
  readonly size: number;
  readonly wDim: number;
  readonly inputs: number;
  /** Whether there is a picture so far. */
  readonly image: boolean;
  readonly limit?: number;
}

/** Of ws, [batch, 3, wDim], a layer has the last row. */
const ROWS = 3;
const ROW = 2;

const CASES: readonly Case[] = [
  { batch: 1, size: 1, wDim: 1, inputs: 1, image: false },
  { batch: 1, size: 4, wDim: 16, inputs: 8, image: false },
  { batch: 1, size: 8, wDim: 16, inputs: 8, image: true },
  { batch: 3, size: 7, wDim: 5, inputs: 7, image: false, limit: 0.5 },
  { batch: 3, size: 10, wDim: 5, inputs: 3, image: true, limit: 0.5 },
  { batch: 2, size: 2, wDim: 9, inputs: 130, image: true },
  { batch: 2, size: 26, wDim: 32, inputs: 36, image: true, limit: 256 },
  { batch: 1, size: 6, wDim: 20, inputs: 601, image: true },
];

function drawArrays({ batch, size, wDim, inputs, image }: Case) {
  const draw = createNormalStream(JSON.stringify([batch, size, inputs]), 'test');
  return {
    x: draw(batch * size * size * inputs),
    ws: draw(batch * ROWS * wDim),
    affineWeight: draw(wDim * inputs).map((value) => value / Math.sqrt(wDim)),
    affineBias: draw(inputs),
    kernel: draw(inputs * 3).map((value) => value / Math.sqrt(inputs)),
    bias: draw(3),
    image: image ? draw((batch * size * size * 3) / 4) : null,
  };
}

async function compare(runtime: Runtime, example: Case) {
  const { batch, size, wDim, inputs, limit = Infinity } = example;
  const arrays = drawArrays(example);
  const y = runtime.run(() =>
    tf.tidy(() =>
      toRgb(
        {
          x: tf.tensor4d(arrays.x, [batch, size, size, inputs]),
          ws: tf.tensor3d(arrays.ws, [batch, ROWS, wDim]),
          affineWeight: tf.tensor2d(arrays.affineWeight, [wDim, inputs]),
          affineBias: tf.tensor1d(arrays.affineBias),
          kernel: tf.tensor4d(arrays.kernel, [1, 1, inputs, 3]),
          bias: tf.tensor1d(arrays.bias),
          image: arrays.image && tf.tensor4d(arrays.image, [batch, size / 2, size / 2, 3]),
        },
        { row: ROW, limit },
      ),
    ),
  );
  assert.deepEqual(y.shape, [batch, size, size, 3]);
  assert.equal(y.dtype, 'float32');
  const values = await y.data();
  y.dispose();
  return { values, expected: toRgbRef(arrays, { batch, size, rows: ROWS, wDim, inputs }, { row: ROW, limit }) };
}

/** The gradients of Σ probe · y by everything that the layer takes. */
async function differentiate(runtime: Runtime, example: Case) {
  const { batch, size, wDim, inputs, limit = Infinity } = example;
  const { image, ...given } = drawArrays(example);
  const arrays: Record<string, Float32Array> = image ? { ...given, image } : given;
  const shapes: Record<string, number[]> = {
    ...{ x: [batch, size, size, inputs], ws: [batch, ROWS, wDim], affineWeight: [wDim, inputs], affineBias: [inputs] },
    ...{ kernel: [1, 1, inputs, 3], bias: [3], image: [batch, size / 2, size / 2, 3] },
  };
  const names = Object.keys(arrays);
  const named = <T>(all: readonly T[]): Record<string, T | null> => ({
    image: null,
    ...Object.fromEntries(names.map((name, index) => [name, all[index]])),
  });
  const probe = createNormalStream('probe', 'test')(batch * size * size * 3);
  const gradients = runtime.run(() =>
    tf.tidy(() =>
      tf.grads((...all) => toRgb(named(all) as unknown as ToRgbTensors, { row: ROW, limit }))(
        names.map((name) => tf.tensor(arrays[name] ?? [], shapes[name])),
        tf.tensor4d(probe, [batch, size, size, 3]),
      ),
    ),
  );
  const values = await Promise.all(gradients.map(async (gradient) => (await gradient.data()) as Float32Array));
  tf.dispose(gradients);
  const reference = (all: readonly ArrayLike<number>[]): Float64Array =>
    toRgbRef(named(all) as unknown as ToRgbArrays, { batch, size, rows: ROWS, wDim, inputs }, { row: ROW, limit });
  return { reference, arrays, probe, gradients: Object.fromEntries(names.map((name, index) => [name, values[index] as Float32Array])) };
}

describe('runtime/kernels/to-rgb', () => {
  eachBackend((_, acquire) => {
    for (const example of CASES) {
      it(`is the reference's for ${JSON.stringify(example)}`, async () => {
        const { values, expected } = await compare(await acquire(), example);
        assert.isBelow(maxDifference(values, expected), 1e-5 * Math.max(1, maxMagnitude(expected)));
      });
    }

    for (const example of CASES.slice(2, 6)) {
      it(`has the gradients of finite differences for ${JSON.stringify(example)}`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const { reference, arrays, probe, gradients } = await differentiate(runtime, example);
        assertGradients(reference, arrays, probe, gradients);
      });
    }

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      const example = CASES[4] as Case;
      await compare(runtime, example);
      const before = runtime.memory();
      const buffers = runtime.run(() => tf.memory().numDataBuffers);
      await compare(runtime, example);
      assert.deepEqual(runtime.memory(), before);
      assert.equal(
        runtime.run(() => tf.memory().numDataBuffers),
        buffers,
      );
    });
  });
});
