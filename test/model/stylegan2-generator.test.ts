import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureCases, loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureArray, fixtureClasses, fixtureTensor, fixtureTensors, maxDifference } from '../support/tensor-fixture.ts';

describe('model/stylegan2-generator', () => {
  eachBackend((_, acquire) => {
    for (const name of ['stylegan2-tiny', 'stylegan2-tiny-classes'] as const) {
      it(`draws the reference's pictures (${name})`, async () => {
        const [weights, cases] = await Promise.all([loadFixtureFile(name), loadFixtureCases(name)]);
        const runtime = await acquire();
        const network = createGeneratorNetwork(weights.info.architecture);
        const drawn = runtime.run(() =>
          tf.tidy(() => {
            const prepared = network.prepare(fixtureTensors(weights.tensors));
            const w = network.map(prepared, fixtureTensor<tf.Tensor2D>(cases, 'z'), fixtureClasses(cases));
            const pictures: Record<string, tf.Tensor> = {};
            for (const psi of [1, 0.7]) {
              const ws = network.toWs(prepared, w, psi, null);
              pictures[`w.psi${psi}`] = tf.squeeze(tf.slice(ws, [0, network.numWs - 1], [-1, 1]), [1]);
              pictures[`image.psi${psi}.noise_none`] = network.synthesize(prepared, ws, { mode: 'none' });
              pictures[`image.psi${psi}.noise_const`] = network.synthesize(prepared, ws, { mode: 'const' });
            }
            return pictures;
          }),
        );
        for (const [key, tensor] of Object.entries(drawn)) {
          const expected = fixtureArray(cases, key);
          assert.deepEqual(tensor.shape, expected.shape, key);
          assert.isBelow(maxDifference(await tensor.data(), expected.values), 1e-3, key);
        }
        tf.dispose(drawn);
      });
    }
  });
});
