import type { DirectionsInput } from '../../latent/directions-input.ts';
import type { Easing } from './keyframes.ts';

/** A picture that an animation comes by; what is left out is the element's own. */
export interface KeyframeOptions {
  readonly seed?: string | undefined;
  /** z, z_dim numbers; wins over `seed`. */
  readonly latent?: Float32Array | undefined;
  /** Sizes or settings by name, or text: `redness:1.5 roundness:-1`. */
  readonly directions?: DirectionsInput | string | undefined;
  /** psi, 0…2. */
  readonly truncation?: number | undefined;
  /** Milliseconds that the animation stays there; default 0. */
  readonly holdMs?: number | undefined;
}

/** What `recordAnimation()` takes. */
export interface RecordAnimationOptions {
  /** 2 to 100 pictures to come by; between them slerp in z, and straight lines for sizes of directions and truncation. */
  readonly keyframes?: readonly KeyframeOptions[] | undefined;
  /** Instead of keyframes: from this seed, by default the element's own… */
  readonly fromSeed?: string | undefined;
  /** …to this one, by default the next of a walk. */
  readonly toSeed?: string | undefined;
  /** Length of the whole, 100…600,000; default 4000. */
  readonly durationMs?: number | undefined;
  /** Frames a second, 1…60 (GIF: 50); default 25. At most 1,500 frames in all. */
  readonly fps?: number | undefined;
  /** `video/webm` (default) or `image/gif`. */
  readonly type?: 'video/webm' | 'image/gif' | undefined;
  /** Pixels along a side, 16…1024; default the resolution, times a whole number so that it is at least 256. */
  readonly size?: number | undefined;
  /** Back to the first picture, so that it can run again and again without a seam; default true. */
  readonly loop?: boolean | undefined;
  /** `smooth` (default) lingers at each picture, `linear` never changes pace. */
  readonly easing?: Easing | undefined;
  /** Called after each frame. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
