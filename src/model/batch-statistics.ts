import * as tf from '@tensorflow/tfjs-core';
import { requireParameter, type Parameters } from './network.ts';

/** What PyTorch's batch normalisation weighs a batch with in the running statistics. */
export const STATISTICS_MOMENTUM = 0.1;

/** Of what entered one layer's normalisation: the mean and variance of each channel [c], the latter divided by `count`. */
export interface LayerStatistics {
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
  /** Values of each channel: pixels of all pictures. */
  readonly count: number;
}

/** By the layers' names, `generator.0` and so on. */
export type BatchStatistics = Readonly<Record<string, LayerStatistics>>;

/** The names of a layer's running statistics in a weights file. */
export function statisticsNames(layer: string): { readonly mean: string; readonly variance: string } {
  return { mean: `${layer}.norm.running_mean`, variance: `${layer}.norm.running_var` };
}

/**
 * The running statistics after one batch more, by their names in the weights file; `buffers` has them as they were. As in PyTorch the variance is
 * that of a sample: divided by one less than the number of values. Arguments are borrowed; the results are the caller's.
 */
export function moveRunningStatistics(
  buffers: Parameters,
  statistics: BatchStatistics,
  momentum: number = STATISTICS_MOMENTUM,
): Map<string, tf.Tensor1D> {
  const moved = new Map<string, tf.Tensor1D>();
  const move = (name: string, towards: tf.Tensor1D, factor: number): void => {
    const old = requireParameter(buffers, name);
    moved.set(
      name,
      tf.tidy(() => tf.add(tf.mul(old, 1 - momentum), tf.mul(towards, momentum * factor))),
    );
  };
  for (const [layer, { mean, variance, count }] of Object.entries(statistics)) {
    const names = statisticsNames(layer);
    move(names.mean, mean, 1);
    move(names.variance, variance, count / Math.max(1, count - 1));
  }
  return moved;
}
