import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { disposeAdam, initAdam, updateAdam, type AdamSettings } from '../../src/training/adam.ts';
import { eachBackend } from '../support/backends.ts';
import { maxDifference } from '../support/tensor-fixture.ts';

const LENGTH = 37;
const STEPS = 12;

/** Straight from the paper's algorithm, in double precision. */
function adamRef(start: Float32Array, gradients: readonly Float32Array[], { learningRate, beta1, beta2, epsilon }: AdamSettings): number[] {
  const parameters = Array.from(start);
  const mean = parameters.map(() => 0);
  const square = parameters.map(() => 0);
  gradients.forEach((gradient, step) => {
    gradient.forEach((g, i) => {
      mean[i] = beta1 * (mean[i] ?? 0) + (1 - beta1) * g;
      square[i] = beta2 * (square[i] ?? 0) + (1 - beta2) * g * g;
      const corrected = (mean[i] ?? 0) / (1 - beta1 ** (step + 1));
      const root = Math.sqrt((square[i] ?? 0) / (1 - beta2 ** (step + 1)));
      parameters[i] = (parameters[i] ?? 0) - (learningRate * corrected) / (root + epsilon);
    });
  });
  return parameters;
}

describe('training/adam', () => {
  eachBackend((_, acquire) => {
    for (const beta1 of [0, 0.9]) {
      it(`follows the paper's algorithm with beta1 = ${beta1} and leaks nothing`, async () => {
        const runtime = await acquire();
        const draw = createNormalStream('adam', 'test');
        const settings = { learningRate: 0.01, beta1, beta2: 0.99, epsilon: 1e-8 };
        const start = draw(LENGTH);
        const gradients = Array.from({ length: STEPS }, (__, step) => draw(LENGTH).map((value) => value * 10 ** ((step % 5) - 3)));
        const before = runtime.memory().tensors;
        let { state, parameters } = runtime.run(() => ({ state: initAdam(LENGTH), parameters: tf.tensor1d(start) }));
        for (const gradient of gradients) {
          const next = runtime.run(() => {
            const slope = tf.tensor1d(gradient);
            const updated = updateAdam(state, parameters, slope, settings);
            slope.dispose();
            return updated;
          });
          runtime.run(() => {
            disposeAdam(state);
            parameters.dispose();
          });
          ({ state, parameters } = next);
        }
        assert.equal(state.step, STEPS);
        assert.isBelow(maxDifference(await parameters.data(), adamRef(start, gradients, settings)), 1e-5);
        runtime.run(() => {
          disposeAdam(state);
          parameters.dispose();
        });
        assert.equal(runtime.memory().tensors, before);
      });
    }
  });
});
