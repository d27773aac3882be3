import type { DcganArchitecture } from '../weights/architecture.ts';
import type { WeightsFile } from '../weights/weights-file.ts';
import { createDcganArchitecture } from './create-dcgan-architecture.ts';
import { drawInitialWeights } from './initial-dcgan-weights.ts';
import type { NetworkSettings } from './training-settings.ts';

/** What a network that begins from nothing is called. */
export const UNTRAINED_NAME = 'untitled';

/**
 * The architecture that is asked for.
 * @throws GanCanvasError `invalid-argument` for what is out of range or does not go together
 */
export function createNetworkArchitecture({ latentDim, stride, depth, activation, ...rest }: NetworkSettings): DcganArchitecture {
  return createDcganArchitecture({
    ...rest,
    zDim: latentDim,
    stride,
    ...(depth !== null && { depth }),
    ...(activation !== null && { activation }),
  });
}

/** A generator that has seen nothing yet, as a weights file. Equal networks and seeds give equal weights. */
export function createUntrainedModel(network: NetworkSettings, seed: string): WeightsFile {
  const architecture = createNetworkArchitecture(network);
  const { resolution, z_dim: zDim } = architecture;
  return {
    info: {
      ...{ name: UNTRAINED_NAME, architecture, resolution, zDim, directionDim: zDim, numWs: 1 },
      ...{ labels: [], nested: false, truncation: 1, directions: [], tuning: null, discriminator: null },
      noise: 'const',
      ...{ licence: '', attribution: '', imagesSeen: 0, metrics: {}, trainingData: 'Pictures of a visitor, in their own browser.' },
    },
    role: 'generator',
    tensors: drawInitialWeights(architecture, 'generator', seed),
    directions: new Map(),
    metadata: {},
  };
}
