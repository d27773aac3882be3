import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { styleGram } from '../../src/model/style-gram.ts';
import type { DcganArchitecture, DcganLayer } from '../../src/weights/architecture.ts';
import type { WeightsTensor } from '../../src/weights/weights-file.ts';

const Z_DIM = 3;
const FILTERS = 2;

function finish<T>(steps: Generator<void, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** What the layer makes of z, as its definition in PyTorch says: (filters, side, side), without bias. */
function applyLayer(layer: DcganLayer, weight: Float32Array, z: readonly number[]): number[] {
  const { type, kernel = 1, stride = 1, padding = 0, size = 1 } = layer;
  const side = { dense: size, conv_transpose: kernel - 2 * padding, upsample_conv: stride + 2 * padding - kernel + 1, conv: 1 }[type];
  const at = (pair: number, y: number, x: number): number => weight[(pair * kernel + y) * kernel + x] ?? NaN;
  return Array.from({ length: FILTERS * side * side }, (_, index) => {
    const [filter, y, x] = [Math.floor(index / side / side), Math.floor(index / side) % side, index % side];
    let sum = 0;
    for (const [input, value] of z.entries()) {
      if (type === 'dense') sum += value * (weight[((filter * side + y) * side + x) * Z_DIM + input] ?? NaN);
      if (type === 'conv_transpose') sum += value * at(input * FILTERS + filter, y + padding, x + padding);
      // The one pixel, or the stride × stride pixels that upsampling makes of it, with zeros around them.
      const pixels = type === 'upsample_conv' ? stride : 1;
      if (type !== 'conv' && type !== 'upsample_conv') continue;
      for (let tapY = 0; tapY < kernel; tapY += 1) {
        for (let tapX = 0; tapX < kernel; tapX += 1) {
          const [sourceY, sourceX] = [y + tapY - padding, x + tapX - padding];
          const isInside = sourceY >= 0 && sourceY < pixels && sourceX >= 0 && sourceX < pixels;
          if (isInside) sum += value * at(filter * Z_DIM + input, tapY, tapX);
        }
      }
    }
    return sum;
  });
}

const COMMON = { filters: FILTERS, bias: false, batch_norm: false, activation: 'relu' } as const;
const LAYERS: readonly DcganLayer[] = [
  { ...COMMON, type: 'dense', size: 2 },
  { ...COMMON, type: 'conv_transpose', kernel: 4, stride: 1, padding: 0 },
  { ...COMMON, type: 'conv_transpose', kernel: 4, stride: 2, padding: 1 },
  { ...COMMON, type: 'upsample_conv', kernel: 3, stride: 4, padding: 1 },
  { ...COMMON, type: 'upsample_conv', kernel: 3, stride: 2, padding: 2 },
  { ...COMMON, type: 'conv', kernel: 3, stride: 1, padding: 1 },
];

function weightShape({ type, kernel = 1, size = 1 }: DcganLayer): number[] {
  if (type === 'dense') return [FILTERS * size * size, Z_DIM];
  return type === 'conv_transpose' ? [Z_DIM, FILTERS, kernel, kernel] : [FILTERS, Z_DIM, kernel, kernel];
}

describe('model/style-gram', () => {
  for (const layer of LAYERS) {
    for (const batchNorm of [false, true]) {
      const { type, kernel = 1, stride = 1, padding = 0 } = layer;
      it(`takes AᵀA of a DCGAN that begins with ${type} ${[kernel, stride, padding].join('/')}${batchNorm ? ', normalised' : ''}`, () => {
        const next = createNormalStream(type, 'test');
        const shape = weightShape(layer);
        const values = next(shape.reduce((product, count) => product * count, 1));
        const tensor = (own: Float32Array): WeightsTensor => ({ shape: [own.length], dtype: 'F32', values: own });
        const tensors = new Map([
          ['generator.0.weight', { shape, dtype: 'F32', values } as WeightsTensor],
          ['generator.0.norm.weight', tensor(Float32Array.of(2, 0.5))],
          ['generator.0.norm.running_var', tensor(Float32Array.of(4, 0.25))],
        ]);
        const architecture: DcganArchitecture = {
          kind: 'dcgan',
          resolution: 4,
          z_dim: Z_DIM,
          classes: 0,
          generator: [{ ...layer, batch_norm: batchNorm }],
          discriminator: [],
        };
        const scales = batchNorm ? [2 / Math.sqrt(4 + 1e-5), 0.5 / Math.sqrt(0.25 + 1e-5)] : [1, 1];
        const columns = Array.from({ length: Z_DIM }, (_, input) => {
          const column = applyLayer(
            layer,
            values,
            Array.from({ length: Z_DIM }, (__, index) => Number(index === input)),
          );
          const perFilter = column.length / FILTERS;
          return column.map((entry, index) => entry * (scales[Math.floor(index / perFilter)] ?? NaN));
        });
        const gram = finish(styleGram(architecture, tensors, [0, 0]));
        for (const [index, value] of gram.entries()) {
          const [a, b] = [columns[Math.floor(index / Z_DIM)], columns[index % Z_DIM]];
          const expected = a?.reduce((sum, entry, at) => sum + entry * (b?.[at] ?? NaN), 0) ?? NaN;
          assert.closeTo(value, expected, 1e-9);
        }
      });
    }
  }
});
