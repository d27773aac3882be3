import * as tf from '@tensorflow/tfjs-core';
import type { DcganArchitecture, DcganLayer } from '../weights/architecture.ts';
import { traceDcganLayers, type DcganMap } from '../weights/dcgan-layers.ts';
import type { BatchStatistics, LayerStatistics } from './batch-statistics.ts';
import {
  activateDcgan,
  applyDcganLayer,
  dcganTensorNames,
  prepareDcganLayer,
  prepareDcganTraining,
  trainDcganLayer,
  type PlacedLayer,
} from './dcgan-layer.ts';
import type { DiscriminatorNetwork, GeneratorNetwork, Parameters, Prepared } from './network.ts';

function placeLayers(role: 'generator' | 'discriminator', layers: readonly DcganLayer[], start: DcganMap): PlacedLayer[] {
  const maps = traceDcganLayers(layers, start);
  return layers.map((layer, index) => ({
    name: `${role}.${index}`,
    layer,
    input: maps[index] as DcganMap,
    output: maps[index + 1] as DcganMap,
  }));
}

function prepareLayers(parameters: Parameters, layers: readonly PlacedLayer[], prepareLayer = prepareDcganLayer): Prepared {
  return tf.tidy(() => {
    const prepared: Prepared = {};
    for (const placed of layers) prepareLayer(prepared, parameters, placed);
    return prepared;
  });
}

/** What a pass in training gives, all of it the caller's. Inside of tf.grads keep (tf.keep) of the statistics what is to be used afterwards. */
export interface TrainingPass<T extends tf.Tensor> {
  readonly output: T;
  /** What each layer that normalises saw; see `moveRunningStatistics`. */
  readonly statistics: BatchStatistics;
}

/** tf.tidy, whose types do not take interfaces. */
function tidyPass<T extends tf.Tensor>(work: () => TrainingPass<T>): TrainingPass<T> {
  return tf.tidy(work as () => TrainingPass<T> & tf.TensorContainerObject);
}

/** x through all layers, each normalised by the batch's own statistics. `isActivated` says after which layers the activation follows. */
function trainLayers(
  prepared: Prepared,
  x: tf.Tensor4D,
  layers: readonly PlacedLayer[],
  isActivated: (placed: PlacedLayer) => boolean = () => true,
): TrainingPass<tf.Tensor4D> {
  const statistics: Record<string, LayerStatistics> = {};
  let output = x;
  for (const placed of layers) {
    const { y, normalized } = trainDcganLayer(prepared, output, placed);
    if (normalized) {
      const { mean, variance } = normalized;
      statistics[placed.name] = { mean, variance, count: y.size / placed.output.channels };
    }
    output = isActivated(placed) ? activateDcgan(y, placed.layer) : y;
  }
  return { output, statistics };
}

/** The generator of a DCGAN. z enters as it was drawn; normalisation uses running statistics. */
export class DcganGenerator implements GeneratorNetwork {
  readonly numWs = 1;
  readonly noiseSizes: readonly number[] = [];
  readonly wDim: number;
  readonly resolution: number;
  readonly parameterNames: readonly string[];
  readonly bufferNames: readonly string[];
  readonly #layers: readonly PlacedLayer[];

  constructor(architecture: DcganArchitecture) {
    this.wDim = architecture.z_dim;
    this.resolution = architecture.resolution;
    this.#layers = placeLayers('generator', architecture.generator, { size: 1, channels: architecture.z_dim });
    const names = this.#layers.map(dcganTensorNames);
    this.parameterNames = names.flatMap(({ parameters }) => parameters);
    this.bufferNames = names.flatMap(({ buffers }) => buffers);
  }

  prepare(parameters: Parameters): Prepared {
    return prepareLayers(parameters, this.#layers);
  }

  map(_prepared: Prepared, z: tf.Tensor2D): tf.Tensor2D {
    return tf.clone(z);
  }

  toWs(_prepared: Prepared, w: tf.Tensor2D, psi: number, offsets: tf.Tensor2D | null): tf.Tensor3D {
    return tf.tidy(() => {
      const ws = tf.expandDims(tf.mul(w, psi), 1) as tf.Tensor3D;
      return offsets ? tf.add(ws, tf.expandDims(offsets, 0)) : ws;
    });
  }

  synthesize(prepared: Prepared, ws: tf.Tensor3D): tf.Tensor4D {
    return tf.tidy(() => {
      let x = tf.reshape(ws, [ws.shape[0], 1, 1, this.wDim]) as tf.Tensor4D;
      for (const placed of this.#layers) x = activateDcgan(applyDcganLayer(prepared, x, placed), placed.layer);
      return x;
    });
  }

  /** As {@link prepare}, for {@link synthesizeTraining}; running statistics are not needed. */
  prepareTraining(parameters: Parameters): Prepared {
    return prepareLayers(parameters, this.#layers, prepareDcganTraining);
  }

  /** z [n, z_dim] to images [n, resolution, resolution, 3], normalised by the batch's own statistics: the generator in training. */
  synthesizeTraining(prepared: Prepared, z: tf.Tensor2D): TrainingPass<tf.Tensor4D> {
    return tidyPass(() => trainLayers(prepared, tf.reshape(z, [z.shape[0], 1, 1, this.wDim]), this.#layers));
  }
}

/**
 * The discriminator of a DCGAN. Its closing sigmoid is left to the caller: losses are computed from logits. With `filters` in place of the one in
 * its last layer it gives [n, filters]: the encoder of an autoencoder.
 */
export class DcganDiscriminator implements DiscriminatorNetwork {
  readonly parameterNames: readonly string[];
  readonly bufferNames: readonly string[];
  readonly #layers: readonly PlacedLayer[];

  constructor(architecture: DcganArchitecture) {
    this.#layers = placeLayers('discriminator', architecture.discriminator, { size: architecture.resolution, channels: 3 });
    const names = this.#layers.map(dcganTensorNames);
    this.parameterNames = names.flatMap(({ parameters }) => parameters);
    this.bufferNames = names.flatMap(({ buffers }) => buffers);
  }

  prepare(parameters: Parameters): Prepared {
    return prepareLayers(parameters, this.#layers);
  }

  discriminate(prepared: Prepared, images: tf.Tensor4D): tf.Tensor2D {
    return tf.tidy(() => tf.reshape(this.#runLayers(prepared, images).at(-1) as tf.Tensor4D, [images.shape[0], -1]));
  }

  extractFeatures(prepared: Prepared, images: tf.Tensor4D): tf.Tensor4D[] {
    return tf.tidy(() => this.#runLayers(prepared, images).slice(0, -1));
  }

  /** What each layer gives. */
  #runLayers(prepared: Prepared, images: tf.Tensor4D): tf.Tensor4D[] {
    let x = images;
    return this.#layers.map((placed) => {
      x = applyDcganLayer(prepared, x, placed);
      if (this.#isActivated(placed)) x = activateDcgan(x, placed.layer);
      return x;
    });
  }

  /** As {@link prepare}, for {@link discriminateTraining}; running statistics are not needed. */
  prepareTraining(parameters: Parameters): Prepared {
    return prepareLayers(parameters, this.#layers, prepareDcganTraining);
  }

  /** Images to logits [n, 1], normalised by the batch's own statistics: real and generated pictures are batches of their own. */
  discriminateTraining(prepared: Prepared, images: tf.Tensor4D): TrainingPass<tf.Tensor2D> {
    return tidyPass(() => {
      const { output, statistics } = trainLayers(prepared, images, this.#layers, (placed) => this.#isActivated(placed));
      return { output: tf.reshape(output, [images.shape[0], -1]) as tf.Tensor2D, statistics };
    });
  }

  /** Not after the last layer, where it would be the sigmoid. */
  #isActivated(placed: PlacedLayer): boolean {
    return placed !== this.#layers.at(-1) || placed.layer.activation !== 'sigmoid';
  }
}
