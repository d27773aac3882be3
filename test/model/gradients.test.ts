import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import type { BackendName } from '../../src/runtime/backend.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureCases, loadFixtureFile, type FixtureNetwork } from '../support/fixture-weights.ts';
import { fixtureArray, fixtureClasses, fixtureTensor, fixtureTensors, maxDifference, maxMagnitude } from '../support/tensor-fixture.ts';

const NETWORKS = ['stylegan2-tiny', 'stylegan2-tiny-classes'] as const;

async function loadPair(name: FixtureNetwork) {
  const [generator, discriminator, cases] = await Promise.all([
    loadFixtureFile(name),
    loadFixtureFile(name, 'discriminator'),
    loadFixtureCases(name),
  ]);
  return {
    cases,
    generatorWeights: generator.tensors,
    discriminatorWeights: discriminator.tensors,
    generator: createGeneratorNetwork(generator.info.architecture),
    discriminator: createDiscriminatorNetwork(discriminator.info.architecture),
  };
}

/** mean softplus(−logit), the generator's loss. */
function softplusLoss(logits: tf.Tensor): tf.Scalar {
  return tf.mean(tf.softplus(tf.neg(logits)));
}

/** Gradients and value of a loss of the named parameters; the result is owned by the caller. */
function gradientsOf(
  loss: (parameters: Map<string, tf.Tensor>) => tf.Scalar,
  parameters: ReadonlyMap<string, tf.Tensor>,
  names: readonly string[],
) {
  const withGradient = tf.valueAndGrads((...moved: tf.Tensor[]) =>
    loss(new Map([...parameters, ...names.map((name, index) => [name, moved[index] as tf.Tensor] as const)])),
  );
  return withGradient(names.map((name) => parameters.get(name) as tf.Tensor));
}

async function assertGradient(actual: tf.Tensor, expected: Float32Array, name: string): Promise<void> {
  const difference = maxDifference(await actual.data(), expected);
  assert.isAtMost(difference, 1e-3 * maxMagnitude(expected), name);
}

function declareFirstOrder(backend: BackendName, acquire: () => Promise<Runtime>): void {
  // WebGPU in software compiles for each network; the one with classes has all that the other has.
  for (const name of backend === 'webgpu' ? NETWORKS.slice(1) : NETWORKS) {
    it(`has the reference's gradient by the picture (${name})`, async () => {
      const pair = await loadPair(name);
      const runtime = await acquire();
      await loadGradients(runtime);
      const gradient = runtime.run(() =>
        tf.tidy(() => {
          const prepared = pair.discriminator.prepare(fixtureTensors(pair.discriminatorWeights));
          const classes = fixtureClasses(pair.cases);
          const loss = (images: tf.Tensor): tf.Tensor =>
            softplusLoss(pair.discriminator.discriminate(prepared, images as tf.Tensor4D, classes));
          return tf.grad(loss)(fixtureTensor(pair.cases, 'discriminator.input'));
        }),
      );
      await assertGradient(gradient, fixtureArray(pair.cases, 'discriminator.loss_gradient').values, 'images');
      gradient.dispose();
    });

    it(`has the reference's gradient by every parameter of the generator (${name})`, async () => {
      const pair = await loadPair(name);
      const { generator, discriminator, cases } = pair;
      const runtime = await acquire();
      await loadGradients(runtime);
      const prefix = 'generator.loss_gradient.';
      const names = [...cases.keys()].filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
      assert.includeMembers([...generator.parameterNames], names);
      const { value, grads } = runtime.run(() =>
        tf.tidy(() => {
          const judge = discriminator.prepare(fixtureTensors(pair.discriminatorWeights));
          const classes = fixtureClasses(cases);
          const z = fixtureTensor<tf.Tensor2D>(cases, 'z');
          return gradientsOf(
            (parameters) => {
              const prepared = generator.prepare(parameters);
              const ws = generator.toWs(prepared, generator.map(prepared, z, classes), 1, null);
              return softplusLoss(discriminator.discriminate(judge, generator.synthesize(prepared, ws, { mode: 'none' }), classes));
            },
            fixtureTensors(pair.generatorWeights),
            names,
          );
        }),
      );
      assert.isBelow(maxDifference(await value.data(), fixtureArray(cases, 'generator.loss').values), 1e-3);
      for (const [index, key] of names.entries()) {
        await assertGradient(grads[index] as tf.Tensor, fixtureArray(cases, prefix + key).values, key);
      }
      tf.dispose([value, ...grads]);
    });
  }
}

describe('model/gradients', () => {
  eachBackend(declareFirstOrder);
});
