import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureCases, loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureArray, fixtureTensor, fixtureTensors, maxDifference, maxMagnitude } from '../support/tensor-fixture.ts';

describe("model: a discriminator's features", () => {
  eachBackend((_, acquire) => {
    for (const [name, sides] of [
      ['stylegan2-tiny', [16, 8, 4]],
      ['tiny-dcgan', null],
    ] as const) {
      it(`are each picture's own, and smaller from layer to layer (${name})`, async () => {
        const [weights, cases] = await Promise.all([loadFixtureFile(name, 'discriminator'), loadFixtureCases(name)]);
        const network = createDiscriminatorNetwork(weights.info.architecture);
        const runtime = await acquire();
        const { values, shape } = fixtureArray(cases, 'discriminator.input');
        const [together, alone] = runtime.run(() =>
          tf.tidy(() => {
            const prepared = network.prepare(fixtureTensors(weights.tensors));
            const images = fixtureTensor<tf.Tensor4D>(cases, 'discriminator.input');
            return [network.extractFeatures(prepared, images), network.extractFeatures(prepared, tf.slice(images, 0, 1))];
          }),
        ) as [tf.Tensor4D[], tf.Tensor4D[]];
        assert.isAbove(values.length, 0);
        const found = together.map((features) => features.shape[1]);
        assert.deepEqual(
          found,
          found.toSorted((a, b) => b - a),
        );
        if (sides) assert.deepEqual(found, [...sides]);
        for (const [layer, features] of together.entries()) {
          assert.equal(features.shape[0], shape[0]);
          const [all, first] = [await features.data(), (await alone[layer]?.data()) ?? []];
          assert.isAtMost(maxDifference(all.slice(0, first.length), first), 1e-4 * maxMagnitude(first));
          assert.isAbove(maxDifference(all.slice(0, first.length), all.slice(first.length, 2 * first.length)), 0);
        }
        tf.dispose([together, alone]);
      });
    }
  });
});
