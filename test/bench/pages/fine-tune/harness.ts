/**
 * What the pages of `bench -- fine-tune` have in common: each opens one backend, with our kernels or without, and exports the training step as
 * `bench`, for the driver (test/bench/fine-tune/compare-steps.ts) to call through a place (test/bench/place.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import { AdversarialStep } from '../../fine-tune/step.ts';
import { measureCeiling, type MultiplyAdd } from '../../generate/ceiling-module.ts';
import { countDispatches, mostGpuBytes, wasmBytes } from '../generate/probes.ts';
import { decodeWeights } from '../../../../src/weights/weights-file.ts';

/** A backend that is current, with all kernels that the step needs. */
export interface StepPeer {
  /** Version and what it runs on. */
  readonly detail: string;
  /** What the peer has to say once it has run: its formulations. */
  readonly describe?: () => string;
}

/** What the driver calls. Everything that it gives can be copied as JSON. */
export interface StepPage {
  /** Version, what it runs on, and what it has to say once it has run. */
  describe(): string;
  /** A whole step. */
  time(withPenalty: boolean): Promise<StepTime>;
  /** The gradients of every part before any step, by part and parameter, each as base64 of its float32 values. */
  gradients(): Promise<Record<string, string>>;
  /** What the gradients of the 3×3 and 6×6 convolutions take in a step. */
  profileGradients(): Promise<GradientProfile>;
  /** GFLOP/s of this thread with those instructions; null where they are not to be had. */
  ceiling(multiplyAdd: MultiplyAdd): number | null;
  memory(): { readonly wasmBytes: number; readonly gpuBytes: number };
}

export interface StepTime {
  readonly ms: number;
  /** Of them what JavaScript takes before it waits: on WebGPU all that is recorded and submitted. */
  readonly hostMs: number;
  /** On WebGPU. */
  readonly dispatches: number;
}

export interface GradientProfile {
  /** Operations of direct convolutions. */
  readonly flops: number;
  readonly ms: number;
}

async function readWeights(name: string) {
  return decodeWeights(new Uint8Array(await (await fetch(`./${name}`)).arrayBuffer()));
}

async function loadStep(batch: number): Promise<AdversarialStep> {
  const [{ info, tensors: generator }, { tensors: discriminator }] = await Promise.all([
    readWeights('pomona.safetensors'),
    readWeights('pomona.discriminator.safetensors'),
  ]);
  const { architecture } = info;
  if (architecture.kind !== 'stylegan2') throw new Error('The benchmark trains StyleGAN2 only; pomona is something else now.');
  return new AdversarialStep({ architecture, generator, discriminator }, batch);
}

function toBase64(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}

async function readGradients(step: AdversarialStep): Promise<Record<string, string>> {
  const all: Record<string, string> = {};
  for (const [name, gradient] of await step.gradients()) {
    all[name] = toBase64(await gradient.data<'float32'>());
    gradient.dispose();
  }
  return all;
}

async function timeStep(step: AdversarialStep, withPenalty: boolean): Promise<StepTime> {
  await step.prepare(withPenalty);
  const dispatched = countDispatches();
  const start = performance.now();
  const done = step.run();
  const hostMs = performance.now() - start;
  await done;
  return { ms: performance.now() - start, hostMs, dispatches: countDispatches() - dispatched };
}

/** The gradients of convolutions that the figure counts: of kernels 3×3 and 6×6 from and to more than colours. */
function countGradientFlops({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): number {
  const dy = inputs['dy'] as tf.TensorInfo;
  const [height, width, from, to] = (inputs['filter']?.shape ?? attrs?.['filterShape']) as [number, number, number, number];
  if (height !== width || (height !== 3 && height !== 6) || Math.min(from, to) <= 3) return 0;
  return 2 * tf.util.sizeFromShape(dy.shape) * height * width * from;
}

/** Runs a step with a clock round both gradients of convolutions. WASM: kernels are done when they return. */
async function profileGradients(step: AdversarialStep): Promise<GradientProfile> {
  const profile = { flops: 0, ms: 0 };
  const registered = ['Conv2DBackpropFilter', 'Conv2DBackpropInput'].map((name) => tf.getKernel(name, tf.getBackend()));
  for (const kernel of registered) {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    const kernelFunc = (params: Parameters<tf.KernelFunc>[0]): ReturnType<tf.KernelFunc> => {
      const start = performance.now();
      const result = kernel.kernelFunc(params);
      const flops = countGradientFlops(params);
      if (flops > 0) profile.ms += performance.now() - start;
      profile.flops += flops;
      return result;
    };
    tf.registerKernel({ ...kernel, kernelFunc });
  }
  try {
    await timeStep(step, false);
  } finally {
    for (const kernel of registered) {
      tf.unregisterKernel(kernel.kernelName, kernel.backendName);
      tf.registerKernel(kernel);
    }
  }
  return profile;
}

/** Opens the peer: what a page exports as `bench`. */
export async function serveStep(open: () => Promise<StepPeer>): Promise<StepPage> {
  const peer = await open();
  const step = await loadStep(Number(new URLSearchParams(location.search).get('batch')));
  return {
    describe: () => [peer.detail, peer.describe?.()].filter(Boolean).join('; '),
    time: (withPenalty) => timeStep(step, withPenalty),
    gradients: () => readGradients(step),
    profileGradients: () => profileGradients(step),
    ceiling: (multiplyAdd) => measureCeiling(multiplyAdd),
    memory: () => ({ wasmBytes: wasmBytes(), gpuBytes: mostGpuBytes() }),
  };
}
