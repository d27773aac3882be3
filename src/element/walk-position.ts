/** A place between two seeds. */
export interface WalkPosition {
  readonly from: string;
  readonly to: string;
  /** 0…1. */
  readonly t: number;
}

/** Seeds in a round of a walk with `loop`. */
export const LOOP_SEEDS = 8;

/**
 * Where a walk from a seed is. It goes to seed/1, seed/2, … — the seeds of a grid — and lingers at each (smoothstep).
 * Without `loop` it goes on to ever new seeds; with it the eighth seed leads back to the first, without a seam.
 *
 * @param steps how many seeds it has passed, as a fraction: 2.5 is half-way from seed/2 to seed/3
 */
export function walkPosition(seed: string, steps: number, loop: boolean): WalkPosition {
  const passed = Math.floor(steps);
  const rest = steps - passed;
  return { from: seedOfStep(seed, passed, loop), to: seedOfStep(seed, passed + 1, loop), t: rest * rest * (3 - 2 * rest) };
}

function seedOfStep(seed: string, step: number, loop: boolean): string {
  const index = loop ? step % LOOP_SEEDS : step;
  return index === 0 ? seed : `${seed}/${index}`;
}
