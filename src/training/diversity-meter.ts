import * as tf from '@tensorflow/tfjs-core';
import { createNormalStream, sampleClass } from '../latent/seeded-random.ts';
import type { Noise, Prepared } from '../model/network.ts';
import type { AdaptationNetworks } from './adaptation.ts';
import { embedPictures, meanPairwiseDistance } from './diversity.ts';
import type { NamedTensors } from './flat-parameters.ts';

/** Latents that are looked at, always the same. */
const SAMPLES = 16;

/**
 * How much a generator's pictures differ from one another: the mean distance between those of sixteen fixed latents, in the features of the
 * discriminator as it was at the start. Owns its tensors.
 */
export class DiversityMeter {
  readonly #networks: AdaptationNetworks;
  readonly #noise: Noise;
  readonly #judge: Prepared;
  readonly #z: tf.Tensor2D;
  readonly #oneHot: tf.Tensor2D | null;

  /** `noise` without fields; `classIndex`: the class to be looked at, or null for all of them. */
  constructor(networks: AdaptationNetworks, { noise, classIndex }: { readonly noise: Noise; readonly classIndex: number | null }) {
    const { z_dim, classes } = networks.architecture;
    this.#networks = networks;
    this.#noise = noise;
    this.#judge = networks.discriminator.prepare(networks.discriminatorTensors);
    this.#z = tf.tensor2d(createNormalStream('diversity', 'z')(SAMPLES * z_dim), [SAMPLES, z_dim]);
    const chosen = new Float32Array(SAMPLES * classes);
    for (let n = 0; n < SAMPLES && classes > 0; n++) chosen[n * classes + (classIndex ?? sampleClass(`diversity/${n}`, classes))] = 1;
    this.#oneHot = classes > 0 ? tf.tensor2d(chosen, [SAMPLES, classes]) : null;
  }

  /** Of a generator with these tensors, which are borrowed. */
  async ofGenerator(tensors: NamedTensors): Promise<number> {
    const { generator } = this.#networks;
    return this.#measure(() => {
      const prepared = generator.prepare(tensors);
      const ws = generator.toWs(prepared, generator.map(prepared, this.#z, this.#oneHot), 1, null);
      return generator.synthesize(prepared, ws, this.#noise);
    }, SAMPLES);
  }

  /** Of pictures, side · side · 3 bytes each; of at most as many as are generated, spread over all. */
  async ofPictures(pictures: readonly Uint8Array[]): Promise<number> {
    const side = this.#networks.architecture.resolution;
    const count = Math.min(SAMPLES, pictures.length);
    if (count < 2) return 0;
    return this.#measure(() => {
      const values = new Float32Array(count * side * side * 3);
      for (let n = 0; n < count; n++) values.set(pictures[Math.floor((n * pictures.length) / count)] ?? [], n * side * side * 3);
      return tf.sub(tf.div(tf.tensor4d(values, [count, side, side, 3]), 127.5), 1);
    }, count);
  }

  async #measure(draw: () => tf.Tensor4D, count: number): Promise<number> {
    const features = tf.tidy(() => embedPictures(this.#networks.discriminator, this.#judge, draw()));
    const values = await features.data<'float32'>();
    features.dispose();
    return meanPairwiseDistance(values, count);
  }

  dispose(): void {
    tf.dispose([this.#judge, this.#z]);
    this.#oneHot?.dispose();
  }
}
