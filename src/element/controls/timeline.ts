import type { ControlledSettings } from './controlled-settings.ts';

/** A picture that the timeline comes by. */
export interface TimelineFrame extends Pick<ControlledSettings, 'seed' | 'directions' | 'truncation'> {
  readonly id: number;
}

/** The pictures that visitors put one after the other, and how they are gone through. */
export class Timeline {
  frames: readonly TimelineFrame[] = [];
  durationMs = 4000;
  loops = true;
  #lastId = 0;

  /** Puts a picture at the end. */
  add({ seed, directions, truncation }: Pick<ControlledSettings, 'seed' | 'directions' | 'truncation'>): TimelineFrame {
    this.#lastId += 1;
    const frame = { id: this.#lastId, seed, directions, truncation };
    this.frames = [...this.frames, frame];
    return frame;
  }

  remove(id: number): void {
    this.frames = this.frames.filter((frame) => frame.id !== id);
  }

  /** Moves a picture by so many places; at an end it stays. */
  move(id: number, places: number): void {
    const from = this.frames.findIndex((frame) => frame.id === id);
    const frame = this.frames[from];
    const to = from + places;
    if (!frame || to < 0 || to >= this.frames.length) return;
    this.frames = this.frames.filter((each) => each !== frame).toSpliced(to, 0, frame);
  }

  clear(): void {
    this.frames = [];
  }
}
