import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { packKernel, synthesisLayer } from '../../../../src/model/ops/synthesis-layer.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import {
  synthesisLayerRef,
  type SynthesisLayerArrays,
  type SynthesisLayerSizes,
} from '../../../../src/runtime/kernels/synthesis-layer/synthesis-layer.ref.ts';
import type { SynthesisLayerAttributes } from '../../../../src/runtime/kernels/fused-kernels.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { decodeFloat16, encodeFloat16 } from '../../../../src/weights/float16.ts';
import { eachBackend } from '../../../support/backends.ts';
import { assertGradients } from '../../../support/finite-differences.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

/** The number of pictures in ws, in x and in noise (0: none), widths, and attributes; of ws, [batch, 3, wDim], a layer has the row `size % 3`. */
interface Case {
  readonly batch: number;
  readonly xBatch?: number;
  readonly noiseBatch: number;
  readonly wDim: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly up: boolean;
  readonly limit?: number;
}

const ROWS = 3;

const CASES: readonly Case[] = [
  { batch: 1, noiseBatch: 0, wDim: 1, inputs: 1, outputs: 1, size: 1, up: false },
  { batch: 1, noiseBatch: 0, wDim: 1, inputs: 1, outputs: 1, size: 2, up: true },
  { batch: 1, noiseBatch: 1, wDim: 8, inputs: 8, outputs: 8, size: 4, up: false },
  { batch: 1, noiseBatch: 1, wDim: 8, inputs: 8, outputs: 8, size: 8, up: true },
  { batch: 3, noiseBatch: 0, wDim: 5, inputs: 3, outputs: 7, size: 5, up: false },
  { batch: 3, noiseBatch: 3, wDim: 5, inputs: 3, outputs: 7, size: 10, up: true, limit: 0.9 },
  { batch: 2, xBatch: 1, noiseBatch: 1, wDim: 16, inputs: 12, outputs: 5, size: 4, up: false, limit: 1 },
  { batch: 2, xBatch: 1, noiseBatch: 2, wDim: 16, inputs: 6, outputs: 8, size: 14, up: true },
  { batch: 2, noiseBatch: 2, wDim: 32, inputs: 17, outputs: 36, size: 13, up: false },
  { batch: 2, noiseBatch: 0, wDim: 7, inputs: 20, outputs: 33, size: 18, up: true },
  { batch: 1, noiseBatch: 1, wDim: 64, inputs: 64, outputs: 32, size: 32, up: true, limit: 256 },
  { batch: 1, noiseBatch: 1, wDim: 64, inputs: 32, outputs: 32, size: 31, up: false },
];

function describeCase({ batch, xBatch = batch, noiseBatch, wDim, inputs, outputs, size, up, limit }: Case): string {
  const shape = `x [${[xBatch, up ? size / 2 : size, up ? size / 2 : size, inputs].join(', ')}] to [${[batch, size, size, outputs].join(', ')}]`;
  const noise = noiseBatch ? `${noiseBatch} of noise` : 'no noise';
  return `${shape}${up ? ', upsampling' : ''}, wDim ${wDim}, ${noise}, ${limit ? `within ±${limit}` : 'no limit'}`;
}

/** `exact`: kernels that are whole in half precision, as those of a weights file are. */
function drawArrays({ batch, xBatch = batch, noiseBatch, wDim, inputs, outputs, size, up }: Case, exact: boolean): SynthesisLayerArrays {
  const draw = createNormalStream(JSON.stringify([batch, inputs, outputs, size]), 'test');
  const side = up ? size / 2 : size;
  const kernel = draw(9 * inputs * outputs);
  return {
    x: draw(xBatch * side * side * inputs),
    ws: draw(batch * ROWS * wDim),
    affineWeight: draw(wDim * inputs).map((value) => value / Math.sqrt(wDim)),
    affineBias: draw(inputs).map((value) => 1 + 0.1 * value),
    kernel: exact ? decodeFloat16(encodeFloat16(kernel)) : kernel,
    power: draw(inputs * outputs).map((value) => 9 + value * value),
    bias: draw(outputs),
    noise: noiseBatch ? draw(noiseBatch * size * size) : null,
  };
}

async function compare(runtime: Runtime, example: Case, exact = true): Promise<{ values: Float32Array; expected: Float64Array }> {
  const { batch, xBatch = batch, noiseBatch, wDim, inputs, outputs, size, up, limit = Infinity } = example;
  const arrays = drawArrays(example, exact);
  const side = up ? size / 2 : size;
  const attributes: SynthesisLayerAttributes = { row: size % ROWS, size, up, outputs, epsilon: 1e-8, slope: 0.2, limit };
  const sizes: SynthesisLayerSizes = { batch, xBatch, noiseBatch, rows: ROWS, wDim, inputs };
  const float = (values: ArrayLike<number>): Float32Array => Float32Array.from(values);
  const y = runtime.run(() =>
    tf.tidy(() =>
      synthesisLayer(
        {
          x: tf.tensor4d(float(arrays.x), [xBatch, side, side, inputs]),
          ws: tf.tensor3d(float(arrays.ws), [batch, ROWS, wDim]),
          affineWeight: tf.tensor2d(float(arrays.affineWeight), [wDim, inputs]),
          affineBias: tf.tensor1d(float(arrays.affineBias)),
          kernel: packKernel(tf.tensor4d(float(arrays.kernel), [3, 3, inputs, outputs]), { size, up }),
          power: tf.tensor2d(float(arrays.power), [inputs, outputs]),
          bias: tf.tensor1d(float(arrays.bias)),
          noise: arrays.noise && tf.tensor4d(float(arrays.noise), [noiseBatch, size, size, 1]),
        },
        attributes,
      ),
    ),
  );
  assert.deepEqual(y.shape, [batch, size, size, outputs]);
  assert.equal(y.dtype, 'float32');
  const values = (await y.data()) as Float32Array;
  y.dispose();
  return { values, expected: synthesisLayerRef(arrays, sizes, attributes) };
}

const GRADIENT_CASES: readonly Case[] = [
  { batch: 3, noiseBatch: 3, wDim: 5, inputs: 3, outputs: 7, size: 5, up: false },
  { batch: 2, xBatch: 1, noiseBatch: 1, wDim: 6, inputs: 10, outputs: 9, size: 7, up: false, limit: 2 },
  { batch: 3, noiseBatch: 1, wDim: 5, inputs: 3, outputs: 7, size: 10, up: true, limit: 0.9 },
  { batch: 2, noiseBatch: 2, wDim: 4, inputs: 9, outputs: 13, size: 6, up: true },
];
const shapesOf = (example: Case): Record<keyof SynthesisLayerArrays, number[]> => {
  const { batch, xBatch = batch, noiseBatch, wDim, inputs, outputs, size, up } = example;
  const side = up ? size / 2 : size;
  return {
    x: [xBatch, side, side, inputs],
    ws: [batch, ROWS, wDim],
    affineWeight: [wDim, inputs],
    affineBias: [inputs],
    kernel: [3, 3, inputs, outputs],
    power: [inputs, outputs],
    bias: [outputs],
    noise: [noiseBatch, size, size, 1],
  };
};

/** The gradients of Σ probe · y by everything that the layer takes, its kernel as it is before packing. */
async function differentiate(runtime: Runtime, example: Case) {
  const { batch, xBatch = batch, noiseBatch, wDim, inputs, outputs, size, up, limit = Infinity } = example;
  const arrays = drawArrays(example, false) as Record<keyof SynthesisLayerArrays, Float32Array>;
  const [names, shapes] = [Object.keys(arrays) as (keyof SynthesisLayerArrays)[], shapesOf(example)];
  const attributes: SynthesisLayerAttributes = { row: size % ROWS, size, up, outputs, epsilon: 1e-2, slope: 0.2, limit };
  const probe = createNormalStream('probe', 'test')(batch * size * size * outputs);
  const gradients = runtime.run(() =>
    tf.tidy(() => {
      const apply = (...all: tf.Tensor[]): tf.Tensor => {
        const given = Object.fromEntries(names.map((name, index) => [name, all[index]])) as unknown as Parameters<typeof synthesisLayer>[0];
        return synthesisLayer({ ...given, kernel: packKernel(given.kernel as tf.Tensor4D, { size, up }) }, attributes);
      };
      return tf.grads(apply)(
        names.map((name) => tf.tensor(arrays[name], shapes[name])),
        tf.tensor4d(probe, [batch, size, size, outputs]),
      );
    }),
  );
  const values = await Promise.all(gradients.map(async (gradient) => (await gradient.data()) as Float32Array));
  tf.dispose(gradients);
  const reference = (all: readonly ArrayLike<number>[]): Float64Array => {
    const given = Object.fromEntries(names.map((name, index) => [name, all[index]])) as unknown as SynthesisLayerArrays;
    return synthesisLayerRef(given, { batch, xBatch, noiseBatch, rows: ROWS, wDim, inputs }, attributes);
  };
  return { reference, arrays, probe, gradients: Object.fromEntries(names.map((name, index) => [name, values[index] as Float32Array])) };
}

describe('runtime/kernels/synthesis-layer', () => {
  eachBackend((_, acquire) => {
    for (const example of CASES) {
      it(`is the reference's: ${describeCase(example)}`, async () => {
        const { values, expected } = await compare(await acquire(), example);
        assert.isBelow(maxDifference(values, expected), 1e-5 * Math.max(1, maxMagnitude(expected)));
      });
    }

    for (const example of [CASES[8], CASES[9]] as Case[]) {
      it(`does not round kernels of single precision: ${describeCase(example)}`, async () => {
        const { values, expected } = await compare(await acquire(), example, false);
        assert.isBelow(maxDifference(values, expected), 1e-5 * Math.max(1, maxMagnitude(expected)));
      });
    }

    for (const example of GRADIENT_CASES) {
      it(`has the gradients of finite differences: ${describeCase(example)}`, async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const { reference, arrays, probe, gradients } = await differentiate(runtime, example);
        assertGradients(reference, arrays, probe, gradients);
      });
    }

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      for (const example of [CASES[4], CASES[5]] as Case[]) {
        await compare(runtime, example);
        const before = runtime.memory();
        const buffers = runtime.run(() => tf.memory().numDataBuffers);
        await compare(runtime, example);
        assert.deepEqual(runtime.memory(), before);
        assert.equal(
          runtime.run(() => tf.memory().numDataBuffers),
          buffers,
        );
      }
    });
  });
});
