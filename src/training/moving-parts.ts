import { assertNever } from '../support/errors.ts';
import type { StyleGan2Architecture } from '../weights/architecture.ts';
import { blockResolutions } from '../weights/tensor-shapes.ts';

/**
 * What of the generator moves. `styles`: how w chooses among what the layers can draw; `late-layers`: everything that works on the larger half of
 * the resolutions, so texture and detail; `all`: every synthesis layer. The mapping network never moves: directions and seeds keep their meaning.
 */
export const MOVING_PARTS = ['styles', 'late-layers', 'all'] as const;
export type MovingPart = (typeof MOVING_PARTS)[number];

/** Of the generator's parameters those that move. */
export function chooseGeneratorParameters(names: readonly string[], part: MovingPart, architecture: StyleGan2Architecture): string[] {
  const synthesis = names.filter((name) => name.startsWith('synthesis.'));
  switch (part) {
    case 'styles':
      return synthesis.filter((name) => name.includes('.affine.'));
    case 'late-layers': {
      const sizes = blockResolutions(architecture);
      const late = sizes.slice(Math.floor(sizes.length / 2)).map((size) => `synthesis.b${size}.`);
      return synthesis.filter((name) => late.some((prefix) => name.startsWith(prefix)));
    }
    case 'all':
      return synthesis;
    default:
      return assertNever(part);
  }
}

/** Of the discriminator's parameters those that move when the `frozen` blocks nearest to the picture do not (FreezeD, Mo et al., 2020). */
export function chooseDiscriminatorParameters(names: readonly string[], frozen: number, architecture: StyleGan2Architecture): string[] {
  const still = blockResolutions(architecture)
    .slice(1)
    .reverse()
    .slice(0, frozen)
    .map((size) => `b${size}.`);
  return names.filter((name) => !still.some((prefix) => name.startsWith(prefix)));
}
