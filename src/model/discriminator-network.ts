import { assertNever } from '../support/errors.ts';
import type { Architecture } from '../weights/architecture.ts';
import { DcganDiscriminator } from './dcgan-networks.ts';
import type { DiscriminatorNetwork } from './network.ts';
import { StyleGan2Discriminator } from './stylegan2-discriminator.ts';

export type { DiscriminatorNetwork } from './network.ts';

/** The discriminator that an architecture describes. The architecture must be valid (see `parseArchitecture`). */
export function createDiscriminatorNetwork(architecture: Architecture): DiscriminatorNetwork {
  switch (architecture.kind) {
    case 'stylegan2':
      return new StyleGan2Discriminator(architecture);
    case 'dcgan':
      return new DcganDiscriminator(architecture);
    default:
      return assertNever(architecture);
  }
}
