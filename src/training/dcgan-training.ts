import type * as tf from '@tensorflow/tfjs-core';
import { moveRunningStatistics, type BatchStatistics } from '../model/batch-statistics.ts';
import type { DcganArchitecture, NetworkRole } from '../weights/architecture.ts';
import { group, ungroup } from './tensor-groups.ts';

/**
 * Of the parameters those that move. A bias just before batch normalisation stays: the normalisation takes it away again, so that its gradient is
 * rounding noise, which Adam would make steps of full length of. (That of a dense layer differs from pixel to pixel, and counts.)
 */
export function chooseDcganParameters(names: readonly string[], architecture: DcganArchitecture, role: NetworkRole): string[] {
  const still = new Set(
    architecture[role].flatMap(({ type, size = 1, batch_norm: batchNorm }, index) =>
      batchNorm && (type !== 'dense' || size === 1) ? [`${role}.${index}.bias`] : [],
    ),
  );
  return names.filter((name) => !still.has(name));
}

/** What a pass in training saw, as tensors by names of their own. */
export function statisticsTensors(pass: string, statistics: BatchStatistics): tf.NamedTensorMap {
  const layers = Object.entries(statistics).map(([layer, { mean, variance }]) => group(`${pass}.${layer}`, { mean, variance }));
  return Object.assign({}, ...layers) as tf.NamedTensorMap;
}

/**
 * The running statistics after some passes, one after the other; a tidy's. The tensors of the passes are those that {@link statisticsTensors} named,
 * among `given`: those in `passes` are gone with the gradients' tape.
 */
export function moveStatistics(
  running: tf.NamedTensorMap,
  given: tf.NamedTensorMap,
  passes: Readonly<Record<string, BatchStatistics>>,
): tf.NamedTensorMap {
  let buffers = new Map<string, tf.Tensor>(Object.entries(running));
  for (const [pass, statistics] of Object.entries(passes)) {
    const seen = Object.entries(statistics).map(([layer, { count }]) => {
      const { mean, variance } = ungroup<Record<'mean' | 'variance', tf.Tensor1D>>(given, `${pass}.${layer}`);
      return [layer, { mean, variance, count }] as const;
    });
    buffers = new Map([...buffers, ...moveRunningStatistics(buffers, Object.fromEntries(seen))]);
  }
  return Object.fromEntries(buffers);
}
