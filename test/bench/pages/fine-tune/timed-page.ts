/** What the pages of `bench -- fine-tune` have in common whatever library they run: the step's weights, its clock, and how gradients travel. */
import { countDispatches, mostGpuBytes, wasmBytes } from '../generate/probes.ts';
import type { StepWeights } from '../../fine-tune/step-recipe.ts';
import { decodeWeights } from '../../../../src/weights/weights-file.ts';

/** What the driver (test/bench/fine-tune/compare-steps.ts) calls of every peer. Everything that it gives can be copied as JSON. */
export interface TimedPage {
  /** Version, what it runs on, and what it has to say once it has run. */
  describe(): string;
  /** A whole step. */
  time(withPenalty: boolean): Promise<StepTime>;
  /** The gradients of every part before any step, by part and parameter, each as base64 of its float32 values. */
  gradients(): Promise<Record<string, string>>;
  memory(): { readonly wasmBytes: number; readonly gpuBytes: number };
}

export interface StepTime {
  readonly ms: number;
  /** Of them what JavaScript takes before it waits: on WebGPU all that is recorded and submitted. */
  readonly hostMs: number;
  /** On WebGPU. */
  readonly dispatches: number;
}

/** A pair of networks in training. */
export interface TimedStep {
  /** Makes the next step one with R1, or one without. */
  prepare(withPenalty: boolean): Promise<void>;
  run(): Promise<void>;
  /** By part and parameter. */
  gradients(): Promise<ReadonlyMap<string, Float32Array>>;
}

async function readWeights(name: string) {
  return decodeWeights(new Uint8Array(await (await fetch(`./${name}`)).arrayBuffer()));
}

export async function readStepWeights(): Promise<StepWeights> {
  const [{ info, tensors: generator }, { tensors: discriminator }] = await Promise.all([
    readWeights('pomona.safetensors'),
    readWeights('pomona.discriminator.safetensors'),
  ]);
  const { architecture } = info;
  if (architecture.kind !== 'stylegan2') throw new Error('The benchmark trains StyleGAN2 only; pomona is something else now.');
  return { architecture, generator, discriminator };
}

/** As the page's query has it. */
export function readBatch(): number {
  return Number(new URLSearchParams(location.search).get('batch'));
}

function toBase64(values: Float32Array): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let text = '';
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return btoa(text);
}

export async function timeStep(step: TimedStep, withPenalty: boolean): Promise<StepTime> {
  await step.prepare(withPenalty);
  const dispatched = countDispatches();
  const start = performance.now();
  const done = step.run();
  const hostMs = performance.now() - start;
  await done;
  return { ms: performance.now() - start, hostMs, dispatches: countDispatches() - dispatched };
}

export function serveTimedStep(step: TimedStep, describe: () => string): TimedPage {
  return {
    describe,
    time: (withPenalty) => timeStep(step, withPenalty),
    gradients: async () => Object.fromEntries([...(await step.gradients())].map(([name, values]) => [name, toBase64(values)])),
    memory: () => ({ wasmBytes: wasmBytes(), gpuBytes: mostGpuBytes() }),
  };
}
