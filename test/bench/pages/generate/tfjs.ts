/** Stock TensorFlow.js with composed operations: none of our kernels is registered in this page. */
import * as tf from '@tensorflow/tfjs-core';
import { MODULATIONS } from '../../onnx/stylegan2-graph.ts';
import { combine, servePeer, type Drawer, type Peer, type PeerTask } from './harness.ts';
import { packRgba } from './pixels.ts';
import { TFJS_ACTIVATIONS, TFJS_UPSAMPLINGS, TfjsGenerator, type TfjsForm } from './tfjs-network.ts';

function createDrawer(task: PeerTask, form: TfjsForm): Drawer {
  const generator = new TfjsGenerator(task, form);
  const drawFloats = async (w: Float32Array): Promise<Float32Array> => {
    const image = tf.tidy(() => generator.synthesize(tf.tensor2d(w, [task.batch, task.architecture.w_dim])));
    const values = await image.data<'float32'>();
    image.dispose();
    return values;
  };
  return {
    drawFloats,
    draw: async (w) => packRgba(await drawFloats(w)),
    dispose: () => {
      generator.dispose();
    },
  };
}

async function startWasm(threads: number): Promise<number> {
  const { setThreadsCount, setWasmPaths, getThreadsCount } = await import('@tensorflow/tfjs-backend-wasm');
  setWasmPaths(new URL('./tfjs/', location.href).href);
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', threads > 1);
  setThreadsCount(threads);
  await tf.setBackend('wasm');
  // The one-thread build has no such count.
  return threads > 1 ? getThreadsCount() : 1;
}

/** On a device made here: TF.js 4.22 asks for a feature in a way that browsers refuse. */
async function startWebGpu(): Promise<number> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('There is no WebGPU adapter.');
  const limits = [
    'maxComputeWorkgroupStorageSize',
    'maxStorageBufferBindingSize',
    'maxBufferSize',
    'maxComputeInvocationsPerWorkgroup',
  ] as const;
  const requiredLimits = Object.fromEntries(limits.map((name) => [name, adapter.limits[name]]));
  const device = await adapter.requestDevice({ requiredLimits });
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  await tf.setBackend('webgpu');
  return 1;
}

async function open(task: PeerTask): Promise<Peer> {
  tf.env().set('PROD', true);
  const threads = await (task.backend === 'wasm' ? startWasm(task.threads) : startWebGpu());
  const foreign = tf.getKernelsForBackend(task.backend).find(({ kernelName }) => kernelName.startsWith('GanCanvas'));
  if (foreign) throw new Error(`${foreign.kernelName} is registered in the page of stock TensorFlow.js.`);
  const modulations = task.batch === 1 ? MODULATIONS : (['activations'] as const);
  const forms = combine(combine(TFJS_UPSAMPLINGS, modulations), TFJS_ACTIVATIONS);
  const formulations = forms.map(([[upsampling, modulation], activation]) => ({
    name: `${upsampling} upsampling, modulated ${modulation}, ${activation}`,
    load: () => Promise.resolve(createDrawer(task, { upsampling, modulation, activation })),
  }));
  return { detail: `TensorFlow.js ${tf.version_core}`, threads, formulations };
}

export const bench = servePeer(open);
