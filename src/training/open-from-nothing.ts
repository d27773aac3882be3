import * as tf from '@tensorflow/tfjs-core';
import type { Runtime } from '../runtime/runtime.ts';
import type { DcganArchitecture } from '../weights/architecture.ts';
import type { AdamSettings } from './adam.ts';
import type { NamedTensors } from './flat-parameters.ts';
import { drawInitialWeights } from './initial-dcgan-weights.ts';
import { readShown, toTensors, USUAL_MOST_LOSS, type OpenTraining } from './opened-training.ts';
import { TEXTBOOK_ADAM, TextbookGanTrainer } from './textbook-gan-trainer.ts';
import type { FromNothingMethod, TrainingSettings } from './training-settings.ts';
import { createEncoderArchitecture, VaeTrainer } from './vae-trainer.ts';

/** As Kingma and Welling's successors use it; a VAE has no opponent that momentum would upset. */
const VAE_ADAM: AdamSettings = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
/** Of the divergence in a VAE's loss: the evidence lower bound. */
const VAE_BETA = 1;
/** A VAE's losses are sums over a picture, whose channels differ by 2 at most: (2 · 2)/2 a value. This many times that is no training any more. */
const VAE_MARGIN = 10;

/** What a network that begins from nothing learns from, and how. */
interface Lessons {
  readonly architecture: DcganArchitecture;
  readonly generatorTensors: NamedTensors;
  /** The discriminator's, or the encoder's. */
  readonly mirrorTensors: NamedTensors;
  readonly pictures: readonly Uint8Array[];
  readonly settings: TrainingSettings;
}

function createGan({ architecture, generatorTensors, mirrorTensors, pictures, settings }: Lessons): TextbookGanTrainer {
  const { batch, seed, mirror, loss, learningRate } = settings;
  const adam = { ...TEXTBOOK_ADAM, learningRate };
  return new TextbookGanTrainer(
    { architecture, generatorTensors, discriminatorTensors: mirrorTensors },
    { pictures, batch, seed, mirror, loss, generatorAdam: adam, discriminatorAdam: adam },
  );
}

function createVae({ architecture, generatorTensors, mirrorTensors, pictures, settings }: Lessons): VaeTrainer {
  const { batch, seed, mirror, learningRate } = settings;
  return new VaeTrainer(
    { architecture, generatorTensors, encoderTensors: mirrorTensors },
    { pictures, batch, seed, mirror, adam: { ...VAE_ADAM, learningRate }, beta: VAE_BETA },
  );
}

/**
 * Opens a trainer for a generator that has seen nothing yet, its discriminator or encoder drawn from the seed. How much its pictures differ is not
 * watched: the grey ones at the start are all alike, and that a textbook's GAN may collapse is what it is to show.
 */
export function openFromNothing(
  runtime: Runtime,
  architecture: DcganArchitecture,
  generatorTensors: NamedTensors,
  pictures: readonly Uint8Array[],
  settings: TrainingSettings & { readonly method: FromNothingMethod },
): OpenTraining {
  const isGan = settings.method === 'textbook-gan';
  const mirrored = isGan ? architecture : createEncoderArchitecture(architecture);
  return runtime.run(() => {
    const mirrorTensors = toTensors(drawInitialWeights(mirrored, 'discriminator', settings.seed));
    const lessons = { architecture, generatorTensors, mirrorTensors, pictures, settings };
    const trainer = isGan ? createGan(lessons) : createVae(lessons);
    return {
      trainer,
      diversity: null,
      mostLoss: isGan ? USUAL_MOST_LOSS : VAE_MARGIN * 2 * 3 * architecture.resolution ** 2,
      readShown: () => readShown(runtime, trainer),
      readPivots: () => Promise.resolve([]),
      close: () => {
        trainer.dispose();
        tf.dispose([...generatorTensors.values(), ...mirrorTensors.values()]);
      },
    };
  });
}
