// Runs in a page of its own (see wasm-threads.test.ts): computes on wasm, kernels of training included, and tells the outcome on a channel.
import * as tf from '@tensorflow/tfjs-core';
import { foldKernel, upsamplingAxis } from '../../src/model/fold-kernel.ts';
import { packKernel, synthesisLayer } from '../../src/model/ops/synthesis-layer.ts';
import { loadGradients } from '../../src/runtime/gradients.ts';
import { acquireRuntime } from '../../src/runtime/runtime.ts';
import { largestTrainingDifference } from './training-kernels.ts';

/** What the page tells. */
export interface WasmPageOutcome {
  readonly isolated: boolean;
  readonly detail: string;
  /** Sums of a convolution of ones and of its filter gradient; NaN when something failed. */
  readonly sums: readonly number[];
  /** The largest difference between fused synthesis layers, run again and again, and composed ones of the same tensors. */
  readonly fusedDifference: number;
  /** The same between kernels of training and their slow twins, in shares of the largest value. */
  readonly trainingDifference: number;
}

/** Layers with more units than threads, with fewer, and with several pictures. */
const LAYERS = [
  { batch: 1, size: 4, up: false, inputs: 24, outputs: 20 },
  { batch: 1, size: 32, up: true, inputs: 20, outputs: 12 },
  { batch: 3, size: 16, up: false, inputs: 8, outputs: 16 },
  { batch: 2, size: 8, up: true, inputs: 9, outputs: 40 },
];
const RUNS = 40;

function largestDifference(): tf.Tensor {
  const differences = LAYERS.map(({ batch, size, up, inputs, outputs }) => {
    const side = up ? size / 2 : size;
    const kernel = tf.randomNormal([3, 3, inputs, outputs]) as tf.Tensor4D;
    const tensors = {
      x: tf.randomNormal([batch, side, side, inputs]) as tf.Tensor4D,
      ws: tf.randomNormal([batch, 2, 8]) as tf.Tensor3D,
      affineWeight: tf.randomNormal([8, inputs]) as tf.Tensor2D,
      affineBias: tf.randomNormal([inputs]) as tf.Tensor1D,
      power: tf.sum(tf.square(kernel), [0, 1]) as tf.Tensor2D,
      bias: tf.randomNormal([outputs]) as tf.Tensor1D,
      noise: tf.randomNormal([1, size, size, 1]) as tf.Tensor4D,
    };
    const attributes = { row: 1, size, up, outputs, epsilon: 1e-8, slope: 0.2, limit: 4 };
    const composed = synthesisLayer({ ...tensors, kernel: up ? foldKernel(kernel, upsamplingAxis()) : kernel }, attributes);
    const packed = packKernel(kernel, attributes);
    const fused = Array.from({ length: RUNS }, () => synthesisLayer({ ...tensors, kernel: packed }, attributes));
    return tf.max(tf.stack(fused.map((y) => tf.max(tf.abs(tf.sub(y, composed))))));
  });
  return tf.max(tf.stack(differences));
}

async function compute(): Promise<WasmPageOutcome> {
  const runtime = await acquireRuntime('wasm');
  await loadGradients(runtime);
  const tensors = runtime.run(() =>
    tf.tidy(() => {
      const convolve = (filter: tf.Tensor): tf.Tensor => tf.conv2d(tf.ones([1, 8, 8, 4]) as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid');
      const filter = tf.ones([3, 3, 4, 8]);
      return [tf.sum(convolve(filter)), tf.sum(tf.grad(convolve)(filter)), largestDifference()];
    }),
  );
  const [convolved = NaN, gradient = NaN, fusedDifference = NaN] = await Promise.all(
    tensors.map(async (tensor) => (await tensor.data())[0]),
  );
  tf.dispose(tensors);
  const trainingDifference = await largestTrainingDifference(runtime);
  const detail = runtime.report.at(-1)?.detail ?? '';
  runtime.dispose();
  return { isolated: crossOriginIsolated, detail, sums: [convolved, gradient], fusedDifference, trainingDifference };
}

const parameters = new URLSearchParams(location.search);
// As many cores as the test wants the page to see, so that it does not depend on the machine.
Object.defineProperty(navigator, 'hardwareConcurrency', { value: Number(parameters.get('cores') ?? 8) });
const channel = new BroadcastChannel(parameters.get('channel') ?? '');
compute().then(
  (outcome) => channel.postMessage(outcome),
  (error: unknown) => {
    const failed = { sums: [], fusedDifference: NaN, trainingDifference: NaN };
    channel.postMessage({ ...failed, isolated: crossOriginIsolated, detail: String(error) } satisfies WasmPageOutcome);
  },
);
