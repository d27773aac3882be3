import { sampleLatent } from '../../latent/seeded-random.ts';
import type { ModelInfo } from '../../weights/model-info.ts';
import { interpolateKeyframes, type Keyframe } from '../animation/keyframes.ts';
import { writeSettings } from './controlled-settings.ts';
import type { ControlsHost } from './controls-host.ts';
import type { Timeline } from './timeline.ts';

/** A frame that comes later than this is a pause: the film does not leap after it. */
const MAX_FRAME_MS = 250;

/** Shows a timeline in the element, as a film of it would be. */
export class TimelinePlayer {
  readonly #timeline: Timeline;
  #frame: number | undefined;
  #lastTimeMs: number | undefined;
  #elapsedMs = 0;

  constructor(timeline: Timeline) {
    this.#timeline = timeline;
  }

  get isPlaying(): boolean {
    return this.#frame !== undefined;
  }

  /** Plays from the start; `onEnd` is called when it has come to the end by itself. */
  play(host: ControlsHost, info: ModelInfo, onEnd: () => void): void {
    this.stop();
    this.#elapsedMs = 0;
    this.#lastTimeMs = undefined;
    const keyframes = this.#timeline.frames.map(({ seed, directions, truncation }) => ({
      ...{ seed, directions, truncation: truncation ?? info.truncation, holdMs: 0 },
      latent: sampleLatent(seed, info.zDim),
    }));
    const step = (timeMs: number): void => {
      this.#elapsedMs += Math.min(MAX_FRAME_MS, timeMs - (this.#lastTimeMs ?? timeMs));
      this.#lastTimeMs = timeMs;
      this.#show(host, info, keyframes);
      if (!this.#timeline.loops && this.#elapsedMs >= this.#timeline.durationMs) {
        this.stop();
        onEnd();
      } else this.#frame = requestAnimationFrame(step);
    };
    this.#frame = requestAnimationFrame(step);
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #show(host: ControlsHost, { zDim }: ModelInfo, keyframes: readonly Keyframe[]): void {
    const { durationMs, loops } = this.#timeline;
    const passed = this.#elapsedMs / durationMs;
    const time = loops ? passed % 1 : Math.min(1, passed);
    const course = { durationMs, loop: loops, easing: 'smooth' } as const;
    const { from, to, t, latent, directions, truncation } = interpolateKeyframes(keyframes, course, time, zDim);
    // The latent wins over the seed, which tells class and noise, until the seed changes: it has to come after it.
    writeSettings(host, { seed: t < 0.5 ? from : to, directions, truncation });
    host.latent = latent;
  }
}
