import * as tf from '@tensorflow/tfjs-core';
import { createDiscriminatorNetwork } from '../../model/discriminator-network.ts';
import { createGeneratorNetwork } from '../../model/generator-network.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { Adaptation, type AdaptationNetworks } from '../../training/adaptation.ts';
import type { AdversarialSettings } from '../../training/adversarial-trainer.ts';
import { DiversityMeter } from '../../training/diversity-meter.ts';
import { chooseGeneratorParameters } from '../../training/moving-parts.ts';
import { PIVOTAL_SETTINGS, PivotalTrainer, type PivotalSettings } from '../../training/pivotal-trainer.ts';
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
  /** Null where there is nothing to measure it with, or pictures are to be alike. */
  readonly meter: DiversityMeter | null;
  /** Of a reconstruction: where each picture lies, w less its mean [pictures, w_dim]; owned by the caller. */
  readonly pivots: (() => tf.Tensor2D) | null;
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

/** How a reconstruction's steps are divided: what is not for finding the pictures is for learning them. */
const SEARCH_SHARE = 0.05;
const PROJECTION_SHARE = 0.45;

function pivotalSettings({ steps, learningRate, gradientLimit }: FineTuneSettings, pictures: number, hasNoise: boolean): PivotalSettings {
  const { batch, tuningAdam } = PIVOTAL_SETTINGS;
  const groups = Math.ceil(pictures / batch);
  return {
    ...PIVOTAL_SETTINGS,
    candidates: Math.max(1, Math.round(steps * SEARCH_SHARE)) * batch,
    projectionSteps: Math.max(1, Math.round((steps * PROJECTION_SHARE) / groups)),
    tuningAdam: { ...tuningAdam, learningRate },
    limit: gradientLimit,
    noise: hasNoise ? 'const' : 'none',
  };
}

function openReconstruction(networks: AdaptationNetworks, file: WeightsFile, pictures: readonly Uint8Array[], settings: FineTuneSettings) {
  const { architecture, generator, generatorTensors } = networks;
  const names = generator.parameterNames.filter((name) => generatorTensors.has(name));
  const parts = {
    ...networks,
    discriminator: networks.discriminatorTensors.size > 0 ? networks.discriminator : null,
    ...{ zDim: architecture.z_dim, classes: architecture.classes, pictures, seed: settings.seed },
    movingInGenerator: chooseGeneratorParameters(names, settings.moving, architecture),
  };
  const trainer = new PivotalTrainer(parts, pivotalSettings(settings, pictures.length, file.info.noise !== 'none'));
  const pivots = (): tf.Tensor2D =>
    tf.tidy(() => {
      const mean = networks.generatorTensors.get('mapping.w_avg') as tf.Tensor1D;
      return tf.sub(tf.mean(trainer.pivots(), 1), mean);
    });
  return { trainer, pivots };
}

/** Puts both networks on the backend and opens a trainer for the pictures. To be called once gradients are loaded. */
export function openTraining(
  runtime: Runtime,
  file: WeightsFile,
  discriminatorFile: WeightsFile | null,
  pictures: readonly Uint8Array[],
  settings: FineTuneSettings,
): OpenTraining {
  const architecture = assertTrainable(file);
  const [generator, discriminator] = [createGeneratorNetwork(architecture), createDiscriminatorNetwork(architecture)];
  return runtime.run(() => {
    const [generatorTensors, discriminatorTensors] = [
      toTensors(file),
      discriminatorFile ? toTensors(discriminatorFile) : new Map<string, tf.Tensor>(),
    ];
    const networks = { architecture, generator, discriminator, generatorTensors, discriminatorTensors };
    const close = (): void => {
      tf.dispose([...generatorTensors.values(), ...discriminatorTensors.values()]);
    };
    if (settings.method === 'reconstruction') {
      const { trainer, pivots } = openReconstruction(networks, file, pictures, settings);
      return {
        ...{ trainer, pivots, meter: null },
        close: () => {
          trainer.dispose();
          close();
        },
      };
    }
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
      pivots: null,
      close: () => {
        trainer.dispose();
        meter.dispose();
        close();
      },
    };
  });
}
