import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { DcganGenerator } from '../../src/model/dcgan-networks.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { createDcganArchitecture, type DcganDesign } from '../../src/training/create-dcgan-architecture.ts';
import { chooseDcganParameters } from '../../src/training/dcgan-training.ts';
import { drawInitialWeights } from '../../src/training/initial-dcgan-weights.ts';
import { TEXTBOOK_ADAM, TextbookGanTrainer, type TextbookGanOptions } from '../../src/training/textbook-gan-trainer.ts';
import type { StepFigures, Trainer } from '../../src/training/trainer.ts';
import { createEncoderArchitecture, VaeTrainer, type VaeOptions } from '../../src/training/vae-trainer.ts';
import type { DcganArchitecture } from '../../src/weights/architecture.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { eachBackend } from '../support/backends.ts';
import { fixtureTensors, maxDifference } from '../support/tensor-fixture.ts';

const SIDE = 8;
const DESIGN: DcganDesign = { resolution: SIDE, zDim: 4, filterSize: 4, width: 8, activation: 'leaky_relu', normalization: 'batch' };
const COLOURS = [
  [200, 60, 60],
  [40, 90, 220],
] as const;
/** Pictures of one flat colour each. */
const PICTURES = COLOURS.map((colour) => Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => colour[i % 3] ?? 0));
const ADAM = { ...TEXTBOOK_ADAM, learningRate: 5e-3 };
const SHARED = { pictures: PICTURES, batch: 8, seed: 'test', mirror: true };

interface Session<T extends Trainer<unknown>> {
  readonly trainer: T;
  step(times?: number): Promise<StepFigures>;
  close(): void;
}

function openSession<T extends Trainer<unknown>>(
  runtime: Runtime,
  create: (own: (architecture: DcganArchitecture, role: 'generator' | 'discriminator') => Map<string, tf.Tensor>) => T,
): Session<T> {
  const owned: tf.Tensor[] = [];
  const trainer = runtime.run(() =>
    create((architecture, role) => {
      const tensors = fixtureTensors(drawInitialWeights(architecture, role, 'test'));
      owned.push(...tensors.values());
      return tensors;
    }),
  );
  return {
    trainer,
    step: async (times = 1) => {
      let figures: StepFigures = {};
      for (let step = 0; step < times; step++) figures = await runtime.run(() => trainer.step());
      return figures;
    },
    close: () => {
      runtime.run(() => trainer.dispose());
      tf.dispose(owned);
    },
  };
}

function openGan(
  runtime: Runtime,
  options: Partial<TextbookGanOptions> = {},
  design: Partial<DcganDesign> = {},
): Session<TextbookGanTrainer> {
  const architecture = createDcganArchitecture({ ...DESIGN, ...design });
  return openSession(runtime, (own) => {
    const networks = {
      architecture,
      generatorTensors: own(architecture, 'generator'),
      discriminatorTensors: own(architecture, 'discriminator'),
    };
    return new TextbookGanTrainer(networks, {
      ...SHARED,
      loss: 'non-saturating',
      generatorAdam: ADAM,
      discriminatorAdam: ADAM,
      ...options,
    });
  });
}

function openVae(runtime: Runtime, options: Partial<VaeOptions> = {}): Session<VaeTrainer> {
  const architecture = createDcganArchitecture(DESIGN);
  return openSession(runtime, (own) => {
    const encoderTensors = own(createEncoderArchitecture(architecture), 'discriminator');
    const networks = { architecture, generatorTensors: own(architecture, 'generator'), encoderTensors };
    return new VaeTrainer(networks, { ...SHARED, adam: ADAM, beta: 1, ...options });
  });
}

/** What is shown of the trainer draws of some z's, by the running statistics. */
async function drawShown(runtime: Runtime, trainer: Trainer<unknown>): Promise<Float32Array> {
  const images = runtime.run(() => {
    const { tensors, moved } = trainer.shownTensors();
    const drawn = tf.tidy(() => {
      const network = new DcganGenerator(createDcganArchitecture(DESIGN));
      const prepared = network.prepare(tensors);
      const z = tf.tensor2d(createNormalStream('look', 'test')(16 * DESIGN.zDim), [16, DESIGN.zDim]);
      return network.synthesize(prepared, network.toWs(prepared, z, 1, null));
    });
    for (const name of moved) tensors.get(name)?.dispose();
    return drawn;
  });
  const values = (await images.data()) as Float32Array;
  images.dispose();
  return values;
}

/** The mean distance of pixels to the nearest of the colours. */
function colourDistance(images: Float32Array, colours: readonly (readonly number[])[] = COLOURS): number {
  let sum = 0;
  for (let i = 0; i < images.length; i += 3) {
    const distances = colours.map((colour) =>
      Math.hypot(...colour.map((part, channel) => part / 127.5 - 1 - (images[i + channel] ?? NaN))),
    );
    sum += Math.min(...distances) / (images.length / 3);
  }
  return sum;
}

/** Everything that a snapshot holds, as numbers. */
async function values(snapshot: object): Promise<number[]> {
  const found: number[] = [];
  for (const part of Object.values(snapshot)) {
    if (part instanceof tf.Tensor) found.push(...(await part.data()));
    else if (typeof part === 'number') found.push(part);
    else found.push(...(await values(part as object)));
  }
  return found;
}

async function assertRepeats(runtime: Runtime, open: () => Session<Trainer<object>>): Promise<void> {
  const start = runtime.memory().tensors;
  const results: number[][] = [];
  for (let run = 0; run < 2; run++) {
    const session = open();
    const { trainer } = session;
    await session.step(2);
    const memory = runtime.memory().tensors;
    const snapshot = runtime.run(() => trainer.snapshot());
    const ends: number[][] = [];
    for (let time = 0; time < 2; time++) {
      await session.step(2);
      assert.equal(trainer.steps, 4);
      const end = runtime.run(() => trainer.snapshot());
      ends.push(await values(end));
      trainer.disposeSnapshot(end);
      runtime.run(() => trainer.restore(snapshot));
    }
    assert.equal(maxDifference(ends[0] ?? [], ends[1] ?? []), 0);
    assert.isAbove(maxDifference(ends[0] ?? [], await values(snapshot)), 0);
    results.push(ends[0] ?? []);
    trainer.disposeSnapshot(snapshot);
    assert.equal(runtime.memory().tensors, memory);
    session.close();
    assert.equal(runtime.memory().tensors, start);
  }
  assert.equal(maxDifference(results[0] ?? [], results[1] ?? []), 0);
}

describe('training: from nothing', function () {
  // WebGPU in software.
  this.timeout(300_000);

  eachBackend((name, acquire) => {
    const isQuick = name !== 'wasm';

    it('a textbook GAN learns two colours', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const adam = { ...ADAM, learningRate: 1e-3 };
      const session = openGan(runtime, { generatorAdam: adam, discriminatorAdam: adam });
      await session.step();
      const before = colourDistance(await drawShown(runtime, session.trainer));
      const figures = await session.step(isQuick ? 40 : 150);
      assert.sameMembers(Object.keys(figures), ['discriminator', 'generator', 'onReal', 'onFake']);
      const images = await drawShown(runtime, session.trainer);
      assert.isBelow(colourDistance(images), before * (isQuick ? 0.9 : 0.6), `from ${before}`);
      // Of the two, which are 1.8 apart, each is drawn by some z.
      const own = Array.from({ length: 16 }, (_, n) => images.slice(n * SIDE * SIDE * 3, (n + 1) * SIDE * SIDE * 3));
      const nearest = COLOURS.map((colour) => Math.min(...own.map((image) => colourDistance(image, [colour]))));
      if (!isQuick) for (const distance of nearest) assert.isBelow(distance, 0.6);
      session.close();
    });

    it('an autoencoder learns to draw pictures again', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const session = openVae(runtime);
      const elbo = ({ reconstruction = NaN, divergence = NaN }: StepFigures): number => reconstruction + divergence;
      const before = elbo(await session.step());
      const after = elbo(await session.step(isQuick ? 12 : 150));
      assert.isBelow(after, before * (isQuick ? 0.8 : 0.3), `from ${before}`);
      const mean = (colour: readonly number[]): number => colour.reduce((sum, part) => sum + part, 0) / colour.length;
      const bytes = Float32Array.from(
        PICTURES.flatMap((picture) => [...picture]),
        (byte) => byte / 127.5 - 1,
      );
      const drawn = runtime.run(() => tf.tidy(() => session.trainer.reconstruct(tf.tensor4d(bytes, [PICTURES.length, SIDE, SIDE, 3]))));
      const again = (await drawn.data()) as Float32Array;
      drawn.dispose();
      const half = bytes.length / 2;
      const distanceTo = (picture: (i: number) => number): number => mean([...bytes].map((byte, i) => (byte - picture(i)) ** 2));
      const toMean = distanceTo((i) => ((bytes[i % half] ?? NaN) + (bytes[(i % half) + half] ?? NaN)) / 2);
      const toDrawn = distanceTo((i) => again[i] ?? NaN);
      if (isQuick) assert.isTrue(Number.isFinite(toDrawn));
      else assert.isBelow(toDrawn, 0.3 * toMean);
      session.close();
    });

    it('both do the same again from the start and from a snapshot, and leak nothing', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      await assertRepeats(runtime, () => openGan(runtime, { loss: 'hinge' }) as Session<Trainer<object>>);
      await assertRepeats(runtime, () => openVae(runtime, { beta: 4 }) as Session<Trainer<object>>);
    });

    it('shows all tensors of a generator, by running statistics that moved', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const names = [...tensorShapes(createDcganArchitecture(DESIGN), 'generator').keys()];
      const sessions = [openGan(runtime, { loss: 'minimax' }), openVae(runtime)];
      for (const session of sessions) {
        await session.step();
        const before = runtime.memory().tensors;
        const { tensors, moved } = runtime.run(() => session.trainer.shownTensors());
        assert.sameMembers([...tensors.keys()], names);
        const mean = (await tensors.get('generator.0.norm.running_mean')?.data()) ?? [];
        assert.isAbove(maxDifference(mean, new Float32Array(mean.length)), 0);
        for (const each of moved) tensors.get(each)?.dispose();
        assert.equal(runtime.memory().tensors, before);
        session.close();
      }
    });

    it('trains without normalisation too', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const session = openGan(runtime, {}, { normalization: 'none', filterSize: 3 });
      const figures = await session.step(2);
      assert.isTrue(Object.values(figures).every(Number.isFinite));
      session.close();
    });
  });

  it('leaves a bias still that normalisation takes away again, but not that of a dense layer', () => {
    const rest = { batch_norm: true, bias: true, activation: 'relu' } as const;
    const last = { type: 'conv', filters: 3, kernel: 3, stride: 1, padding: 1, batch_norm: false, bias: true, activation: 'tanh' } as const;
    const architecture: DcganArchitecture = {
      ...{ kind: 'dcgan', resolution: 4, z_dim: 2, classes: 0, discriminator: [] },
      generator: [
        { type: 'dense', filters: 2, size: 4, ...rest },
        { type: 'conv', filters: 2, kernel: 3, stride: 1, padding: 1, ...rest },
        last,
      ],
    };
    const { parameterNames } = new DcganGenerator(architecture);
    const moving = chooseDcganParameters(parameterNames, architecture, 'generator');
    assert.deepEqual(
      parameterNames.filter((each) => !moving.includes(each)),
      ['generator.1.bias'],
    );
  });
});
