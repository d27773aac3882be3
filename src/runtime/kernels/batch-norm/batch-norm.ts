import * as tf from '@tensorflow/tfjs-core';

/**
 * Batch normalisation by the batch's own statistics as one kernel, and its gradient as another, for the backends that have them registered.
 * `model/ops/batch-norm` is their definition and the fallback. Both give three tensors.
 */
export const BATCH_NORM = {
  /** inputs: {@link BatchNormInputs}; attributes: {@link BatchNormAttributes}. Gives y as x, and of x the mean and variance [c]. */
  forward: 'GanCanvasBatchNorm',
  /** inputs: {@link BatchNormGradientInputs}; the same attributes. Gives the gradients by x, scale and offset. */
  gradient: 'GanCanvasBatchNormGradient',
} as const;

export interface BatchNormInputs {
  /** [n, h, w, c]. */
  readonly x: tf.Tensor4D;
  /** [c]. */
  readonly scale: tf.Tensor1D;
  readonly offset: tf.Tensor1D;
}

export interface BatchNormAttributes {
  /** Added to the variance. */
  readonly epsilon: number;
}

/** What the forward kernel took and gave, and the gradients by what it gave. */
export interface BatchNormGradientInputs {
  readonly x: tf.TensorInfo;
  readonly scale: tf.TensorInfo;
  readonly mean: tf.TensorInfo;
  readonly variance: tf.TensorInfo;
  readonly dy: tf.TensorInfo;
  readonly dMean: tf.TensorInfo;
  readonly dVariance: tf.TensorInfo;
}

/**
 * Whether the current backend has the kernels, and no more than a first gradient is being recorded: that of second order (R1) is had from
 * composed operations only.
 */
export function canFuseBatchNorm(): boolean {
  return tf.engine().state.gradientDepth < 2 && tf.getKernel(BATCH_NORM.forward, tf.getBackend()) !== undefined;
}

/** Runs the kernel where {@link canFuseBatchNorm}: y, mean and variance. */
export function runBatchNorm(
  inputs: BatchNormInputs,
  attributes: BatchNormAttributes,
): [y: tf.Tensor4D, mean: tf.Tensor1D, variance: tf.Tensor1D] {
  const outputs = tf.engine().runKernel(BATCH_NORM.forward, { ...inputs }, { ...attributes });
  return outputs as unknown as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
}

/** Tells TF.js the gradient; once for each realm. */
export function registerBatchNormGradient(): void {
  if (tf.getGradient(BATCH_NORM.forward)) return;
  tf.registerGradient({
    kernelName: BATCH_NORM.forward,
    inputsToSave: ['x', 'scale'],
    outputsToSave: [false, true, true],
    gradFunc: (dys, saved, attributes) => {
      const [dy, dMean, dVariance] = dys as tf.Tensor[];
      const [x, scale, mean, variance] = saved;
      const inputs = { x, scale, mean, variance, dy, dMean, dVariance } as tf.NamedTensorMap;
      const outputs = tf.engine().runKernel(BATCH_NORM.gradient, inputs, attributes) as unknown as [tf.Tensor, tf.Tensor, tf.Tensor];
      return { x: () => outputs[0], scale: () => outputs[1], offset: () => outputs[2] };
    },
  });
}
