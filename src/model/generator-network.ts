import { assertNever } from '../support/errors.ts';
import type { Architecture } from '../weights/architecture.ts';
import { DcganGenerator } from './dcgan-networks.ts';
import type { GeneratorNetwork } from './network.ts';
import { StyleGan2Generator } from './stylegan2-generator.ts';

export type { GeneratorNetwork, Noise, Parameters, Prepared } from './network.ts';

/** The generator that an architecture describes. The architecture must be valid (see `parseArchitecture`). */
export function createGeneratorNetwork(architecture: Architecture): GeneratorNetwork {
  switch (architecture.kind) {
    case 'stylegan2':
      return new StyleGan2Generator(architecture);
    case 'dcgan':
      return new DcganGenerator(architecture);
    default:
      return assertNever(architecture);
  }
}
