import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { arrangeGrid } from '../../../../src/model/picture-grid.ts';
import { gridRef } from '../../../../src/runtime/kernels/grid/grid.ref.ts';
import { readRgba } from '../../../../src/runtime/pixels.ts';
import { eachBackend } from '../../../support/backends.ts';
import { maxDifference } from '../../../support/tensor-fixture.ts';

type Shape = [number, number, number, number];

const CASES: readonly { readonly shape: Shape; readonly columns: number }[] = [
  { shape: [1, 1, 1, 3], columns: 1 },
  { shape: [1, 4, 4, 3], columns: 1 },
  { shape: [1, 5, 7, 3], columns: 3 },
  { shape: [4, 3, 3, 3], columns: 2 },
  { shape: [5, 7, 3, 3], columns: 3 },
  { shape: [3, 9, 11, 3], columns: 1 },
];

/** Values from −1.5 to 1.5 in the middle of a level, so that rounding is the same in any precision; whole numbers for the ends. */
function drawLevels(count: number): Float32Array {
  return createNormalStream(
    String(count),
    'test',
  )(count).map((value, index) =>
    index % 7 === 0 ? Math.sign(value) : (Math.round(127.5 * Math.max(-1.5, Math.min(1.5, value))) + 0.25) / 127.5,
  );
}

describe('runtime/kernels/grid', () => {
  eachBackend((_, acquire) => {
    for (const { shape, columns } of CASES) {
      it(`is the reference's for [${shape.join(', ')}] in ${columns} columns`, async () => {
        const runtime = await acquire();
        const images = drawLevels(tf.util.sizeFromShape(shape));
        const grid = runtime.run(() => tf.tidy<tf.Tensor2D | tf.Tensor3D>(() => arrangeGrid(tf.tensor4d(images, shape), columns)));
        assert.deepEqual(grid.shape.slice(0, 2), [Math.ceil(shape[0] / columns) * shape[1], columns * shape[2]]);
        assert.equal(maxDifference(await readRgba(runtime, grid), gridRef(images, shape, columns)), 0);
        grid.dispose();
      });
    }
  });

  eachBackend(
    (_, acquire) => {
      it('is of any size, beyond the workgroups of one axis', async () => {
        const runtime = await acquire();
        const side = 2100;
        const grid = runtime.run(() =>
          tf.tidy<tf.Tensor2D | tf.Tensor3D>(() => {
            const rows = tf.reshape(tf.sub(tf.div(tf.range(0, side), side), 0.5), [1, side, 1, 1]);
            return arrangeGrid(tf.tile(rows, [1, 1, side, 3]) as tf.Tensor4D, 1);
          }),
        );
        const bytes = await readRgba(runtime, grid);
        grid.dispose();
        for (const y of [0, 700, side - 1]) {
          const level = ((y / side - 0.5) * 127.5 + 128) | 0;
          assert.deepEqual([...bytes.slice((y * side + side - 1) * 4, (y * side + side) * 4)], [level, level, level, 255]);
        }
      });
    },
    ['webgpu'],
  );
});
