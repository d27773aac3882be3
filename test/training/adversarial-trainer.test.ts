import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import {
  AdversarialTrainer,
  disposeAdversarialSnapshot,
  type AdversarialFigures,
  type AdversarialSettings,
} from '../../src/training/adversarial-trainer.ts';
import { chooseDiscriminatorParameters, chooseGeneratorParameters } from '../../src/training/moving-parts.ts';
import type { StyleGan2Architecture } from '../../src/weights/architecture.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { eachBackend } from '../support/backends.ts';
import { maxDifference } from '../support/tensor-fixture.ts';

const ARCHITECTURE: StyleGan2Architecture = {
  ...{ kind: 'stylegan2', resolution: 8, z_dim: 4, w_dim: 4, mapping_layers: 2, channel_base: 64, channel_max: 8 },
  classes: 0,
  conv_clamp: null,
};
const ADAM = { learningRate: 0.01, beta1: 0, beta2: 0.99, epsilon: 1e-8 };
const SETTINGS: AdversarialSettings = {
  loss: 'non-saturating',
  generatorAdam: ADAM,
  discriminatorAdam: ADAM,
  limit: { kind: 'clip', norm: 10 },
  r1Gamma: 0.1,
  r1Every: 4,
  augmentation: { target: 0.6, images: 1000, most: 0.5 },
  averageImages: 40,
};
const BATCH = 4;

function drawTensors(role: 'generator' | 'discriminator'): Map<string, tf.Tensor> {
  const draw = createNormalStream(role, 'test');
  return new Map(
    [...tensorShapes(ARCHITECTURE, role)].map(([name, shape]) => {
      const values = draw(tf.util.sizeFromShape([...shape]));
      const fixed = name.endsWith('affine.bias')
        ? 1
        : name.endsWith('bias') || name.endsWith('noise_strength') || name.endsWith('w_avg')
          ? 0
          : null;
      return [name, tf.tensor(fixed === null ? values : values.fill(fixed), [...shape])];
    }),
  );
}

interface Session {
  readonly trainer: AdversarialTrainer;
  step(): Promise<AdversarialFigures>;
  close(): void;
}

/** A trainer on pictures that are blue above and red below. */
function open(runtime: Runtime): Session {
  const [generatorTensors, discriminatorTensors] = runtime.run(() => [drawTensors('generator'), drawTensors('discriminator')] as const);
  const [generator, discriminator] = [createGeneratorNetwork(ARCHITECTURE), createDiscriminatorNetwork(ARCHITECTURE)];
  let state = 0;
  const trainer = runtime.run(
    () =>
      new AdversarialTrainer(
        {
          ...{ generator, discriminator, generatorTensors, discriminatorTensors },
          movingInGenerator: chooseGeneratorParameters(generator.parameterNames, 'all', ARCHITECTURE),
          movingInDiscriminator: chooseDiscriminatorParameters(discriminator.parameterNames, 0, ARCHITECTURE),
          uniform: (count) => Float32Array.from({ length: count }, () => (state = (state + 0.6180339887) % 1)),
        },
        SETTINGS,
        { share: 0.2, overfitting: 0 },
      ),
  );
  const latents = createNormalStream('z', 'test');
  const picture = Array.from({ length: 64 }, (_, i) => (i < 32 ? [-0.8, -0.8, 0.8] : [0.8, -0.8, -0.8])).flat();
  return {
    trainer,
    step: async () => {
      const real = runtime.run(() => tf.tensor4d(Array.from({ length: BATCH }, () => picture).flat(), [BATCH, 8, 8, 3]));
      const z = runtime.run(() => tf.tensor2d(latents(BATCH * 4), [BATCH, 4]));
      const figures = await runtime.run(() => trainer.step({ real, z, oneHot: null, noise: { mode: 'none' } }));
      tf.dispose([real, z]);
      return figures;
    },
    close: () => {
      runtime.run(() => {
        trainer.dispose();
        tf.dispose([...generatorTensors.values(), ...discriminatorTensors.values()]);
      });
    },
  };
}

/** Mean red below minus red above, of what the averaged generator draws. */
async function drawnContrast(runtime: Runtime, trainer: AdversarialTrainer): Promise<number> {
  const images = runtime.run(() =>
    tf.tidy(() => {
      const network = createGeneratorNetwork(ARCHITECTURE);
      const prepared = network.prepare(trainer.averagedTensors().tensors);
      const w = network.map(prepared, tf.tensor2d(createNormalStream('look', 'test')(16 * 4), [16, 4]), null);
      return network.synthesize(prepared, network.toWs(prepared, w, 1, null), { mode: 'none' });
    }),
  );
  const values = await images.data();
  images.dispose();
  let contrast = 0;
  for (let i = 0; i < values.length; i += 3) contrast += ((values[i] ?? NaN) * (Math.floor(i / 3 / 32) % 2 ? 1 : -1)) / (values.length / 6);
  return contrast;
}

describe('training/adversarial-trainer', function () {
  this.timeout(120_000);

  eachBackend((name, acquire) => {
    const steps = name === 'wasm' ? 120 : 5;

    it(`moves what the generator draws towards the pictures${steps > 5 ? '' : ', a little'}, and leaks nothing`, async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const before = runtime.memory().tensors;
      const session = open(runtime);
      assert.isBelow(await drawnContrast(runtime, session.trainer), 0);
      const first = await session.step();
      assert.isNotNull(first.gradientPenalty);
      const during = runtime.memory().tensors;
      for (let step = 1; step < steps; step++) {
        const figures = await session.step();
        assert.isTrue([figures.generatorLoss, figures.discriminatorLoss, figures.gradientPenalty ?? NaN].every(Number.isFinite));
      }
      assert.equal(runtime.memory().tensors, during);
      const contrast = await drawnContrast(runtime, session.trainer);
      if (steps > 5) assert.isAbove(contrast, 0.8);
      else assert.isTrue(Number.isFinite(contrast));
      session.close();
      assert.equal(runtime.memory().tensors, before);
    });

    it('does the same again from a snapshot, and from the start', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const vectors = [];
      for (let run = 0; run < 2; run++) {
        const session = open(runtime);
        for (let step = 0; step < 3; step++) await session.step();
        const snapshot = runtime.run(() => session.trainer.snapshot());
        const kept = Array.from(await snapshot.generator.vector.data());
        await session.step();
        runtime.run(() => session.trainer.restore(snapshot));
        const restored = runtime.run(() => session.trainer.snapshot());
        assert.deepEqual(Array.from(await restored.generator.vector.data()), kept);
        assert.equal(session.trainer.steps, 3);
        vectors.push(kept);
        runtime.run(() => {
          disposeAdversarialSnapshot(snapshot);
          disposeAdversarialSnapshot(restored);
        });
        session.close();
      }
      assert.equal(maxDifference(vectors[0] ?? [], vectors[1] ?? []), 0);
    });
  });

  it('chooses what moves: never the mapping network', () => {
    const { parameterNames } = createGeneratorNetwork(ARCHITECTURE);
    const styles = chooseGeneratorParameters(parameterNames, 'styles', ARCHITECTURE);
    const late = chooseGeneratorParameters(parameterNames, 'late-layers', ARCHITECTURE);
    const all = chooseGeneratorParameters(parameterNames, 'all', ARCHITECTURE);
    assert.include(styles, 'synthesis.b4.conv1.affine.weight');
    assert.notInclude(styles, 'synthesis.b4.conv1.weight');
    assert.include(late, 'synthesis.b8.conv0.weight');
    assert.isTrue(late.every((name) => name.startsWith('synthesis.b8.')));
    assert.isTrue([...styles, ...late].every((name) => all.includes(name)));
    assert.isFalse(all.some((name) => name.startsWith('mapping.')));
  });

  it('freezes the discriminator from the picture on', () => {
    const { parameterNames } = createDiscriminatorNetwork(ARCHITECTURE);
    const moving = chooseDiscriminatorParameters(parameterNames, 1, ARCHITECTURE);
    assert.isTrue(parameterNames.some((name) => name.startsWith('b8.')));
    assert.isFalse(moving.some((name) => name.startsWith('b8.')));
    assert.include(moving, 'b4.conv.weight');
    assert.deepEqual(chooseDiscriminatorParameters(parameterNames, 0, ARCHITECTURE), [...parameterNames]);
  });
});
