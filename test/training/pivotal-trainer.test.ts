import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import { chooseGeneratorParameters } from '../../src/training/moving-parts.ts';
import { PIVOTAL_SETTINGS, PivotalTrainer, type PivotalSettings } from '../../src/training/pivotal-trainer.ts';
import type { StepFigures } from '../../src/training/trainer.ts';
import type { StyleGan2Architecture } from '../../src/weights/architecture.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { eachBackend } from '../support/backends.ts';
import { maxDifference } from '../support/tensor-fixture.ts';

const ARCHITECTURE: StyleGan2Architecture = {
  ...{ kind: 'stylegan2', resolution: 8, z_dim: 4, w_dim: 4, mapping_layers: 2, channel_base: 64, channel_max: 8 },
  classes: 0,
  conv_clamp: null,
};
const SETTINGS: PivotalSettings = {
  ...PIVOTAL_SETTINGS,
  ...{ batch: 2, candidates: 8, projectionSteps: 100, featureWeight: 0.2, meanWeight: 1e-4 },
  projectionAdam: { ...PIVOTAL_SETTINGS.projectionAdam, learningRate: 0.2 },
  tuningAdam: { ...PIVOTAL_SETTINGS.tuningAdam, learningRate: 5e-3 },
};

interface Session {
  readonly trainer: PivotalTrainer;
  readonly architecture: StyleGan2Architecture;
  step(times?: number): Promise<StepFigures>;
  /** What the tuned generator, or the untouched one, draws of z's of that seed. */
  draw(seed: string, isTuned: boolean): Promise<Float32Array>;
  /** What the untouched generator draws of the pivots. */
  drawPivots(): Promise<Float32Array>;
  close(): void;
}

interface OpenOptions {
  readonly settings?: Partial<PivotalSettings>;
  readonly classes?: number;
  /** Seeds of pictures that the generator itself draws; without, a picture that it does not: half dark, half light. */
  readonly seeds?: readonly string[];
}

function drawTensors(architecture: StyleGan2Architecture, role: 'generator' | 'discriminator'): Map<string, tf.Tensor> {
  const draw = createNormalStream(role, 'test');
  return new Map(
    [...tensorShapes(architecture, role)].map(([name, shape]) => {
      const values = draw(tf.util.sizeFromShape([...shape]));
      if (name.endsWith('affine.bias')) values.fill(1);
      else if (/(bias|noise_strength|w_avg)$/.test(name)) values.fill(0);
      // The mapping's weights are used times 0.01; the pictures are to stay within −1…1.
      const scale = name.startsWith('mapping.fc') ? 100 : name.endsWith('torgb.weight') ? 0.3 : 1;
      return [
        name,
        tf.tensor(
          values.map((value) => value * scale),
          [...shape],
        ),
      ];
    }),
  );
}

function open(runtime: Runtime, options: OpenOptions = {}): Promise<Session> {
  return runtime.run(() => openNow(runtime, options));
}

async function openNow(runtime: Runtime, { settings = {}, classes = 0, seeds }: OpenOptions): Promise<Session> {
  const architecture = { ...ARCHITECTURE, classes };
  const [generator, discriminator] = [createGeneratorNetwork(architecture), createDiscriminatorNetwork(architecture)];
  const generatorTensors = drawTensors(architecture, 'generator');
  const discriminatorTensors = drawTensors(architecture, 'discriminator');
  const { resolution: side, z_dim: zDim } = architecture;
  const drawBy = async (seed: string, tensors: ReadonlyMap<string, tf.Tensor>): Promise<Float32Array> => {
    const images = runtime.run(() =>
      tf.tidy(() => {
        const prepared = generator.prepare(tensors);
        const z = tf.tensor2d(createNormalStream(seed, 'test')(zDim), [1, zDim]);
        const oneHot = classes
          ? tf.tensor2d(
              Float32Array.from({ length: classes }, (_, i) => (i === 1 ? 1 : 0)),
              [1, classes],
            )
          : null;
        return generator.synthesize(prepared, generator.toWs(prepared, generator.map(prepared, z, oneHot), 1, null), { mode: 'none' });
      }),
    );
    const values = (await images.data()) as Float32Array;
    images.dispose();
    return values;
  };
  const split = Uint8Array.from({ length: side * side * 3 }, (_, i) => (i < (side * side * 3) / 2 ? 60 : 190));
  const pictures = seeds
    ? await Promise.all(
        seeds.map(async (seed) =>
          Uint8Array.from(await drawBy(seed, generatorTensors), (x) => Math.min(255, Math.max(0, (x + 1) * 127.5))),
        ),
      )
    : [split];
  const parts = {
    ...{ generator, discriminator, generatorTensors, discriminatorTensors, zDim, classes, pictures, seed: 'test' },
    movingInGenerator: chooseGeneratorParameters(generator.parameterNames, 'all', architecture),
  };
  const trainer = runtime.run(() => new PivotalTrainer(parts, { ...SETTINGS, ...settings }));
  return {
    ...{ trainer, architecture },
    step: async (times = 1) => {
      let figures: StepFigures = {};
      for (let step = 0; step < times; step++) figures = await runtime.run(() => trainer.step());
      return figures;
    },
    draw: async (seed, isTuned) => {
      if (!isTuned) return drawBy(seed, generatorTensors);
      const { tensors, moved } = runtime.run(() => trainer.shownTensors());
      const values = await drawBy(seed, tensors);
      for (const name of moved) tensors.get(name)?.dispose();
      return values;
    },
    drawPivots: async () => {
      const images = runtime.run(() =>
        tf.tidy(() => {
          const ws = tf.tile(trainer.pivots(), [1, generator.numWs, 1]);
          return generator.synthesize(generator.prepare(generatorTensors), ws, { mode: 'none' });
        }),
      );
      const values = (await images.data()) as Float32Array;
      images.dispose();
      return values;
    },
    close: () => {
      runtime.run(() => {
        trainer.dispose();
        tf.dispose([...generatorTensors.values(), ...discriminatorTensors.values()]);
      });
    },
  };
}

/** Everything of a snapshot as numbers; disposes of it. */
async function snapshotValues(runtime: Runtime, trainer: PivotalTrainer): Promise<number[]> {
  const snapshot = runtime.run(() => trainer.snapshot());
  const tensors = [
    ...snapshot.projections.flatMap(({ latents, distances }) => [latents.vector, latents.adam.mean, distances]),
    ...[snapshot.generator.vector, snapshot.generator.adam.square],
  ];
  const values = await Promise.all(tensors.map(async (tensor) => Array.from(await tensor.data())));
  trainer.disposeSnapshot(snapshot);
  return values.flat();
}

function meanSquare(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? NaN) - (b[i] ?? NaN)) ** 2 / a.length;
  return sum;
}

describe('training/pivotal-trainer', function () {
  // WebGPU in software.
  this.timeout(300_000);

  eachBackend((name, acquire) => {
    const isQuick = name !== 'wasm';

    it('finds back the w of pictures that the generator drew', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      // Three pictures two at a time, or two one at a time.
      const [seeds, settings] = isQuick
        ? [['one', 'two'], { batch: 1, candidates: 3, projectionSteps: 6 }]
        : [['one', 'two', 'three'], { batch: 2, candidates: 8, projectionSteps: 60 }];
      const session = await open(runtime, { seeds, settings });
      const { trainer } = session;
      const searching: number[] = [];
      while (trainer.phase === 'search') searching.push((await session.step())['reconstruction'] ?? NaN);
      assert.deepEqual(
        searching,
        searching.toSorted((a, b) => b - a),
      );
      assert.equal(searching.length, isQuick ? 3 : 4);
      assert.equal(trainer.stepsBeforeTuning, searching.length + 2 * settings.projectionSteps);
      const found: number[] = [];
      while (trainer.phase === 'project') found.push((await session.step())['reconstruction'] ?? NaN);
      const [before, after] = [found.slice(0, 2), found.slice(-2)].map(([a = NaN, b = NaN]) => a + b) as [number, number];
      assert.isBelow(after, before * (isQuick ? 0.6 : 0.02));
      const drawn = await session.drawPivots();
      assert.equal(drawn.length, seeds.length * 8 * 8 * 3);
      const wanted = await Promise.all(seeds.map((seed) => session.draw(seed, false)));
      const distances = wanted.map((picture, n) => meanSquare(drawn.slice(n * picture.length, (n + 1) * picture.length), picture));
      for (const distance of distances) assert.isBelow(distance, isQuick ? 0.05 : 5e-4);
      session.close();
    });

    it('tunes the generator to a picture that it does not know, and holds it elsewhere', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const [projectionSteps, steps] = isQuick ? [3, 4] : [30, 50];
      const results = [];
      for (const localityWeight of [0, 1]) {
        const session = await open(runtime, { settings: { projectionSteps, localityWeight } });
        await session.step(session.trainer.stepsBeforeTuning - 1);
        const before = (await session.step())['reconstruction'] ?? NaN;
        const figures = await session.step(steps);
        assert.equal('locality' in figures, localityWeight > 0);
        let moved = 0;
        for (const seed of ['a', 'b', 'c', 'd']) moved += meanSquare(await session.draw(seed, true), await session.draw(seed, false)) / 4;
        results.push({ before, after: figures['reconstruction'] ?? NaN, moved });
        session.close();
      }
      const [free, held] = results as [(typeof results)[0], (typeof results)[0]];
      for (const { before, after } of results) assert.isBelow(after, before * (isQuick ? 0.95 : 0.3));
      assert.isBelow(held.moved, free.moved * (isQuick ? 0.98 : 0.5));
    });

    it('does the same again from the start and from a snapshot, and leaks nothing', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const settings = { candidates: 4, projectionSteps: 2 };
      const start = runtime.memory().tensors;
      const results: number[][] = [];
      for (let run = 0; run < 2; run++) {
        const session = await open(runtime, { settings, seeds: name === 'webgpu' ? ['one', 'two'] : ['one', 'two', 'three'] });
        const { trainer } = session;
        // In the search, in the projections, and in tuning.
        for (const from of [1, 3, trainer.stepsBeforeTuning + 1]) {
          await session.step(from - trainer.steps);
          const memory = runtime.memory().tensors;
          const snapshot = runtime.run(() => trainer.snapshot());
          await session.step(2);
          const went = await snapshotValues(runtime, trainer);
          runtime.run(() => trainer.restore(snapshot));
          assert.equal(trainer.steps, from);
          await session.step(2);
          assert.equal(maxDifference(await snapshotValues(runtime, trainer), went), 0);
          runtime.run(() => trainer.restore(snapshot));
          trainer.disposeSnapshot(snapshot);
          assert.equal(runtime.memory().tensors, memory);
        }
        await session.step(2);
        results.push(await snapshotValues(runtime, trainer));
        session.close();
        assert.equal(runtime.memory().tensors, start);
      }
      assert.equal(maxDifference(results[0] ?? [], results[1] ?? []), 0);
    });
  });

  // Nothing in these is of one backend, and each compiles shaders of its own.
  eachBackend(
    (_, acquire) => {
      it('gives each layer a w of its own if asked to, with classes too', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const session = await open(runtime, { classes: 3, settings: { perLayer: true, candidates: 2, projectionSteps: 3 } });
        const first = (await session.step())['reconstruction'] ?? NaN;
        const last = (await session.step(session.trainer.stepsBeforeTuning + 1))['reconstruction'] ?? NaN;
        assert.isBelow(last, first);
        const pivots = runtime.run(() => session.trainer.pivots());
        const { w_dim: wDim, resolution } = session.architecture;
        assert.deepEqual(pivots.shape, [1, 2 * Math.log2(resolution) - 2, wDim]);
        const values = await pivots.data();
        assert.isAbove(maxDifference(values.slice(0, wDim), values.slice(wDim, 2 * wDim)), 0);
        pivots.dispose();
        session.close();
      });

      it('starts from the mean without candidates, and stays near it by weight', async () => {
        const runtime = await acquire();
        await loadGradients(runtime);
        const distances = [];
        for (const meanWeight of [0, 10]) {
          const session = await open(runtime, { settings: { candidates: 0, projectionSteps: 6, meanWeight } });
          assert.equal(session.trainer.phase, 'project');
          const pivots = [];
          for (const steps of [0, 6]) {
            await session.step(steps);
            const tensor = runtime.run(() => session.trainer.pivots());
            pivots.push(await tensor.data());
            tensor.dispose();
          }
          assert.equal(session.trainer.phase, 'tune');
          distances.push(meanSquare(pivots[0] ?? [], pivots[1] ?? []));
          session.close();
        }
        const [free = NaN, near = NaN] = distances;
        assert.isAbove(near, 0);
        assert.isBelow(near, 0.5 * free);
      });
    },
    ['wasm', 'cpu'],
  );
});
