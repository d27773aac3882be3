import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import type { DcganArchitecture, DcganLayer } from '../../src/weights/architecture.ts';
import { eachBackend } from '../support/backends.ts';
import { maxDifference } from '../support/tensor-fixture.ts';

const draw = createNormalStream('fold kernel', 'test');

/** What the layer does, straight from its definition: an input [h, h, ci] scattered or gathered tap by tap, PyTorch's layouts. */
function slowLayer(
  x: Float32Array,
  side: number,
  weight: Float32Array,
  layer: DcganLayer,
  inputs: number,
): { size: number; values: Float32Array } {
  const { filters, kernel = 1, stride = 1, padding = 0 } = layer;
  const transposed = layer.type === 'conv_transpose';
  const size = transposed ? (side - 1) * stride - 2 * padding + kernel : side * stride + 2 * padding - kernel + 1;
  const values = new Float32Array(size * size * filters);
  /** The input coordinate that output o takes through tap k; NaN for none. */
  const source = (o: number, k: number): number => {
    const i = transposed ? (o + padding - k) / stride : Math.floor((o - padding + k) / stride);
    return Number.isInteger(i) && i >= 0 && i < side ? i : NaN;
  };
  for (let index = 0; index < values.length; index++) {
    const co = index % filters;
    const ox = Math.floor(index / filters) % size;
    const oy = Math.floor(index / filters / size);
    for (let tap = 0; tap < kernel * kernel; tap++) {
      const [iy, ix] = [source(oy, Math.floor(tap / kernel)), source(ox, tap % kernel)];
      if (Number.isNaN(iy) || Number.isNaN(ix)) continue;
      for (let ci = 0; ci < inputs; ci++) {
        const pair = transposed ? ci * filters + co : co * inputs + ci;
        values[index] = (values[index] ?? 0) + (x[(iy * side + ix) * inputs + ci] ?? NaN) * (weight[pair * kernel * kernel + tap] ?? NaN);
      }
    }
  }
  return { size, values };
}

const START: DcganLayer = { type: 'dense', filters: 4, size: 5, bias: false, batch_norm: false, activation: 'none' };
const LAYERS: readonly (readonly ['conv_transpose' | 'upsample_conv', number, number, number])[] = [
  ['conv_transpose', 4, 2, 1],
  ['conv_transpose', 5, 2, 2],
  ['conv_transpose', 3, 1, 0],
  ['conv_transpose', 3, 3, 0],
  ['conv_transpose', 2, 3, 0],
  ['conv_transpose', 6, 2, 0],
  ['conv_transpose', 3, 2, 3],
  ['upsample_conv', 3, 2, 1],
  ['upsample_conv', 5, 2, 2],
  ['upsample_conv', 4, 3, 0],
  ['upsample_conv', 3, 1, 1],
  ['upsample_conv', 2, 2, 3],
];

describe('model/fold-kernel', () => {
  eachBackend((_, acquire) => {
    for (const [type, kernel, stride, padding] of LAYERS) {
      it(`makes ${type} of kernel ${kernel}, stride ${stride}, padding ${padding} an ordinary convolution`, async () => {
        const layer: DcganLayer = { type, kernel, stride, padding, filters: 3, bias: false, batch_norm: false, activation: 'none' };
        // z itself is the map that the layer sees: the dense start is the identity.
        const zDim = 5 * 5 * 4;
        const z = draw(zDim);
        const map = new Float32Array(zDim);
        for (let i = 0; i < zDim; i++) map[(i % 25) * 4 + Math.floor(i / 25)] = z[i] ?? NaN;
        const weight = draw(4 * 3 * kernel * kernel);
        const expected = slowLayer(map, 5, weight, layer, 4);
        const architecture: DcganArchitecture = {
          ...{ kind: 'dcgan', resolution: expected.size, z_dim: zDim, classes: 0 },
          generator: [START, layer],
          discriminator: [],
        };
        const runtime = await acquire();
        const image = runtime.run(() =>
          tf.tidy(() => {
            const network = createGeneratorNetwork(architecture);
            const shape: [number, number, number, number] = type === 'conv_transpose' ? [4, 3, kernel, kernel] : [3, 4, kernel, kernel];
            const parameters = new Map<string, tf.Tensor>([
              ['generator.0.weight', tf.eye(zDim)],
              ['generator.1.weight', tf.tensor4d(weight, shape)],
            ]);
            const prepared = network.prepare(parameters);
            const ws = network.toWs(prepared, network.map(prepared, tf.tensor2d(z, [1, zDim]), null), 1, null);
            return network.synthesize(prepared, ws, { mode: 'none' });
          }),
        );
        assert.deepEqual(image.shape, [1, expected.size, expected.size, 3]);
        assert.isBelow(maxDifference(await image.data(), expected.values), 1e-4);
        image.dispose();
      });
    }
  });
});
