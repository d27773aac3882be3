import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { moveRunningStatistics, type BatchStatistics } from '../../src/model/batch-statistics.ts';
import { DcganDiscriminator, DcganGenerator } from '../../src/model/dcgan-networks.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { DcganArchitecture, DcganLayer } from '../../src/weights/architecture.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { eachBackend } from '../support/backends.ts';
import { loadFixtureCases, loadFixtureFile } from '../support/fixture-weights.ts';
import { fixtureArray, fixtureTensor, fixtureTensors, maxDifference, maxMagnitude, type Arrays } from '../support/tensor-fixture.ts';

/** tiny-dcgan with PyTorch's inputs, and what PyTorch makes of them in training (test/tools/make-dcgan-training-cases.py). */
async function loadPair() {
  const [generator, discriminator, inputs, cases] = await Promise.all([
    loadFixtureFile('tiny-dcgan'),
    loadFixtureFile('tiny-dcgan', 'discriminator'),
    loadFixtureCases('tiny-dcgan'),
    loadFixtureCases('tiny-dcgan-training'),
  ]);
  const architectures = [generator.info.architecture, discriminator.info.architecture] as [DcganArchitecture, DcganArchitecture];
  return {
    ...{ inputs, cases, generatorWeights: generator.tensors, discriminatorWeights: discriminator.tensors },
    generator: new DcganGenerator(architectures[0]),
    discriminator: new DcganDiscriminator(architectures[1]),
  };
}
type Pair = Awaited<ReturnType<typeof loadPair>>;

/** A loss of a network's parameters by name. */
type Loss = (parameters: Map<string, tf.Tensor>) => tf.Scalar;

/** The loss and its gradients by the named parameters, zeros where it does not depend on one; owned by the caller. */
function differentiate(loss: Loss, parameters: Map<string, tf.Tensor>, names: readonly string[]) {
  const moved = names.map((name) => parameters.get(name) as tf.Tensor);
  const { value, grads } = tf.engine().gradients(() => loss(parameters), moved, undefined, true);
  return { value, grads: moved.map((tensor, index) => (grads[index] as tf.Tensor | undefined) ?? tf.zerosLike(tensor)) };
}

async function assertFixture(actual: tf.Tensor, cases: Arrays, name: string): Promise<void> {
  const { values } = fixtureArray(cases, name);
  assert.isAtMost(maxDifference(await actual.data(), values), 1e-3 * maxMagnitude(values), name);
  actual.dispose();
}

const softplusMean = (logits: tf.Tensor): tf.Scalar => tf.mean(tf.softplus(logits));

/** Each loss of the fixture, with whose parameters it is differentiated by. */
function lossesOf({ generator, discriminator, inputs, generatorWeights, discriminatorWeights }: Pair) {
  const draw = (parameters: Map<string, tf.Tensor>): tf.Tensor4D =>
    generator.synthesizeTraining(generator.prepareTraining(parameters), fixtureTensor(inputs, 'z')).output;
  const judge = (parameters: Map<string, tf.Tensor>, images: tf.Tensor4D): tf.Tensor =>
    discriminator.discriminateTraining(discriminator.prepareTraining(parameters), images).output;
  const real = (): tf.Tensor4D => fixtureTensor(inputs, 'discriminator.input');
  return {
    'generator.loss': {
      ...{ weights: generatorWeights, names: generator.parameterNames },
      loss: (parameters: Map<string, tf.Tensor>) => softplusMean(tf.neg(judge(fixtureTensors(discriminatorWeights), draw(parameters)))),
    },
    'discriminator.loss': {
      ...{ weights: discriminatorWeights, names: discriminator.parameterNames },
      loss: (parameters: Map<string, tf.Tensor>) =>
        tf.add<tf.Scalar>(
          softplusMean(tf.neg(judge(parameters, real()))),
          softplusMean(judge(parameters, draw(fixtureTensors(generatorWeights)))),
        ),
    },
    'discriminator.penalty': {
      ...{ weights: discriminatorWeights, names: discriminator.parameterNames },
      loss: (parameters: Map<string, tf.Tensor>) =>
        tf.sum<tf.Scalar>(tf.square(tf.grad((images) => tf.sum(judge(parameters, images as tf.Tensor4D)))(real()))),
    },
  };
}

function declareFixtures(acquire: () => Promise<Runtime>): void {
  it('draws and judges as PyTorch does in training, and moves the running statistics as it does', async () => {
    const [pair, runtime] = await Promise.all([loadPair(), acquire()]);
    const { generator, discriminator, inputs, cases } = pair;
    const [images, logits, buffers] = runtime.run(() => {
      const [byDraw, byJudge] = [fixtureTensors(pair.generatorWeights), fixtureTensors(pair.discriminatorWeights)];
      const drawn = generator.synthesizeTraining(generator.prepareTraining(byDraw), fixtureTensor(inputs, 'z'));
      const prepared = discriminator.prepareTraining(byJudge);
      const onReal = discriminator.discriminateTraining(prepared, fixtureTensor(inputs, 'discriminator.input'));
      const onFake = discriminator.discriminateTraining(prepared, drawn.output);
      const afterReal = moveRunningStatistics(byJudge, onReal.statistics);
      const moved = [...moveRunningStatistics(byDraw, drawn.statistics), ...moveRunningStatistics(afterReal, onFake.statistics)];
      return [drawn.output, onReal.output, new Map(moved)] as const;
    });
    assert.sameMembers([...buffers.keys()], [...generator.bufferNames, ...discriminator.bufferNames]);
    await assertFixture(images, cases, 'image');
    await assertFixture(logits, cases, 'discriminator.logit');
    for (const [name, tensor] of buffers) await assertFixture(tensor, cases, `after.${name}`);
  });

  for (const key of ['generator.loss', 'discriminator.loss', 'discriminator.penalty'] as const) {
    it(`has PyTorch's ${key} and its gradient by every parameter`, async () => {
      const [pair, runtime] = await Promise.all([loadPair(), acquire()]);
      await loadGradients(runtime);
      const { loss, weights, names } = lossesOf(pair)[key];
      const { value, grads } = runtime.run(() => tf.tidy(() => differentiate(loss, fixtureTensors(weights), names)));
      await assertFixture(value, pair.cases, key);
      for (const [index, name] of names.entries()) await assertFixture(grads[index] as tf.Tensor, pair.cases, `${key}_gradient.${name}`);
    });
  }
}

/** Every type of layer, with sides and widths that divide by nothing, and activations without a kink. */
const plain = { bias: true, batch_norm: true, activation: 'tanh' } as const;
const GENERATOR: readonly DcganLayer[] = [
  { ...plain, type: 'dense', filters: 5, size: 3 },
  { ...plain, type: 'conv_transpose', filters: 6, kernel: 3, stride: 2, padding: 1 },
  { ...plain, type: 'upsample_conv', filters: 7, kernel: 3, stride: 2, padding: 1, bias: false, activation: 'sigmoid' },
  { ...plain, type: 'conv', filters: 3, kernel: 3, stride: 1, padding: 1, batch_norm: false },
];
const DISCRIMINATOR: readonly DcganLayer[] = [
  { ...plain, type: 'conv', filters: 6, kernel: 3, stride: 2, padding: 1, batch_norm: false },
  { ...plain, type: 'conv', filters: 9, kernel: 3, stride: 2, padding: 1 },
  { ...plain, type: 'conv', filters: 1, kernel: 3, stride: 1, padding: 0, batch_norm: false, activation: 'sigmoid' },
];
const ARCHITECTURE: DcganArchitecture = {
  ...{ kind: 'dcgan', resolution: 10, z_dim: 4, classes: 0 },
  generator: GENERATOR,
  discriminator: DISCRIMINATOR,
};
const BATCH = 5;

/** Parameters and buffers by name, each about 0.5; scales and variances about 1. */
function drawParameters(): Map<string, { values: Float32Array; shape: readonly number[] }> {
  const drawn = new Map<string, { values: Float32Array; shape: readonly number[] }>();
  for (const role of ['generator', 'discriminator'] as const) {
    for (const [name, shape] of tensorShapes(ARCHITECTURE, role)) {
      const isScale = name.endsWith('norm.weight') || name.endsWith('running_var');
      const values = createNormalStream(name, 'test')(tf.util.sizeFromShape([...shape]));
      drawn.set(name, { values: values.map((value) => (isScale ? Math.exp(0.3 * value) : 0.5 * value)), shape });
    }
  }
  return drawn;
}

const drawZ = (): tf.Tensor2D => tf.tensor2d(createNormalStream('z', 'test')(BATCH * 4), [BATCH, 4]);
const toTensors = (drawn: ReturnType<typeof drawParameters>): Map<string, tf.Tensor> =>
  new Map([...drawn].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]));

/** Some smooth function of statistics that depends on all of them. */
function weighStatistics(statistics: BatchStatistics): tf.Scalar {
  const parts = Object.values(statistics).map(({ mean, variance }) => tf.add(tf.sum(tf.square(mean)), tf.sum(tf.sqrt(variance))));
  return tf.mul(tf.addN(parts), 0.1);
}

/** A loss of everything that both networks give in training. */
function wholeLoss(parameters: Map<string, tf.Tensor>): tf.Scalar {
  const [generator, discriminator] = [new DcganGenerator(ARCHITECTURE), new DcganDiscriminator(ARCHITECTURE)];
  const drawn = generator.synthesizeTraining(generator.prepareTraining(parameters), drawZ());
  const judged = discriminator.discriminateTraining(discriminator.prepareTraining(parameters), drawn.output);
  return tf.add(softplusMean(tf.neg(judged.output)), tf.add(weighStatistics(drawn.statistics), weighStatistics(judged.statistics)));
}

async function lossAt(runtime: Runtime, drawn: ReturnType<typeof drawParameters>): Promise<number> {
  const loss = runtime.run(() => tf.tidy(() => wholeLoss(toTensors(drawn))));
  const value = (await loss.data())[0] ?? NaN;
  loss.dispose();
  return value;
}

function declareFiniteDifferences(acquire: () => Promise<Runtime>): void {
  it('has the gradients that finite differences give, by every parameter of every type of layer', async () => {
    const runtime = await acquire();
    await loadGradients(runtime);
    const drawn = drawParameters();
    const names = [...drawn.keys()].filter((name) => !name.includes('.running_'));
    const { value, grads } = runtime.run(() => tf.tidy(() => differentiate(wholeLoss, toTensors(drawn), names)));
    value.dispose();
    for (const [index, name] of names.entries()) {
      const gradient = (await (grads[index] as tf.Tensor).data()) as Float32Array;
      const norm = Math.hypot(...gradient);
      assert.isAbove(norm, 1e-3, name);
      // Along the gradient itself: f(p + h g / |g|) − f(p − h g / |g|) = 2 h |g|.
      const { values, shape } = drawn.get(name) as { values: Float32Array; shape: readonly number[] };
      const along = (step: number): Promise<number> =>
        lossAt(runtime, new Map([...drawn, [name, { values: values.map((at, i) => at + (step * (gradient[i] ?? NaN)) / norm), shape }]]));
      assert.approximately(((await along(0.01)) - (await along(-0.01))) / 0.02, norm, 0.01 * norm + 2e-4, name);
    }
    tf.dispose(grads);
  });
}

describe('model: DCGANs in training', function () {
  // WebGPU in software, a pass for each parameter and direction.
  this.timeout(300_000);

  eachBackend((_, acquire) => {
    declareFixtures(acquire);
    declareFiniteDifferences(acquire);

    it('draws what inference draws when the running statistics are those of the batch', async () => {
      const [runtime, network] = [await acquire(), new DcganGenerator(ARCHITECTURE)];
      const [trained, drawn] = runtime.run(() =>
        tf.tidy(() => {
          const parameters = toTensors(drawParameters());
          const { output, statistics } = network.synthesizeTraining(network.prepareTraining(parameters), drawZ());
          for (const [layer, { mean, variance, count }] of Object.entries(statistics)) {
            parameters.set(`${layer}.norm.running_mean`, mean).set(`${layer}.norm.running_var`, variance);
            assert.strictEqual(count, BATCH * { 'generator.0': 9, 'generator.1': 25, 'generator.2': 100 }[layer as 'generator.0']);
          }
          const prepared = network.prepare(parameters);
          return [output, network.synthesize(prepared, network.toWs(prepared, drawZ(), 1, null))];
        }),
      ) as [tf.Tensor, tf.Tensor];
      assert.isBelow(maxDifference(await trained.data(), await drawn.data()), 1e-5);
      tf.dispose([trained, drawn]);
    });

    it('does not take what was prepared for training where it is to draw', async () => {
      const [runtime, network] = [await acquire(), new DcganGenerator(ARCHITECTURE)];
      const draw = (): tf.Tensor =>
        tf.tidy(() => network.synthesize(network.prepareTraining(toTensors(drawParameters())), network.toWs({}, drawZ(), 1, null)));
      assert.throws(() => runtime.run(draw), /Prepared tensor "generator.0.shift" is missing/);
    });

    it('leaves no tensor behind', async () => {
      const runtime = await acquire();
      await loadGradients(runtime);
      const train = async (): Promise<void> => {
        const loss = runtime.run(() => {
          const parameters = toTensors(drawParameters());
          const names = [...parameters.keys()].filter((name) => !name.includes('.running_'));
          const { value, grads } = tf.tidy(() => differentiate(wholeLoss, parameters, names));
          const network = new DcganGenerator(ARCHITECTURE);
          const prepared = network.prepareTraining(parameters);
          const z = drawZ();
          const { output, statistics } = network.synthesizeTraining(prepared, z);
          const moved = moveRunningStatistics(parameters, statistics);
          tf.dispose([grads, output, z, prepared, [...parameters.values()], [...moved.values()]]);
          for (const { mean, variance } of Object.values(statistics)) tf.dispose([mean, variance]);
          return value;
        });
        await loss.data();
        loss.dispose();
      };
      await train();
      await train();
      const before = runtime.memory();
      await train();
      assert.deepEqual(runtime.memory(), before);
    });
  });
});
