import * as tf from '@tensorflow/tfjs-core';
import { createDiscriminatorNetwork } from '../model/discriminator-network.ts';
import { createGeneratorNetwork } from '../model/generator-network.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Adaptation, type AdaptationNetworks } from './adaptation.ts';
import type { AdversarialSettings } from './adversarial-trainer.ts';
import { DiversityMeter } from './diversity-meter.ts';
import { chooseGeneratorParameters } from './moving-parts.ts';
import { PIVOTAL_SETTINGS, PivotalTrainer, type PivotalSettings } from './pivotal-trainer.ts';
import { openFromNothing } from './open-from-nothing.ts';
import { readShown, toTensors, USUAL_MOST_LOSS, type OpenTraining } from './opened-training.ts';
import type { Trainer } from './trainer.ts';
import { GanCanvasError } from '../support/errors.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import type { WeightsFile } from '../weights/weights-file.ts';
import { startsFromNothing, type TrainingSettings } from './training-settings.ts';

const ADAM = { beta1: 0, beta2: 0.99, epsilon: 1e-8 };
/** R1's weight for 64×64 pixels and batches of 8, by StyleGAN2-ADA's rule: 0.0002 · side² / batch. */
const R1_RULE = 0.0002;
const R1_EVERY = 16;
/** Half-life of the moving average in images: short, since trainings are. */
const AVERAGE_IMAGES = 400;
const AUGMENTATION = { share: 0.4, target: 0.6, images: 8_000, most: 0.8 };

function adversarialSettings({ loss, learningRate, gradientLimit, batch }: TrainingSettings, side: number): AdversarialSettings {
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

/** How a reconstruction's steps are divided: what is not for finding the pictures is for learning them. */
const SEARCH_SHARE = 0.05;
const PROJECTION_SHARE = 0.45;

function pivotalSettings({ steps, learningRate, gradientLimit }: TrainingSettings, pictures: number, hasNoise: boolean): PivotalSettings {
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

function openReconstruction(networks: AdaptationNetworks, file: WeightsFile, pictures: readonly Uint8Array[], settings: TrainingSettings) {
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

async function measureShown(runtime: Runtime, trainer: Trainer<object>, meter: DiversityMeter): Promise<number> {
  const { tensors, moved } = runtime.run(() => trainer.shownTensors());
  const measuring = runtime.run(() => meter.ofGenerator(tensors));
  tf.dispose(moved.map((name) => tensors.get(name) as tf.Tensor));
  return measuring;
}

async function readRows(rows: tf.Tensor2D): Promise<Float32Array[]> {
  const values = await rows.data<'float32'>();
  const [count, width] = rows.shape;
  rows.dispose();
  return Array.from({ length: count }, (_, row) => values.slice(row * width, (row + 1) * width));
}

/** Puts the networks on the backend and opens a trainer for the pictures. Gradients must be loaded. */
export function openTraining(
  runtime: Runtime,
  file: WeightsFile,
  discriminatorFile: WeightsFile | null,
  pictures: readonly Uint8Array[],
  settings: TrainingSettings,
): OpenTraining {
  const { info, tensors } = file;
  const { architecture } = info;
  const { method } = settings;
  if (architecture.kind === 'stylegan2') return openTeaching(runtime, architecture, file, discriminatorFile, pictures, settings);
  if (startsFromNothing(method)) return runtime.run(() => openFromNothing(runtime, architecture, toTensors(tensors), pictures, { ...settings, method })); // prettier-ignore
  throw new GanCanvasError(
    'invalid-argument',
    `The model "${info.name}" is a DCGAN, and the method "${method}" is for StyleGAN2 models; reset the weights to the first model, or train from nothing with textbook-gan or vae.`,
  );
}

function openTeaching(
  runtime: Runtime,
  architecture: StyleGan2Architecture,
  file: WeightsFile,
  discriminatorFile: WeightsFile | null,
  pictures: readonly Uint8Array[],
  settings: TrainingSettings,
): OpenTraining {
  const [generator, discriminator] = [createGeneratorNetwork(architecture), createDiscriminatorNetwork(architecture)];
  return runtime.run(() => {
    const [generatorTensors, discriminatorTensors] = [toTensors(file.tensors), toTensors(discriminatorFile?.tensors ?? new Map())];
    const networks = { architecture, generator, discriminator, generatorTensors, discriminatorTensors };
    const close = (): void => {
      tf.dispose([...generatorTensors.values(), ...discriminatorTensors.values()]);
    };
    return settings.method === 'reconstruction'
      ? watchReconstruction(runtime, openReconstruction(networks, file, pictures, settings), close)
      : watchAdaptation(runtime, networks, file, pictures, settings, close);
  });
}

function watchReconstruction(
  runtime: Runtime,
  { trainer, pivots }: ReturnType<typeof openReconstruction>,
  close: () => void,
): OpenTraining {
  return {
    trainer,
    diversity: null,
    mostLoss: USUAL_MOST_LOSS,
    readShown: () => readShown(runtime, trainer),
    readPivots: () => readRows(runtime.run(pivots)),
    close: () => {
      trainer.dispose();
      close();
    },
  };
}

function watchAdaptation(
  runtime: Runtime,
  networks: AdaptationNetworks,
  { info }: WeightsFile,
  pictures: readonly Uint8Array[],
  settings: TrainingSettings,
  close: () => void,
): OpenTraining {
  const trainer = new Adaptation(networks, {
    ...settings,
    pictures,
    settings: adversarialSettings(settings, networks.architecture.resolution),
    augmentation: { share: AUGMENTATION.share, overfitting: 0 },
    nested: info.nested,
    hasNoise: info.noise !== 'none',
  });
  const meter = new DiversityMeter(networks, { noise: { mode: info.noise === 'none' ? 'none' : 'const' }, ...settings });
  return {
    trainer,
    diversity: {
      now: () => measureShown(runtime, trainer, meter),
      ofPictures: () => runtime.run(() => meter.ofPictures(pictures)),
    },
    mostLoss: USUAL_MOST_LOSS,
    readShown: () => readShown(runtime, trainer),
    readPivots: () => Promise.resolve([]),
    close: () => {
      trainer.dispose();
      meter.dispose();
      close();
    },
  };
}
