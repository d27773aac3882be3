import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureCases, loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureArray, fixtureTensor, fixtureTensors, maxDifference } from '../support/tensor-fixture.ts';

describe('model/dcgan-networks', () => {
  eachBackend((_, acquire) => {
    it("draws the reference's pictures", async () => {
      const [weights, cases, runtime] = await Promise.all([loadFixtureFile('tiny-dcgan'), loadFixtureCases('tiny-dcgan'), acquire()]);
      const network = createGeneratorNetwork(weights.info.architecture);
      const images = runtime.run(() =>
        tf.tidy(() => {
          const prepared = network.prepare(fixtureTensors(weights.tensors));
          const w = network.map(prepared, fixtureTensor<tf.Tensor2D>(cases, 'z'), null);
          return network.synthesize(prepared, network.toWs(prepared, w, 1, null), { mode: 'const' });
        }),
      );
      assert.isBelow(maxDifference(await images.data(), fixtureArray(cases, 'image').values), 1e-3);
      images.dispose();
    });

    it("judges pictures with the reference's probabilities", async () => {
      const [weights, cases] = await Promise.all([loadFixtureFile('tiny-dcgan', 'discriminator'), loadFixtureCases('tiny-dcgan')]);
      const network = createDiscriminatorNetwork(weights.info.architecture);
      const runtime = await acquire();
      const probability = runtime.run(() =>
        tf.tidy(() => {
          const prepared = network.prepare(fixtureTensors(weights.tensors));
          return tf.sigmoid(network.discriminate(prepared, fixtureTensor<tf.Tensor4D>(cases, 'discriminator.input'), null));
        }),
      );
      assert.isBelow(maxDifference(await probability.data(), fixtureArray(cases, 'discriminator.probability').values), 1e-3);
      probability.dispose();
    });
  });
});
