// Runs in a page of its own (see wasm-threads.test.ts): computes on wasm, filter gradient included, and tells the outcome on a channel.
import * as tf from '@tensorflow/tfjs-core';
import { loadGradients } from '../../src/runtime/gradients.ts';
import { acquireRuntime } from '../../src/runtime/runtime.ts';

/** What the page tells. */
export interface WasmPageOutcome {
  readonly isolated: boolean;
  readonly detail: string;
  /** Sums of a convolution of ones and of its filter gradient; NaN when something failed. */
  readonly sums: readonly number[];
}

async function compute(): Promise<WasmPageOutcome> {
  const runtime = await acquireRuntime('wasm');
  await loadGradients(runtime);
  const tensors = runtime.run(() =>
    tf.tidy(() => {
      const convolve = (filter: tf.Tensor): tf.Tensor => tf.conv2d(tf.ones([1, 8, 8, 4]) as tf.Tensor4D, filter as tf.Tensor4D, 1, 'valid');
      const filter = tf.ones([3, 3, 4, 8]);
      return [tf.sum(convolve(filter)), tf.sum(tf.grad(convolve)(filter))];
    }),
  );
  const sums = await Promise.all(tensors.map(async (tensor) => (await tensor.data())[0] ?? NaN));
  tf.dispose(tensors);
  return { isolated: crossOriginIsolated, detail: runtime.report.at(-1)?.detail ?? '', sums };
}

const parameters = new URLSearchParams(location.search);
// As many cores as the test wants the page to see, so that it does not depend on the machine.
Object.defineProperty(navigator, 'hardwareConcurrency', { value: Number(parameters.get('cores') ?? 8) });
const channel = new BroadcastChannel(parameters.get('channel') ?? '');
compute().then(
  (outcome) => channel.postMessage(outcome),
  (error: unknown) => channel.postMessage({ isolated: crossOriginIsolated, detail: String(error), sums: [] } satisfies WasmPageOutcome),
);
