import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import type { StyleGan2Architecture } from '../../src/weights/architecture.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureCases, loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureArray, fixtureClasses, fixtureTensor, fixtureTensors, maxDifference, maxMagnitude } from '../support/tensor-fixture.ts';

describe('model/stylegan2-generator', () => {
  eachBackend((_, acquire) => {
    for (const name of ['stylegan2-tiny', 'stylegan2-tiny-classes', 'tiny-stylegan2-ada'] as const) {
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
        const checked = Object.entries(drawn).filter(([key]) => cases.has(key));
        assert.isAtLeast(checked.length, 2);
        for (const [key, tensor] of checked) {
          const expected = fixtureArray(cases, key);
          assert.deepEqual(tensor.shape, expected.shape, key);
          assert.isBelow(maxDifference(await tensor.data(), expected.values), 1e-3, key);
        }
        tf.dispose(drawn);
      });
    }

    it('scales given fields by the noise strength, so that the constant noise given as fields draws the same', async () => {
      const weights = await loadFixtureFile('stylegan2-tiny');
      const runtime = await acquire();
      const network = createGeneratorNetwork(weights.info.architecture);
      const buffers = network.bufferNames.filter((key) => key.endsWith('.noise_const'));
      assert.equal(buffers.length, network.noiseSizes.length);
      const [given, own] = runtime.run(() =>
        tf.tidy(() => {
          const parameters = fixtureTensors(weights.tensors);
          const prepared = network.prepare(parameters);
          const ws = network.toWs(prepared, network.map(prepared, tf.ones([2, 16]), null), 0.5, null);
          const fields = (layer: number): tf.Tensor4D => {
            const size = network.noiseSizes[layer] ?? 0;
            return tf.reshape(parameters.get(buffers[layer] ?? '') as tf.Tensor, [1, size, size, 1]);
          };
          return [network.synthesize(prepared, ws, { mode: 'random', fields }), network.synthesize(prepared, ws, { mode: 'const' })];
        }),
      ) as [tf.Tensor, tf.Tensor];
      assert.isBelow(maxDifference(await given.data(), await own.data()), 1e-5);
      tf.dispose([given, own]);
    });

    it('adds directions after truncation, row by row', async () => {
      const weights = await loadFixtureFile('stylegan2-tiny');
      const runtime = await acquire();
      const network = createGeneratorNetwork(weights.info.architecture);
      const offsets = Float32Array.from({ length: network.numWs * network.wDim }, (_value, index) => index);
      const [moved, plain] = runtime.run(() =>
        tf.tidy(() => {
          const prepared = network.prepare(fixtureTensors(weights.tensors));
          const w = network.map(prepared, tf.ones([2, 16]), null);
          const added = tf.tensor2d(offsets, [network.numWs, network.wDim]);
          return [network.toWs(prepared, w, 0.5, added), network.toWs(prepared, w, 0.5, null)];
        }),
      ) as [tf.Tensor, tf.Tensor];
      const expected = (await plain.data()).map((value, index) => value + (offsets[index % offsets.length] ?? NaN));
      assert.isBelow(maxDifference(await moved.data(), expected), 1e-4);
      tf.dispose([moved, plain]);
    });

    it('clamps every activation at conv_clamp', async () => {
      const weights = await loadFixtureFile('stylegan2-tiny');
      const runtime = await acquire();
      const limit = 1e-3;
      const network = createGeneratorNetwork({
        ...weights.info.architecture,
        kind: 'stylegan2',
        conv_clamp: limit,
      } as StyleGan2Architecture);
      const image = runtime.run(() =>
        tf.tidy(() => {
          const prepared = network.prepare(fixtureTensors(weights.tensors));
          const ws = network.toWs(prepared, network.map(prepared, tf.ones([1, 16]), null), 1, null);
          return network.synthesize(prepared, ws, { mode: 'none' });
        }),
      );
      // Four blocks add colours of at most the limit each; upsampling makes nothing larger.
      assert.isAtMost(maxMagnitude(await image.data()), 4 * limit * 1.0001);
      image.dispose();
    });

    it('keeps memory flat over repeated drawing', async () => {
      const weights = await loadFixtureFile('stylegan2-tiny');
      const runtime = await acquire();
      const network = createGeneratorNetwork(weights.info.architecture);
      const parameters = runtime.run(() => fixtureTensors(weights.tensors));
      const prepared = runtime.run(() => network.prepare(parameters));
      tf.dispose([...parameters.values()]);
      const draw = async (): Promise<void> => {
        const image = runtime.run(() =>
          tf.tidy(() => {
            const ws = network.toWs(prepared, network.map(prepared, tf.ones([1, 16]), null), 0.7, null);
            return network.synthesize(prepared, ws, { mode: 'const' });
          }),
        );
        await image.data();
        image.dispose();
      };
      await draw();
      await draw();
      const before = runtime.memory();
      for (let i = 0; i < 20; i++) await draw();
      assert.deepEqual(runtime.memory(), before);
      tf.dispose(prepared);
    });
  });
});
