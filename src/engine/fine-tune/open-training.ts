import * as tf from '@tensorflow/tfjs-core';
import { createDiscriminatorNetwork } from '../../model/discriminator-network.ts';
import { createGeneratorNetwork } from '../../model/generator-network.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { Adaptation } from '../../training/adaptation.ts';
import type { AdversarialSettings } from '../../training/adversarial-trainer.ts';
import { DiversityMeter } from '../../training/diversity-meter.ts';
import type { Trainer } from '../../training/trainer.ts';
import { GanCanvasError } from '../../support/errors.ts';
import type { StyleGan2Architecture } from '../../weights/architecture.ts';
import { loadWeightsBytes } from '../../weights/fetch-weights.ts';
import { decodeWeights, type WeightsFile } from '../../weights/weights-file.ts';
import type { FineTuneSettings } from './fine-tune-settings.ts';
import type { FineTuneJob } from './fine-tune-job.ts';

/** A trainer at work on a backend, with what watches it. */
export interface OpenTraining {
  readonly trainer: Trainer<object> & { learningRateFactor: number };
  /** Null where there is nothing to measure it with. */
  readonly meter: DiversityMeter | null;
  /** Gives everything back; on a lost device too. */
  close(): void;
}

const ADAM = { beta1: 0, beta2: 0.99, epsilon: 1e-8 };
/** R1's weight for 64×64 pixels and batches of 8, by StyleGAN2-ADA's rule: 0.0002 · side² / batch. */
const R1_RULE = 0.0002;
const R1_EVERY = 16;
/** Half-life of the moving average in images: short, since trainings are. */
const AVERAGE_IMAGES = 400;
const AUGMENTATION = { share: 0.4, target: 0.6, images: 8_000, most: 0.8 };

function adversarialSettings({ loss, learningRate, gradientLimit, batch }: FineTuneSettings, side: number): AdversarialSettings {
  const adam = { ...ADAM, learningRate };
  return {
    loss,
    generatorAdam: adam,
    discriminatorAdam: adam,
    limit: gradientLimit,
    r1Gamma: (R1_RULE * side * side) / batch,
    r1Every: R1_EVERY,
    augmentation: { target: AUGMENTATION.target, images: AUGMENTATION.images, most: AUGMENTATION.most },
    averageImages: AVERAGE_IMAGES,
  };
}

function assertTrainable({ info }: WeightsFile): StyleGan2Architecture {
  if (info.architecture.kind === 'stylegan2') return info.architecture;
  throw new GanCanvasError('invalid-argument', `The model "${info.name}" is a DCGAN; fine-tuning is for StyleGAN2 models.`);
}

/** The discriminator of a model, as its weights file names it. */
export async function loadDiscriminator(
  where: FineTuneJob['discriminator'],
  file: WeightsFile,
  signal?: AbortSignal,
): Promise<WeightsFile> {
  if (where === null) {
    const message = `The model "${file.info.name}" has no discriminator, which adversarial training needs; use the method reconstruction.`;
    throw new GanCanvasError('invalid-argument', message);
  }
  const bytes = await loadWeightsBytes(where.url, { integrity: where.integrity ?? undefined, signal });
  const discriminator = decodeWeights(bytes);
  const isOfModel = JSON.stringify(discriminator.info.architecture) === JSON.stringify(file.info.architecture);
  if (discriminator.role === 'discriminator' && isOfModel) return discriminator;
  throw new GanCanvasError('weights-format', `${where.url} is not the discriminator of the model "${file.info.name}".`);
}

function toTensors({ tensors }: WeightsFile): Map<string, tf.Tensor> {
  return new Map([...tensors].map(([name, { values, shape }]) => [name, tf.tensor(values, [...shape])]));
}

/** Puts both networks on the backend and opens a trainer for the pictures. To be called once gradients are loaded. */
export function openTraining(
  runtime: Runtime,
  file: WeightsFile,
  discriminatorFile: WeightsFile,
  pictures: readonly Uint8Array[],
  settings: FineTuneSettings,
): OpenTraining {
  const architecture = assertTrainable(file);
  const [generator, discriminator] = [createGeneratorNetwork(architecture), createDiscriminatorNetwork(architecture)];
  return runtime.run(() => {
    const [generatorTensors, discriminatorTensors] = [toTensors(file), toTensors(discriminatorFile)];
    const networks = { architecture, generator, discriminator, generatorTensors, discriminatorTensors };
    const trainer = new Adaptation(networks, {
      ...settings,
      pictures,
      settings: adversarialSettings(settings, architecture.resolution),
      augmentation: { share: AUGMENTATION.share, overfitting: 0 },
      nested: file.info.nested,
      hasNoise: file.info.noise !== 'none',
    });
    const meter = new DiversityMeter(networks, { noise: file.info.noise === 'none' ? { mode: 'none' } : { mode: 'const' }, ...settings });
    return {
      trainer,
      meter,
      close: () => {
        trainer.dispose();
        meter.dispose();
        tf.dispose([...generatorTensors.values(), ...discriminatorTensors.values()]);
      },
    };
  });
}
