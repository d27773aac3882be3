import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { joinImages, loadNetwork } from '../../../src/model/loaded-network.ts';
import { packKernel, synthesisLayer } from '../../../src/model/ops/synthesis-layer.ts';
import { toRgb } from '../../../src/model/ops/to-rgb.ts';
import { arrangeGrid } from '../../../src/model/picture-grid.ts';
import { FUSED_KERNELS } from '../../../src/runtime/kernels/fused-kernels.ts';
import { registerFusedWebGpuKernels } from '../../../src/runtime/kernels/register-fused.webgpu.ts';
import type { Runtime } from '../../../src/runtime/runtime.ts';
import { parseArchitecture } from '../../../src/weights/parse-architecture.ts';
import { tensorShapes } from '../../../src/weights/tensor-shapes.ts';
import { eachBackend } from '../../support/backends.ts';
import { countDispatches } from '../../support/count-dispatches.ts';

/** Of our dispatches for a picture, how many TF.js's own operations take. */
const MAX_SHARE = 0.35;

/** The architecture of pomona but for the widths, on which the number of dispatches does not depend. */
const NARROW = {
  kind: 'stylegan2',
  resolution: 64,
  z_dim: 16,
  w_dim: 16,
  mapping_layers: 2,
  channel_base: 512,
  channel_max: 8,
  classes: 13,
  conv_clamp: null,
} as const;

/** Dispatches for a picture, from z to the grid. */
function countForPicture(runtime: Runtime): number {
  const architecture = parseArchitecture(NARROW);
  const tensors = new Map(
    [...tensorShapes(architecture, 'generator')].map(([name, shape]) => [
      name,
      { dtype: 'F32' as const, shape, values: new Float32Array(tf.util.sizeFromShape([...shape])).fill(0.1) },
    ]),
  );
  return runtime.run(() => {
    const network = loadNetwork(architecture, tensors);
    const { dispatches, result } = countDispatches(() => {
      const rows = [{ z: new Float32Array(16).fill(1), classIndex: 2, picture: 0, share: 1 }];
      const images = network.draw({ pictures: 1, rows, truncation: 0.8, offsets: null, mixed: null, noise: 'const', noiseStreams: [] });
      return [images, joinImages([images], 1)];
    });
    tf.dispose(result);
    network.dispose();
    return dispatches;
  });
}

function countForLayer(runtime: Runtime, up: boolean): number {
  const size = 8;
  const side = up ? size / 2 : size;
  return runtime.run(() =>
    tf.tidy(() => {
      const kernel = packKernel(tf.ones([3, 3, 8, 8]), { size, up });
      const tensors = {
        x: tf.ones<tf.Rank.R4>([2, side, side, 8]),
        ws: tf.ones<tf.Rank.R3>([2, 3, 4]),
        affineWeight: tf.ones<tf.Rank.R2>([4, 8]),
        affineBias: tf.ones<tf.Rank.R1>([8]),
        power: tf.ones<tf.Rank.R2>([8, 8]),
        bias: tf.ones<tf.Rank.R1>([8]),
        noise: tf.ones<tf.Rank.R4>([2, size, size, 1]),
      };
      const attributes = { row: 1, size, up, outputs: 8, epsilon: 1e-8, slope: 0.2, limit: 256 };
      return countDispatches(() => synthesisLayer({ ...tensors, kernel }, attributes)).dispatches;
    }),
  );
}

describe('runtime/kernels: dispatches', () => {
  eachBackend(
    (_, acquire) => {
      it('takes two for a synthesis layer, three when upsampling', async () => {
        const runtime = await acquire();
        assert.equal(countForLayer(runtime, false), 2);
        assert.equal(countForLayer(runtime, true), 3);
      });

      it('takes one for colours with the picture so far, and one for a grid', async () => {
        const runtime = await acquire();
        const [colours, grid] = runtime.run(() => {
          const tensors = {
            x: tf.ones<tf.Rank.R4>([2, 8, 8, 8]),
            ws: tf.ones<tf.Rank.R3>([2, 3, 4]),
            affineWeight: tf.ones<tf.Rank.R2>([4, 8]),
            affineBias: tf.ones<tf.Rank.R1>([8]),
            kernel: tf.ones<tf.Rank.R4>([1, 1, 8, 3]),
            bias: tf.ones<tf.Rank.R1>([3]),
            image: tf.ones<tf.Rank.R4>([2, 4, 4, 3]),
          };
          const counted = tf.tidy(() => {
            const images = countDispatches(() => toRgb(tensors, { row: 1, limit: 256 }));
            return [images.dispatches, countDispatches(() => arrangeGrid(images.result, 2)).dispatches];
          });
          tf.dispose(tensors);
          return counted;
        }) as [number, number];
        assert.deepEqual([colours, grid], [1, 1]);
      });

      it(`takes at most ${MAX_SHARE} of what TF.js's own operations take for a picture`, async () => {
        const runtime = await acquire();
        const ours = countForPicture(runtime);
        for (const name of Object.values(FUSED_KERNELS)) tf.unregisterKernel(name, 'webgpu');
        const composed = countForPicture(runtime);
        registerFusedWebGpuKernels();
        assert.equal(countForPicture(runtime), ours);
        console.log(`Dispatches for a picture: ${ours} of ours, ${composed} composed.`);
        assert.isAtMost(ours / composed, MAX_SHARE);
      });
    },
    ['webgpu'],
  );
});
