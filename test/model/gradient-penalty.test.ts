import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import { createNormalStream } from '../../src/latent/seeded-random.ts';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import type { Runtime } from '../../src/runtime/runtime.ts';
import type { StyleGan2Architecture } from '../../src/weights/architecture.ts';
import { tensorShapes } from '../../src/weights/tensor-shapes.ts';
import { eachBackend } from '../support/backends.ts';

// R1 regularisation needs the gradient of |∇x D(x)|² by D's parameters. That function jumps wherever an activation changes its sign, so finite
// differences of an ordinary network measure jumps. Here every bias is so large, of either sign, that no activation comes near its kink: the
// slopes are mixed and the function is smooth.

const BATCH = 4;
/** Each layer's biases outweigh what the layer before can give. */
const BIAS_GROWTH = 5;
/** Order in which the layers with a kink follow each other. */
const DEPTH = ['fromrgb', 'conv0', 'conv1', 'b4.conv', 'b4.fc'];

interface Setting {
  readonly architecture: StyleGan2Architecture;
  readonly values: Map<string, { values: Float32Array; shape: readonly number[] }>;
  readonly images: Float32Array;
}

function createSetting(classes: number, clamp: number | null): Setting {
  const architecture: StyleGan2Architecture = {
    ...{ kind: 'stylegan2', resolution: 8, z_dim: 4, w_dim: 4, mapping_layers: 2, channel_base: 48, channel_max: 7 },
    classes,
    conv_clamp: clamp,
  };
  const draw = createNormalStream('gradient penalty', 'test');
  const values: Setting['values'] = new Map();
  for (const [name, shape] of tensorShapes(architecture, 'discriminator')) {
    const data = draw(tf.util.sizeFromShape([...shape]));
    const depth = DEPTH.findIndex((part) => name.endsWith(`${part}.bias`));
    if (depth >= 0) for (let i = 0; i < data.length; i++) data[i] = (i % 3 ? 1 : -1) * BIAS_GROWTH ** (depth + 1);
    values.set(name, { values: data, shape });
  }
  return { architecture, values, images: draw(BATCH * 8 * 8 * 3).map((value) => value * 0.3) };
}

function createClasses({ classes }: StyleGan2Architecture): tf.Tensor2D | null {
  return classes ? (tf.oneHot(tf.tensor1d([0, 1, 2, 1], 'int32'), classes) as tf.Tensor2D) : null;
}

/** |∇x Σ D(x)|² as a function of D's parameters. */
function gradientPenalty({ architecture, images }: Setting, parameters: ReadonlyMap<string, tf.Tensor>): tf.Scalar {
  const network = createDiscriminatorNetwork(architecture);
  const prepared = network.prepare(parameters);
  const classes = createClasses(architecture);
  const judge = (x: tf.Tensor): tf.Tensor => tf.sum(network.discriminate(prepared, x as tf.Tensor4D, classes));
  return tf.sum(tf.square(tf.grad(judge)(tf.tensor4d(images, [BATCH, 8, 8, 3]))));
}

/** The penalty with one parameter moved by step · direction. */
async function penaltyAt(runtime: Runtime, setting: Setting, moved: string, direction: Float32Array, step: number): Promise<number> {
  const penalty = runtime.run(() =>
    tf.tidy(() => {
      const parameters = new Map<string, tf.Tensor>();
      for (const [name, { values, shape }] of setting.values) {
        const data = name === moved ? values.map((value, index) => value + step * (direction[index] ?? 0)) : values;
        parameters.set(name, tf.tensor(data, [...shape]));
      }
      return gradientPenalty(setting, parameters);
    }),
  );
  const value = (await penalty.data())[0] ?? NaN;
  penalty.dispose();
  return value;
}

/** The penalty's gradients by the named parameters, as TF.js computes them. */
async function penaltyGradients(runtime: Runtime, setting: Setting, names: readonly string[]): Promise<Float32Array[]> {
  const gradients = runtime.run(() =>
    tf.tidy(() => {
      const tensors = new Map([...setting.values].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]));
      const loss = (...moved: tf.Tensor[]): tf.Scalar =>
        gradientPenalty(setting, new Map([...tensors, ...names.map((name, index) => [name, moved[index] as tf.Tensor] as const)]));
      return tf.grads(loss)(names.map((name) => tensors.get(name) as tf.Tensor));
    }),
  );
  const values = await Promise.all(gradients.map(async (gradient) => (await gradient.data()) as Float32Array));
  tf.dispose(gradients);
  return values;
}

describe('model: the gradient of the gradient penalty', () => {
  eachBackend((_, acquire) => {
    for (const [title, classes, clamp] of [
      ['without classes', 0, null],
      ['with classes', 3, null],
      ['with clamped activations', 0, 350],
    ] as const) {
      it(`is confirmed by finite differences, ${title}`, async () => {
        const setting = createSetting(classes, clamp);
        const runtime = await acquire();
        await loadGradients(runtime);
        const names = [...setting.values.keys()].filter((name) => name.endsWith('.weight') && !name.startsWith('mapping.fc'));
        const gradients = await penaltyGradients(runtime, setting, names);
        for (const [index, name] of names.entries()) {
          const gradient = gradients[index] as Float32Array;
          const norm = Math.hypot(...gradient);
          assert.isAbove(norm, 0, name);
          // Along the gradient itself, a step of 0.1: f(p + h g / |g|) − f(p − h g / |g|) = 2 h |g|.
          const step = 0.1 / norm;
          const up = await penaltyAt(runtime, setting, name, gradient, step);
          const down = await penaltyAt(runtime, setting, name, gradient, -step);
          assert.approximately((up - down) / 0.2, norm, 0.01 * norm, name);
        }
      });
    }
  });
});
