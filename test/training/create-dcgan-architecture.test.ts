import { assert } from 'chai';
import { createDcganArchitecture, type DcganDesign } from '../../src/training/create-dcgan-architecture.ts';
import { drawInitialWeights } from '../../src/training/initial-dcgan-weights.ts';
import { traceDcganLayers } from '../../src/weights/dcgan-layers.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { assertThrowsCode } from '../support/assert-error.ts';

const DESIGN: DcganDesign = { resolution: 32, zDim: 10, filterSize: 4, width: 8, normalization: 'batch' };

/** Each with what its message says. */
const REFUSED: readonly (readonly [Partial<DcganDesign>, ...string[]])[] = [
  [{ resolution: 30.5 }, 'resolution is 30.5', 'whole number from 4 to 1024'],
  [{ resolution: 2 }, 'resolution is 2'],
  [{ zDim: 0 }, 'zDim is 0', 'from 1 to 2048'],
  [{ filterSize: 65 }, 'filterSize is 65', 'from 2 to 64'],
  [{ stride: 1 }, 'stride is 1', 'from 2 to 16'],
  [{ depth: 0 }, 'depth is 0', 'from 1 to 10'],
  [{ width: NaN }, 'width is NaN', 'from 1 to 1024'],
  [{ activation: 'gelu' as never }, 'activation is "gelu"', 'leaky_relu'],
  [{ normalization: 'layer' as never }, 'normalization is "layer"', 'one of batch, none'],
  [{ filterSize: 2, stride: 4 }, 'would miss pixels', 'at least the stride'],
  [{ filterSize: 4, stride: 3, resolution: 27 }, 'only with an even stride', 'take filterSize 3 or 5'],
  [{ resolution: 31 }, 'resolution is 31 and stride 2', 'choose a resolution'],
  [{ resolution: 32, depth: 6 }, 'depth is 6', 'side of 0.5', 'possible here: depth 1, 2, 3, 4, 5'],
  [{ resolution: 1024, depth: 2 }, 'side of 256', 'at most 64', 'depth 4, 5'],
];

describe('training/create-dcgan-architecture', () => {
  it('enlarges exactly, and shrinks as it enlarged, by every filter that can', () => {
    let count = 0;
    for (const [stride, resolutions] of [
      [2, [8, 20, 32, 48]],
      [3, [9, 18, 27]],
      [4, [16, 64]],
    ] as const) {
      for (const resolution of resolutions) {
        for (let filterSize = stride; filterSize <= 9; filterSize++) {
          if (filterSize % 2 === 0 && stride % 2 === 1) continue;
          for (const normalization of ['batch', 'none'] as const) {
            const { generator, discriminator } = createDcganArchitecture({ ...DESIGN, resolution, filterSize, stride, normalization });
            const up = traceDcganLayers(generator, { size: 1, channels: 10 }).map(({ size }) => size);
            const down = traceDcganLayers(discriminator, { size: resolution, channels: 3 }).map(({ size }) => size);
            assert.deepEqual(up.toReversed(), down, `${resolution} by ${filterSize}`);
            count += 1;
          }
        }
      }
    }
    assert.isAbove(count, 50);
  });

  it('is the textbook in what is left out', () => {
    const { generator, discriminator } = createDcganArchitecture(DESIGN);
    assert.deepEqual(
      generator.map(({ type, filters, activation, batch_norm }) => [type, filters, activation, batch_norm]),
      [
        ['conv_transpose', 32, 'relu', true],
        ['conv_transpose', 16, 'relu', true],
        ['conv_transpose', 8, 'relu', true],
        ['conv_transpose', 3, 'tanh', false],
      ],
    );
    assert.deepEqual(
      discriminator.map(({ filters, activation, batch_norm, bias }) => [filters, activation, batch_norm, bias]),
      [
        [8, 'leaky_relu', false, true],
        [16, 'leaky_relu', true, false],
        [32, 'leaky_relu', true, false],
        [1, 'sigmoid', false, true],
      ],
    );
  });

  it('widens to eight times, and no further', () => {
    const { generator } = createDcganArchitecture({ ...DESIGN, resolution: 256, depth: 6 });
    assert.deepEqual(
      generator.map(({ filters }) => filters),
      [64, 64, 64, 32, 16, 8, 3],
    );
  });

  for (const [change, ...parts] of REFUSED) {
    it(`refuses ${JSON.stringify(change)} and says why`, () => {
      assertThrowsCode(() => createDcganArchitecture({ ...DESIGN, ...change }), 'invalid-argument', ...parts);
    });
  }

  it('starts from weights of deviation 0.02 by the seed', () => {
    const architecture = createDcganArchitecture({ ...DESIGN, width: 32 });
    const weights = drawInitialWeights(architecture, 'generator', 'seed');
    assert.deepEqual(
      [...weights].map(([name, { shape }]) => [name, shape]),
      [...tensorShapes(architecture, 'generator')] as never,
    );
    const spread = (name: string): [mean: number, deviation: number] => {
      const values = weights.get(name)?.values ?? new Float32Array();
      const mean = values.reduce((sum, x) => sum + x / values.length, 0);
      return [mean, Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2 / values.length, 0))];
    };
    const [mean, deviation] = spread('generator.1.weight');
    assert.closeTo(mean, 0, 1e-3);
    assert.closeTo(deviation, 0.02, 1e-3);
    assert.closeTo(spread('generator.0.norm.weight')[0], 1, 0.01);
    assert.closeTo(spread('generator.0.norm.weight')[1], 0.02, 0.005);
    assert.deepEqual(spread('generator.0.norm.running_var'), [1, 0]);
    assert.deepEqual(spread('generator.3.bias'), [0, 0]);
    assert.deepEqual(drawInitialWeights(architecture, 'generator', 'seed'), weights);
    assert.notDeepEqual(
      drawInitialWeights(architecture, 'generator', 'other').get('generator.1.weight'),
      weights.get('generator.1.weight'),
    );
  });
});
