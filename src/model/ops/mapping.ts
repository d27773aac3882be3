import * as tf from '@tensorflow/tfjs-core';
import {
  canFuse,
  FUSED_KERNELS,
  MAX_MAPPING_WIDTH,
  runFused,
  type MappingAttributes,
  type MappingInputs,
} from '../../runtime/kernels/fused-kernels.ts';

/** How wide the vectors of a mapping network are; classes: 0 for none. */
export interface MappingWidths {
  readonly zDim: number;
  readonly wDim: number;
  readonly classes: number;
}

/** The weights and biases of a mapping network's layers, in order, as {@link mapFused} takes them; null where it cannot be one kernel. */
export function packMapping(tensors: readonly tf.Tensor[], { zDim, wDim, classes }: MappingWidths): tf.Tensor1D | null {
  const widest = Math.max(zDim + (classes ? wDim : 0), wDim, classes);
  if (widest > MAX_MAPPING_WIDTH || !canFuse(FUSED_KERNELS.mapping)) return null;
  return tf.concat(tensors.map((tensor) => tf.reshape(tensor, [tensor.size])));
}

/** A mapping network as one kernel: z [n, zDim] as drawn, and one-hot classes [n, classes] if there are any, to w [n, wDim]. */
export function mapFused(
  { oneHot, ...inputs }: Omit<MappingInputs, 'oneHot'> & { readonly oneHot: tf.Tensor2D | null },
  attributes: MappingAttributes,
): tf.Tensor2D {
  return runFused(FUSED_KERNELS.mapping, oneHot ? { ...inputs, oneHot } : inputs, attributes);
}
