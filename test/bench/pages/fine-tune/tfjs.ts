/** Stock TensorFlow.js: none of our kernels but slices is registered in this page. What its WASM backend lacks is composed of its own operations. */
import '../generate/probes.ts';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { describeChoices, registerComposedGradients } from './composed-gradients.ts';
import { serveStep } from './harness.ts';
import { startStock } from './stock-backend.ts';

export const bench = serveStep(async () => {
  const backend = new URLSearchParams(location.search).get('backend') === 'webgpu' ? 'webgpu' : 'wasm';
  tf.env().set('PROD', true);
  await startStock(backend);
  if (backend === 'wasm') registerComposedGradients();
  return { detail: `TensorFlow.js ${tf.version_core}`, describe: describeChoices };
});
