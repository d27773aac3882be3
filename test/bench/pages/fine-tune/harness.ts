/**
 * What the pages of `bench -- fine-tune` on TensorFlow.js have in common: each opens one backend, with our kernels or without, and exports the
 * training step as `bench`, for the driver (test/bench/fine-tune/compare-steps.ts) to call through a place (test/bench/place.ts).
 */
import * as tf from '@tensorflow/tfjs-core';
import { AdversarialStep } from '../../fine-tune/step.ts';
import { measureCeiling, type MultiplyAdd } from '../../generate/ceiling-module.ts';
import { readBatch, readStepWeights, serveTimedStep, timeStep, type TimedPage, type TimedStep } from './timed-page.ts';

/** A backend that is current, with all kernels that the step needs. */
export interface StepPeer {
  /** Version and what it runs on. */
  readonly detail: string;
  /** What the peer has to say once it has run: its formulations. */
  readonly describe?: () => string;
}

/** What the driver calls of the peers on TensorFlow.js. */
export interface StepPage extends TimedPage {
  /** What the gradients of the 3×3 and 6×6 convolutions take in a step. */
  profileGradients(): Promise<GradientProfile>;
  /** GFLOP/s of this thread with those instructions; null where they are not to be had. */
  ceiling(multiplyAdd: MultiplyAdd): number | null;
}

export interface GradientProfile {
  /** Operations of direct convolutions as they stand in the graph, filters folded into kernels. */
  readonly flops: number;
  /** Of the layers as they are defined: filters by themselves, and not counted. */
  readonly strictFlops: number;
  readonly ms: number;
}

function asTimed(step: AdversarialStep): TimedStep {
  return {
    prepare: (withPenalty) => step.prepare(withPenalty),
    run: () => step.run(),
    gradients: async () => {
      const all = new Map<string, Float32Array>();
      for (const [name, gradient] of await step.gradients()) {
        all.set(name, await gradient.data<'float32'>());
        gradient.dispose();
      }
      return all;
    },
  };
}

/**
 * The gradients of convolutions that the figures count: of kernels 3×3 and 6×6 from and to more than colours. A kernel that the filter is folded into
 * does four times the work of the layer's own: 6×6 of stride 2 that of 3×3, and upsampling by 3×3 to four phases that of a transposed convolution.
 */
function countGradientFlops({ inputs, attrs }: Parameters<tf.KernelFunc>[0]): Omit<GradientProfile, 'ms'> {
  const dy = inputs['dy'] as tf.TensorInfo;
  const [height, width, from, to] = (inputs['filter']?.shape ?? attrs?.['filterShape']) as [number, number, number, number];
  if (height !== width || (height !== 3 && height !== 6) || Math.min(from, to) <= 3) return { flops: 0, strictFlops: 0 };
  const flops = 2 * tf.util.sizeFromShape(dy.shape) * height * width * from;
  // No other 3×3 convolution of these networks has more outputs than inputs.
  const isFolded = height === 6 || to > from;
  return { flops, strictFlops: isFolded ? flops / 4 : flops };
}

/** Runs a step with a clock round both gradients of convolutions. WASM: kernels are done when they return. */
async function profileGradients(step: TimedStep): Promise<GradientProfile> {
  const profile = { flops: 0, strictFlops: 0, ms: 0 };
  const registered = ['Conv2DBackpropFilter', 'Conv2DBackpropInput'].map((name) => tf.getKernel(name, tf.getBackend()));
  for (const kernel of registered) {
    tf.unregisterKernel(kernel.kernelName, kernel.backendName);
    const kernelFunc = (params: Parameters<tf.KernelFunc>[0]): ReturnType<tf.KernelFunc> => {
      const start = performance.now();
      const result = kernel.kernelFunc(params);
      const { flops, strictFlops } = countGradientFlops(params);
      if (flops > 0) profile.ms += performance.now() - start;
      profile.flops += flops;
      profile.strictFlops += strictFlops;
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
  const step = asTimed(new AdversarialStep(await readStepWeights(), readBatch()));
  return {
    ...serveTimedStep(step, () => [peer.detail, peer.describe?.()].filter(Boolean).join('; ')),
    profileGradients: () => profileGradients(step),
    ceiling: (multiplyAdd) => measureCeiling(multiplyAdd),
  };
}
