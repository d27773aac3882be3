import * as tf from '@tensorflow/tfjs-core';
import type { DcganArchitecture, DcganLayer } from '../weights/architecture.ts';
import { traceDcganLayers, type DcganMap } from '../weights/dcgan-layers.ts';
import { activateDcgan, applyDcganLayer, dcganTensorNames, prepareDcganLayer, type PlacedLayer } from './dcgan-layer.ts';
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

function prepareLayers(parameters: Parameters, layers: readonly PlacedLayer[]): Prepared {
  return tf.tidy(() => {
    const prepared: Prepared = {};
    for (const placed of layers) prepareDcganLayer(prepared, parameters, placed);
    return prepared;
  });
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
}

/** The discriminator of a DCGAN. Its closing sigmoid is left to the caller: losses are computed from logits. */
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
    return tf.tidy(() => {
      let x = images;
      this.#layers.forEach((placed, index) => {
        x = applyDcganLayer(prepared, x, placed);
        const isLogit = index === this.#layers.length - 1 && placed.layer.activation === 'sigmoid';
        if (!isLogit) x = activateDcgan(x, placed.layer);
      });
      return tf.reshape(x, [images.shape[0], 1]);
    });
  }
}
