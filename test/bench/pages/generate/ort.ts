/** onnxruntime-web: the network as an ONNX file made here from the same weights. */
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { encodeOnnxModel } from '../../onnx/encode-model.ts';
import { buildStyleGan2Graph, MODULATIONS, UPSAMPLING_FORMS, type GraphOptions } from '../../onnx/stylegan2-graph.ts';
import { combine, servePeer, type Drawer, type Formulation, type Peer, type PeerTask } from './harness.ts';
import { interleavePlanes, packPlanes } from './pixels.ts';

interface OrtModule {
  readonly env: { readonly wasm: { numThreads?: number }; readonly versions: { readonly web?: string } };
  readonly InferenceSession: { create(model: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession> };
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => Tensor;
}

async function createDrawer(
  ort: OrtModule,
  task: PeerTask,
  graph: GraphOptions,
  options: InferenceSession.SessionOptions,
): Promise<Drawer> {
  const { architecture, tensors, batch, backend } = task;
  const model = encodeOnnxModel(buildStyleGan2Graph(architecture, tensors, { ...graph, batch }));
  const session = await ort.InferenceSession.create(model, { executionProviders: [backend], ...options });
  const run = async (values: Float32Array): Promise<Float32Array> => {
    const { image } = await session.run({ w: new ort.Tensor('float32', values, [batch, architecture.w_dim]) });
    if (!image) throw new Error('The model has no output called image.');
    return image.data as Float32Array;
  };
  return {
    draw: async (w) => packPlanes(await run(w), batch),
    drawFloats: async (w) => interleavePlanes(await run(w), batch),
    dispose: () => session.release(),
  };
}

/** Graph optimisation mends some graphs and spoils others; on WebGPU the layout of activations is its matter, so only that is tried. */
function listOptions({ backend }: PeerTask): { readonly name: string; readonly options: InferenceSession.SessionOptions }[] {
  if (backend === 'wasm') {
    return (['all', 'disabled'] as const).map((level) => ({
      name: `graph optimisation ${level}`,
      options: { graphOptimizationLevel: level },
    }));
  }
  return (['NHWC', 'NCHW'] as const).map((preferredLayout) => ({
    name: preferredLayout,
    options: { executionProviders: [{ name: 'webgpu', preferredLayout }] },
  }));
}

function listFormulations(ort: OrtModule, task: PeerTask): Formulation[] {
  const modulations = task.batch === 1 ? MODULATIONS : (['activations'] as const);
  return combine(combine(UPSAMPLING_FORMS, modulations), listOptions(task)).map(([[form, modulation], { name, options }]) => ({
    name: `${form} upsampling, modulated ${modulation}, ${name}`,
    load: () => createDrawer(ort, task, { form, modulation }, options),
  }));
}

async function open(task: PeerTask): Promise<Peer> {
  const moduleUrl = task.backend === 'wasm' ? './ort.wasm.bundle.min.mjs' : './ort.webgpu.bundle.min.mjs';
  const ort = (await import(moduleUrl)) as OrtModule;
  ort.env.wasm.numThreads = task.threads;
  return { detail: `onnxruntime-web ${ort.env.versions.web ?? ''}`, threads: task.threads, formulations: listFormulations(ort, task) };
}

export const bench = servePeer(open);
