import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureCases, loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureArray, fixtureClasses, fixtureTensor, fixtureTensors, maxDifference } from '../support/tensor-fixture.ts';

describe('model/stylegan2-discriminator', () => {
  eachBackend((_, acquire) => {
    for (const name of ['stylegan2-tiny', 'stylegan2-tiny-classes'] as const) {
      it(`gives the reference's logits (${name})`, async () => {
        const [weights, cases] = await Promise.all([loadFixtureFile(name, 'discriminator'), loadFixtureCases(name)]);
        const network = createDiscriminatorNetwork(weights.info.architecture);
        const runtime = await acquire();
        const logits = runtime.run(() =>
          tf.tidy(() => {
            const prepared = network.prepare(fixtureTensors(weights.tensors));
            return network.discriminate(prepared, fixtureTensor<tf.Tensor4D>(cases, 'discriminator.input'), fixtureClasses(cases));
          }),
        );
        assert.isBelow(maxDifference(await logits.data(), fixtureArray(cases, 'discriminator.logit').values), 1e-3);
        logits.dispose();
      });
    }
  });
});
