/**
 * Layer `model`: networks as functions of an architecture (plain JSON), named tensors and inputs. It may assume that the caller made a backend
 * current (`Runtime.run`); it knows no backend, no file, no seed. Tensors are NHWC and float32; parameters keep the names and layouts of the
 * weights file (OIHW). Arguments are borrowed, results are owned by the caller.
 */
import type { NamedTensorMap, Scalar, Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import { GanCanvasError } from '../support/errors.ts';

/** Tensors by their names in the weights file. */
export type Parameters = ReadonlyMap<string, Tensor>;

/** What a network computes once from its parameters: other layouts, folded kernels. Owned by who prepared it: `tf.dispose(prepared)`. */
export type Prepared = NamedTensorMap;

/** Where a StyleGAN2's noise comes from. DCGANs have none. */
export type Noise =
  | { readonly mode: 'none' }
  | { readonly mode: 'const' }
  /** `fields(layer)` gives standard normal deviates [n or 1, size, size, 1], size = `noiseSizes[layer]`; borrowed. */
  | { readonly mode: 'random'; readonly fields: (layer: number) => Tensor4D };

export interface GeneratorNetwork {
  /** Rows of ws. */
  readonly numWs: number;
  /** Length of a row of ws: w_dim, or z_dim for a DCGAN. */
  readonly wDim: number;
  /** Pixels along a side. */
  readonly resolution: number;
  /** Side of each noise field, by layer; empty for a DCGAN. */
  readonly noiseSizes: readonly number[];
  /** Names of what training moves. */
  readonly parameterNames: readonly string[];
  /** Names of what a file carries beside them: averages, constant noise. Some may be absent from a file. */
  readonly bufferNames: readonly string[];
  /** A differentiable function of the parameters; run it again after they changed. */
  prepare(parameters: Parameters): Prepared;
  /** z [n, z_dim] as drawn, and one-hot classes [n, classes] (null without classes) to w [n, wDim]. DCGAN: z itself. */
  map(prepared: Prepared, z: Tensor2D, oneHot: Tensor2D | null): Tensor2D;
  /**
   * w [n, wDim] to ws [n, numWs, wDim]: mean + psi (w − mean), then the offsets of directions [numWs, wDim], if any.
   * A DCGAN's mean is 0.
   */
  toWs(prepared: Prepared, w: Tensor2D, psi: number | Scalar, offsets: Tensor2D | null): Tensor3D;
  /** ws [n, numWs, wDim] to images [n, resolution, resolution, 3], about −1…1 and not clamped. */
  synthesize(prepared: Prepared, ws: Tensor3D, noise: Noise): Tensor4D;
}

export interface DiscriminatorNetwork {
  readonly parameterNames: readonly string[];
  readonly bufferNames: readonly string[];
  prepare(parameters: Parameters): Prepared;
  /** Images [n, resolution, resolution, 3] and one-hot classes [n, classes] (null without classes) to logits [n, 1]; sigmoid(logit) is the probability. */
  discriminate(prepared: Prepared, images: Tensor4D, oneHot: Tensor2D | null): Tensor2D;
  /** What its layers make of images on the way to the logits, from the picture on: [n, h, w, c] each, every picture by itself. */
  extractFeatures(prepared: Prepared, images: Tensor4D): Tensor4D[];
}

/** The parameter of that name; `weights-format` when it is missing. */
export function requireParameter(parameters: Parameters, name: string): Tensor {
  const tensor = parameters.get(name);
  if (!tensor) throw new GanCanvasError('weights-format', `The weights have no tensor "${name}", which the architecture needs.`);
  return tensor;
}

/** The prepared tensor of that name, at the rank that its layer gave it. */
export function preparedTensor<T extends Tensor>(prepared: Prepared, name: string): T {
  const tensor = prepared[name];
  if (!tensor) throw new GanCanvasError('internal', `Prepared tensor "${name}" is missing; this is a defect of gan-canvas.`);
  return tensor as T;
}
