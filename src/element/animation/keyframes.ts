import type { DirectionsInput, DirectionSetting } from '../../latent/directions-input.ts';
import { sampleLatent } from '../../latent/seeded-random.ts';
import { slerp } from '../../latent/slerp.ts';

/** A picture that an animation comes by. */
export interface Keyframe {
  /** Any string. */
  readonly seed: string;
  /** z; wins over `seed`, from which class and noise come all the same. Null: that of the seed. */
  readonly latent: Float32Array | null;
  readonly directions: DirectionsInput;
  readonly truncation: number;
  /** How long the animation stays there. */
  readonly holdMs: number;
}

/** How an animation goes from picture to picture: it lingers at each (smoothstep), or never changes pace. */
export const EASINGS = ['smooth', 'linear'] as const;
export type Easing = (typeof EASINGS)[number];

export interface AnimationCourse {
  readonly durationMs: number;
  /** Leads back to the first picture, so that it can begin again without a seam. */
  readonly loop: boolean;
  readonly easing: Easing;
}

/** What is to be seen at one moment. */
export interface AnimationFrame {
  /** The way between two seeds, from 0 to 1: class and noise go along. With `latent` they are those of `from` as long as `t` is below ½. */
  readonly from: string;
  readonly to: string;
  readonly t: number;
  /** z, when one of the two keyframes gives it; else null. */
  readonly latent: Float32Array | null;
  readonly directions: DirectionsInput;
  readonly truncation: number;
}

/** Milliseconds of all stays together; with `loop` the first picture's counts once. */
export function holdingMs(keyframes: readonly Keyframe[]): number {
  return keyframes.reduce((sum, { holdMs }) => sum + holdMs, 0);
}

interface Place {
  readonly from: number;
  readonly to: number;
  readonly t: number;
}

/** Between which keyframes, and how far. The time that is not for staying is shared out evenly among the moves. */
function findPlace(keyframes: readonly Keyframe[], { durationMs, loop, easing }: AnimationCourse, time: number): Place {
  const last = keyframes.length - 1;
  const moves = loop && last > 0 ? last + 1 : last;
  const moveMs = moves === 0 ? 0 : (durationMs - holdingMs(keyframes)) / moves;
  let restMs = Math.min(1, Math.max(0, time)) * durationMs;
  for (const [from, { holdMs }] of keyframes.entries()) {
    const to = from < last ? from + 1 : loop ? 0 : from;
    if (restMs < holdMs || to === from) return { from, to: from, t: 0 };
    restMs -= holdMs;
    // Rounding must not skip the end of the last move.
    if (restMs < moveMs || from === last) {
      const share = Math.min(1, restMs / moveMs);
      return { from, to, t: easing === 'smooth' ? share * share * (3 - 2 * share) : share };
    }
    restMs -= moveMs;
  }
  return { from: last, to: last, t: 0 };
}

function settingOf(given: number | DirectionSetting | undefined): DirectionSetting | null {
  return given === undefined ? null : typeof given === 'number' ? { size: given } : given;
}

/** Sizes go straight from the one to the other; a direction that only one of them has comes from size 0, or goes there. */
function mixDirections(first: DirectionsInput, second: DirectionsInput, t: number): DirectionsInput {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  const mixed = [...names].map((name): [string, DirectionSetting] => {
    const [from, to] = [settingOf(first[name]), settingOf(second[name])];
    const size = (1 - t) * (from?.size ?? 0) + t * (to?.size ?? 0);
    return [name, { ...(from ?? to), size }];
  });
  return Object.fromEntries(mixed);
}

/**
 * What an animation shows at a moment: slerp in z, straight lines for the sizes of directions and for truncation.
 *
 * @param keyframes at least one; all stays together take no longer than the animation
 * @param time 0…1 of the whole duration
 * @param zDim length of z
 */
export function interpolateKeyframes(keyframes: readonly Keyframe[], course: AnimationCourse, time: number, zDim: number): AnimationFrame {
  const { from, to, t } = findPlace(keyframes, course, time);
  const [first, second] = [keyframes[from] as Keyframe, keyframes[to] as Keyframe];
  const latentOf = ({ seed, latent }: Keyframe): Float32Array => latent ?? sampleLatent(seed, zDim);
  const isOwn = first.latent !== null || second.latent !== null;
  return {
    from: first.seed,
    to: second.seed,
    t,
    latent: isOwn ? slerp(latentOf(first), latentOf(second), t) : null,
    directions: mixDirections(first.directions, second.directions, t),
    truncation: (1 - t) * first.truncation + t * second.truncation,
  };
}
