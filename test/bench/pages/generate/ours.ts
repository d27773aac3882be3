/** Ours: the model's generator on the project's own runtime, as the engine runs it. */
import * as tf from '@tensorflow/tfjs-core';
import { createNormalStream } from '../../../../src/latent/seeded-random.ts';
import { createGeneratorNetwork, type GeneratorNetwork, type Prepared } from '../../../../src/model/generator-network.ts';
import { joinImages } from '../../../../src/model/loaded-network.ts';
import { FUSED_KERNELS } from '../../../../src/runtime/kernels/fused-kernels.ts';
import { readRgba } from '../../../../src/runtime/pixels.ts';
import { RepeatedWork } from '../../../../src/runtime/repeated-work.ts';
import { acquireRuntime, type Runtime } from '../../../../src/runtime/runtime.ts';
import { measureCeiling } from '../../generate/ceiling-module.ts';
import { countMultiplyAdds } from '../../generate/networks.ts';
import { servePeer, type Drawer, type Peer, type PeerTask } from './harness.ts';

/** What only this page has. */
export interface OwnPage {
  /** w's of the network's own distribution, with psi 1. */
  makeLatents(count: number): Promise<readonly (readonly number[])[]>;
  /** Pictures drawn with a clock round the kernels that hold the 3×3 layers, and the machine's ceiling before them. WASM only. */
  profileLayers(pictures: number): Promise<LayerProfile>;
}

export interface LayerProfile {
  /** Effective GFLOP/s of the 3×3 layers, upsampling counted by phases. */
  readonly layerGflops: number;
  /** GFLOP/s of one thread with the instructions that the layers use. */
  readonly ceilingGflops: number;
  readonly kernel: string;
  readonly instructions: 'mul+add' | 'relaxed_madd';
}

interface OpenNetwork {
  readonly runtime: Runtime;
  readonly network: GeneratorNetwork;
  readonly prepared: Prepared;
}

let opened: OpenNetwork | null = null;

function current(): OpenNetwork {
  if (!opened) throw new Error('The network is not loaded yet.');
  return opened;
}

async function openNetwork({ architecture, tensors, backend }: PeerTask): Promise<OpenNetwork> {
  const runtime = await acquireRuntime(backend);
  const network = createGeneratorNetwork(architecture);
  const prepared = runtime.run(() =>
    tf.tidy(() => {
      const parameters = [...tensors].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])] as const);
      return network.prepare(new Map(parameters));
    }),
  );
  return { runtime, network, prepared };
}

/** As `LoadedNetwork` draws, but from w. */
function createDrawer({ runtime, network, prepared }: OpenNetwork): Drawer {
  const drawings = new RepeatedWork({ most: 2, recorded: 'second-time' });
  const synthesize = <T extends tf.Tensor>(kind: string, w: Float32Array, finish: (images: tf.Tensor4D) => T): T =>
    runtime.run(() => {
      const rows = tf.tensor2d(w, [w.length / network.wDim, network.wDim]);
      const { result } = drawings.run(kind, { rows }, (given) => ({
        result: finish(network.synthesize(prepared, network.toWs(prepared, given.rows, 1, null), { mode: 'none' })),
      }));
      rows.dispose();
      return result;
    });
  return {
    draw: async (w) => {
      const grid = synthesize('grid', w, (images) => joinImages([images], 1));
      const rgba = await readRgba(runtime, grid);
      grid.dispose();
      return rgba;
    },
    drawFloats: async (w) => {
      const image = synthesize('images', w, (images) => images);
      const values = await image.data<'float32'>();
      image.dispose();
      return values;
    },
    dispose: () => {
      drawings.dispose();
      tf.dispose(prepared);
    },
  };
}

/** The 3×3 layers are the fused kernel where there is one, else the convolutions with kernels of that size from more than three channels. */
function layerKernel(): { readonly name: string; readonly counts: (inputs: tf.NamedTensorInfoMap) => boolean } {
  if (tf.getKernel(FUSED_KERNELS.synthesisLayer, 'wasm')) return { name: FUSED_KERNELS.synthesisLayer, counts: () => true };
  return { name: tf.Conv2D, counts: ({ filter }) => filter?.shape[0] === 3 && (filter.shape[2] ?? 0) > 3 };
}

/** Runs work with a clock round a kernel; gives its milliseconds. Kernels on WASM are done when they return. */
async function timeKernel({ name, counts }: ReturnType<typeof layerKernel>, work: () => Promise<void>): Promise<number> {
  const registered = tf.getKernel(name, 'wasm');
  let ms = 0;
  tf.unregisterKernel(name, 'wasm');
  tf.registerKernel({
    ...registered,
    kernelFunc: (params) => {
      const start = performance.now();
      const result = registered.kernelFunc(params);
      if (counts(params.inputs)) ms += performance.now() - start;
      return result;
    },
  });
  try {
    await work();
  } finally {
    tf.unregisterKernel(name, 'wasm');
    tf.registerKernel(registered);
  }
  return ms;
}

async function profileLayers(task: PeerTask, pictures: number): Promise<LayerProfile> {
  const { network, runtime } = current();
  const drawer = createDrawer(current());
  const kernel = layerKernel();
  const instructions = kernel.name !== tf.Conv2D && runtime.report.at(-1)?.detail.includes('relaxed') ? 'relaxed_madd' : 'mul+add';
  const ceilingGflops = measureCeiling(instructions);
  if (ceilingGflops === null) throw new Error(`This browser has no ${instructions}.`);
  const next = createNormalStream('profile', 'w');
  const ms = await timeKernel(kernel, async () => {
    for (let picture = 0; picture < pictures; picture++) await drawer.draw(next(network.wDim));
  });
  const layerGflops = (2 * countMultiplyAdds(task.architecture) * pictures) / ms / 1e6;
  return { layerGflops, ceilingGflops, kernel: kernel.name, instructions };
}

async function makeLatents({ architecture }: PeerTask, count: number): Promise<number[][]> {
  const { runtime, network, prepared } = current();
  const next = createNormalStream('bench', 'z');
  const ws = runtime.run(() =>
    tf.tidy(() => {
      const z = tf.tensor2d(next(count * architecture.z_dim), [count, architecture.z_dim]);
      const classes = Float32Array.from({ length: count * architecture.classes }, (_, index) =>
        index % architecture.classes === Math.floor(index / architecture.classes) % architecture.classes ? 1 : 0,
      );
      const oneHot = architecture.classes > 0 ? tf.tensor2d(classes, [count, architecture.classes]) : null;
      return network.map(prepared, z, oneHot);
    }),
  );
  const latents = await ws.array();
  ws.dispose();
  return latents;
}

async function open(task: PeerTask): Promise<Peer> {
  opened = await openNetwork(task);
  const { runtime } = opened;
  const detail = runtime.report.at(-1)?.detail ?? '';
  const formulation = { name: 'gan-canvas', load: () => Promise.resolve(createDrawer(current())) };
  return { detail, threads: Number(/(\d+) thread/.exec(detail)?.[1] ?? 1), formulations: [formulation] };
}

export const bench = servePeer(open, (task): OwnPage => ({
  makeLatents: (count) => makeLatents(task, count),
  profileLayers: (pictures) => profileLayers(task, pictures),
}));
