import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import { measureMeanLatent } from '../../src/model/mean-latent.ts';
import { acquireRuntime } from '../../src/runtime/runtime.ts';
import { loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureTensors, maxDifference, maxMagnitude } from '../support/tensor-fixture.ts';

describe('model/mean-latent', () => {
  it('is the mean over z and classes that the mapping network gives', async () => {
    const { tensors, info } = await loadFixtureFile('stylegan2-tiny-classes');
    if (info.architecture.kind !== 'stylegan2') throw new Error(info.architecture.kind);
    const steps = measureMeanLatent(info.architecture, tensors);
    let step = steps.next();
    while (!step.done) step = steps.next();
    const measured = step.value;
    const runtime = await acquireRuntime('wasm');
    const network = createGeneratorNetwork(info.architecture);
    const expected = runtime.run(() =>
      tf.tidy(() => {
        const prepared = network.prepare(fixtureTensors(tensors));
        const classes = tf.tensor2d(
          Float32Array.from({ length: 3 * 6000 }, (_, index) => Number(index % 3 === Math.floor(index / 3) % 3)),
          [6000, 3],
        );
        return tf.mean(network.map(prepared, tf.randomNormal([6000, info.zDim], 0, 1, 'float32', 1), classes), 0);
      }),
    );
    const values = await expected.data();
    expected.dispose();
    runtime.dispose();
    assert.isAbove(maxMagnitude(values), 0.3);
    assert.isBelow(maxDifference(measured, values), 0.06);
  });
});
