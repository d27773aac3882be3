import * as tf from '@tensorflow/tfjs-core';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import { kernelsOf, pointerOf } from '../../wasm/load-kernels.ts';
import { BATCH_NORM, registerBatchNormGradient, type BatchNormAttributes, type BatchNormGradientInputs } from './batch-norm.ts';

type KernelArguments = Parameters<tf.KernelFunc>[0];

const FLOAT = 4;

function batchNorm({ inputs, attrs, backend }: KernelArguments): tf.TensorInfo[] {
  const wasm = backend as BackendWasm;
  const { x, scale, offset } = inputs as Record<'x' | 'scale' | 'offset', tf.TensorInfo>;
  const { epsilon } = attrs as unknown as BatchNormAttributes;
  const channels = scale.shape[0] as number;
  const rows = tf.util.sizeFromShape(x.shape) / channels;
  const [y, mean, variance] = [wasm.makeOutput(x.shape, 'float32'), wasm.makeOutput([channels], 'float32'), wasm.makeOutput([channels], 'float32')]; // prettier-ignore
  const { kernels, arena } = kernelsOf(wasm);
  const [work] = arena.reserve(channels * FLOAT);
  const pointers = [x, scale, offset, y, mean, variance].map((tensor) => pointerOf(wasm, tensor)) as [number, number, number, number, number, number]; // prettier-ignore
  kernels.batchNorm(...pointers, work, rows, channels, epsilon);
  return [y, mean, variance];
}

function batchNormGradient({ inputs, attrs, backend }: KernelArguments): tf.TensorInfo[] {
  const wasm = backend as BackendWasm;
  const { x, scale, mean, variance, dy, dMean, dVariance } = inputs as unknown as BatchNormGradientInputs;
  const { epsilon } = attrs as unknown as BatchNormAttributes;
  const channels = scale.shape[0] as number;
  const rows = tf.util.sizeFromShape(x.shape) / channels;
  const [dx, dScale, dOffset] = [x, scale, scale].map(({ shape }) => wasm.makeOutput(shape, 'float32')) as [
    tf.TensorInfo,
    tf.TensorInfo,
    tf.TensorInfo,
  ];
  const { kernels, arena } = kernelsOf(wasm);
  const [work] = arena.reserve(3 * channels * FLOAT);
  kernels.batchNormGradient(
    pointerOf(wasm, dy),
    pointerOf(wasm, dMean),
    pointerOf(wasm, dVariance),
    pointerOf(wasm, x),
    pointerOf(wasm, mean),
    pointerOf(wasm, variance),
    pointerOf(wasm, scale),
    pointerOf(wasm, dx),
    pointerOf(wasm, dScale),
    pointerOf(wasm, dOffset),
    work,
    rows,
    channels,
    epsilon,
  );
  return [dx, dScale, dOffset];
}

/** Registers batch normalisation and its gradient; once for each realm. */
export function registerBatchNorm(): void {
  registerBatchNormGradient();
  if (tf.getKernel(BATCH_NORM.forward, 'wasm')) return;
  tf.registerKernel({ kernelName: BATCH_NORM.forward, backendName: 'wasm', kernelFunc: batchNorm });
  tf.registerKernel({ kernelName: BATCH_NORM.gradient, backendName: 'wasm', kernelFunc: batchNormGradient });
}
