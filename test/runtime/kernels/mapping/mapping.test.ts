import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { mapFused, packMapping } from '../../../../src/model/ops/mapping.ts';
import { loadGradients } from '../../../../src/runtime/gradients.ts';
import { MAX_MAPPING_WIDTH } from '../../../../src/runtime/kernels/fused-kernels.ts';
import { mappingRef, type MappingArrays } from '../../../../src/runtime/kernels/mapping/mapping.ref.ts';
import type { Runtime } from '../../../../src/runtime/runtime.ts';
import { eachBackend } from '../../../support/backends.ts';
import { maxDifference, maxMagnitude } from '../../../support/tensor-fixture.ts';

interface Case {
  readonly batch: number;
  readonly zDim: number;
  readonly wDim: number;
  /** 0: none. */
  readonly classes: number;
  readonly count: number;
}

const CASES: readonly Case[] = [
  { batch: 1, zDim: 1, wDim: 1, classes: 0, count: 1 },
  { batch: 3, zDim: 5, wDim: 7, classes: 0, count: 2 },
  { batch: 2, zDim: 6, wDim: 9, classes: 5, count: 3 },
  { batch: 2, zDim: 32, wDim: 40, classes: 13, count: 2 },
  { batch: 1, zDim: 128, wDim: 128, classes: 13, count: 8 },
  { batch: 2, zDim: 9, wDim: 331, classes: 0, count: 2 },
  { batch: 1, zDim: 3, wDim: MAX_MAPPING_WIDTH, classes: 0, count: 2 },
];

function drawArrays({ batch, zDim, wDim, classes, count }: Case) {
  const draw = createNormalStream(JSON.stringify([zDim, wDim, classes]), 'test');
  const layer = (inputs: number): number[] => [...draw(inputs * wDim).map((value) => value / Math.sqrt(inputs)), ...draw(wDim)];
  const layers = [
    ...(classes ? layer(classes) : []),
    ...Array.from({ length: count }, (_, index) => layer(index ? wDim : zDim + (classes ? wDim : 0))).flat(),
  ];
  const oneHot = Float32Array.from({ length: batch * classes }, (_, index) =>
    Number(index % classes === Math.floor(index / classes) % classes),
  );
  return { z: draw(batch * zDim), oneHot: classes ? oneHot : null, layers: Float32Array.from(layers) } satisfies MappingArrays;
}

async function compare(runtime: Runtime, example: Case) {
  const { batch, zDim, wDim, classes, count } = example;
  const { z, oneHot, layers } = drawArrays(example);
  const attributes = { wDim, count, slope: 0.2 };
  const w = runtime.run(() =>
    tf.tidy(() =>
      mapFused(
        { z: tf.tensor2d(z, [batch, zDim]), oneHot: oneHot && tf.tensor2d(oneHot, [batch, classes]), layers: tf.tensor1d(layers) },
        attributes,
      ),
    ),
  );
  assert.deepEqual(w.shape, [batch, wDim]);
  const values = await w.data();
  w.dispose();
  return { values, expected: mappingRef({ z, oneHot, layers }, { batch, zDim, classes }, attributes) };
}

describe('runtime/kernels/mapping', () => {
  eachBackend(
    (_, acquire) => {
      for (const example of CASES) {
        it(`is the reference's for ${JSON.stringify(example)}`, async () => {
          const { values, expected } = await compare(await acquire(), example);
          assert.isBelow(maxDifference(values, expected), 1e-5 * Math.max(1, maxMagnitude(expected)));
        });
      }

      it('is left to composed operations for vectors that are too wide, and while gradients are recorded', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        runtime.run(() => {
          tf.tidy(() => {
            const tensors = [tf.ones([2, 2]), tf.ones([2])];
            assert.isNull(packMapping(tensors, { zDim: MAX_MAPPING_WIDTH - 1, wDim: 2, classes: 3 }));
            assert.equal(packMapping(tensors, { zDim: MAX_MAPPING_WIDTH - 2, wDim: 2, classes: 3 })?.size, 6);
            tf.grad((x) => {
              assert.isNull(packMapping(tensors, { zDim: 2, wDim: 2, classes: 0 }));
              return tf.square(x);
            })(tf.scalar(1));
          });
        });
      });

      it('leaves no tensor behind', async () => {
        const runtime = await acquire();
        const example = CASES[2] as Case;
        await compare(runtime, example);
        const before = runtime.memory();
        await compare(runtime, example);
        assert.deepEqual(runtime.memory(), before);
      });
    },
    ['wasm', 'webgpu'],
  );
});
