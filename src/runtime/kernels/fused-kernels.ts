import * as tf from '@tensorflow/tfjs-core';

/**
 * Kernels of our own, registered with TF.js for the backends that have them. Each does in one call what the composed operations of `model/ops`
 * do in many; those are its definition and its fallback. Tensors are NHWC and float32; none has a gradient yet.
 */
export const FUSED_KERNELS = {
  /** inputs: {@link MappingInputs}; attributes: {@link MappingAttributes}. Gives [n, wDim]. */
  mapping: 'GanCanvasMapping',
  /**
   * inputs: `kernel` [3, 3, I, O]; attributes: {@link PackAttributes}. Gives a tensor of rank 1 in the layout that the backend's
   * {@link FUSED_KERNELS.synthesisLayer} wants, and nobody else reads.
   */
  pack: 'GanCanvasPackKernel',
  /**
   * inputs: {@link SynthesisLayerInputs}; attributes: {@link SynthesisLayerAttributes}. Gives [n, size, size, O].
   */
  synthesisLayer: 'GanCanvasSynthesisLayer',
  /** inputs: {@link ToRgbInputs}; attributes: {@link ToRgbAttributes}. Gives [n, s, s, 3]. */
  toRgb: 'GanCanvasToRgb',
  /**
   * inputs: `images` [n, h, w, 3]; attributes: {@link GridAttributes}. Gives int32 [rows · h, columns · w], each the four bytes RGBA of a pixel in
   * memory order.
   */
  grid: 'GanCanvasGrid',
} as const;

/** The widest vector on the way from z to w that {@link FUSED_KERNELS.mapping} takes: z with an embedded class, w, or the classes. */
export const MAX_MAPPING_WIDTH = 1280;

export interface MappingInputs {
  /** [n, zDim], as drawn. */
  readonly z: tf.Tensor2D;
  /** [n, classes]; absent: none. */
  readonly oneHot?: tf.Tensor2D;
  /** Of the embedding of classes, if there are any, and of each layer: the weight [inputs, wDim] with its gains, then the bias [wDim]. */
  readonly layers: tf.Tensor1D;
}

export interface MappingAttributes {
  readonly wDim: number;
  /** Layers, without the embedding. */
  readonly count: number;
  /** Of the leaky ReLU after each of them. */
  readonly slope: number;
}

export interface PackAttributes {
  /** Side of the layer's output. */
  readonly size: number;
  readonly up: boolean;
}

/** Which row of `ws` styles a layer. */
export interface StyleAttributes {
  readonly row: number;
}

/** With x [n or 1, s, s, I]; s = size, or size / 2 when upsampling. */
export interface SynthesisLayerInputs {
  readonly x: tf.Tensor4D;
  /** [n, rows, wDim], of which the layer has one row, w. */
  readonly ws: tf.Tensor3D;
  /** Style = w · affineWeight + affineBias, [wDim, I] and [I]. */
  readonly affineWeight: tf.Tensor2D;
  readonly affineBias: tf.Tensor1D;
  /** What {@link FUSED_KERNELS.pack} gave. */
  readonly kernel: tf.Tensor1D;
  /** Demodulation = rsqrt(style² · power + epsilon), [I, O]. */
  readonly power: tf.Tensor2D;
  /** [O]. */
  readonly bias: tf.Tensor1D;
  /** [n or 1, size, size, 1], to be added before the bias; absent: none. */
  readonly noise?: tf.Tensor4D;
}

export interface SynthesisLayerAttributes extends StyleAttributes {
  readonly size: number;
  readonly up: boolean;
  readonly outputs: number;
  readonly epsilon: number;
  /** Of the leaky ReLU, between 0 and 1. */
  readonly slope: number;
  /** Of the result's magnitude; Infinity: none. */
  readonly limit: number;
}

export interface ToRgbInputs {
  /** [n, s, s, I]. */
  readonly x: tf.Tensor4D;
  readonly ws: tf.Tensor3D;
  readonly affineWeight: tf.Tensor2D;
  readonly affineBias: tf.Tensor1D;
  /** [1, 1, I, 3]. */
  readonly kernel: tf.Tensor4D;
  /** [3]. */
  readonly bias: tf.Tensor1D;
  /** The picture so far, [n, s / 2, s / 2, 3], to be doubled bilinearly with zeros outside and added; absent: none. */
  readonly image?: tf.Tensor4D;
}

export interface ToRgbAttributes extends StyleAttributes {
  /** Of the magnitude of this layer's own colours, before the picture so far is added; Infinity: none. */
  readonly limit: number;
}

export interface GridAttributes {
  readonly columns: number;
}

type FusedKernelName = (typeof FUSED_KERNELS)[keyof typeof FUSED_KERNELS];

/** Whether the current backend has the kernel and no gradient is being recorded, of which it would know nothing. */
export function canFuse(name: FusedKernelName): boolean {
  return tf.engine().state.gradientDepth === 0 && tf.getKernel(name, tf.getBackend()) !== undefined;
}

/** Runs a kernel that {@link canFuse} on the current backend. */
export function runFused<T extends tf.Tensor>(name: FusedKernelName, inputs: object, attributes: object = {}): T {
  return tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as T;
}
