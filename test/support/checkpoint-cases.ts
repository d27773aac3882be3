import * as tf from '@tensorflow/tfjs-core';
import { createDiscriminatorNetwork } from '../../src/model/discriminator-network.ts';
import { createGeneratorNetwork } from '../../src/model/generator-network.ts';
import { decodeWeights, type WeightsFile, type WeightsTensor } from '../../src/weights/weights-file.ts';
import type { FixtureCases } from './fixture-weights.ts';
import { fixtureClasses, fixtureTensor, fixtureTensors, type Arrays } from './tensor-fixture.ts';

/** A checkpoint in test/fixtures, and what its networks give in PyTorch. */
export interface CheckpointFixture {
  readonly files: readonly string[];
  /** Of which network of `loadFixtureCases`. */
  readonly cases: FixtureCases;
  /** Allowed between our outputs and the reference's. */
  readonly tolerance: number;
}

/** Every checkpoint in test/fixtures with the outputs that its networks have in PyTorch. DCGANs of random weights draw values below 0.04. */
export const CHECKPOINTS: readonly CheckpointFixture[] = [
  { files: ['tiny-stylegan2-ada.pkl'], cases: 'tiny-stylegan2-ada', tolerance: 1e-3 },
  { files: ['tiny-rosinality.pt'], cases: 'stylegan2-tiny', tolerance: 1e-3 },
  { files: ['tiny-recipe.pt'], cases: 'stylegan2-tiny-classes', tolerance: 1e-3 },
  { files: ['tiny-dcgan-generator.pth', 'tiny-dcgan-discriminator.pth'], cases: 'tiny-dcgan', tolerance: 1e-5 },
  { files: ['tiny-dcgan-generator-legacy.pth', 'tiny-dcgan-discriminator.pth'], cases: 'tiny-dcgan', tolerance: 1e-5 },
  { files: ['tiny-dcgan-whole.pth'], cases: 'tiny-dcgan-whole', tolerance: 1e-5 },
];

/** Decodes a network that an import gave. */
export function decodeNetwork(bytes: Uint8Array | null): WeightsFile {
  if (bytes === null) throw new Error('This network was not imported.');
  return decodeWeights(bytes);
}

/** The reference's pictures by name: `image`, `image.psi0.7.noise_const`. */
export function imageCases(cases: Arrays): readonly (readonly [string, WeightsTensor])[] {
  return [...cases].filter(([key]) => key.startsWith('image'));
}

/** What the imported generator draws in place of that picture; owned by the caller. */
export function drawCase(weights: WeightsFile, cases: Arrays, key: string): tf.Tensor {
  const [, psi = '1', noise = 'none'] = /psi([\d.]+)\.noise_(\w+)/.exec(key) ?? [];
  const network = createGeneratorNetwork(weights.info.architecture);
  return tf.tidy(() => {
    const prepared = network.prepare(fixtureTensors(weights.tensors));
    const w = network.map(prepared, fixtureTensor<tf.Tensor2D>(cases, 'z'), fixtureClasses(cases));
    return network.synthesize(prepared, network.toWs(prepared, w, Number(psi), null), { mode: noise === 'const' ? 'const' : 'none' });
  });
}

/** What the imported discriminator gives and what it should, logits or probabilities; null where the reference has neither. */
export function judgeCase(weights: WeightsFile, cases: Arrays): { readonly tensor: tf.Tensor; readonly expected: Float32Array } | null {
  const [logit, probability] = ['logit', 'probability'].map((part) => cases.get(`discriminator.${part}`)?.values);
  const expected = logit ?? probability;
  if (expected === undefined) return null;
  const network = createDiscriminatorNetwork(weights.info.architecture);
  const tensor = tf.tidy(() => {
    const prepared = network.prepare(fixtureTensors(weights.tensors));
    const judged = network.discriminate(prepared, fixtureTensor<tf.Tensor4D>(cases, 'discriminator.input'), fixtureClasses(cases));
    return logit === undefined ? tf.sigmoid(judged) : judged;
  });
  return { tensor, expected };
}
