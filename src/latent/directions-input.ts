/** One direction as a page gives it: a named one with a size, or a vector of one's own. */
export interface DirectionSetting {
  /** How far to go, in the direction's own standard deviations; 0 is nowhere. */
  readonly size: number;
  /** A vector of one's own, w_dim entries (a DCGAN: z_dim); left out for a direction that the model names. */
  readonly vector?: Float32Array | readonly number[];
  /** Indices of ws that it moves, inclusive: `"4-7"`, `"5"`, `[4, 7]`; left out or null: the direction's own, else all. */
  readonly layers?: string | readonly [number, number] | null;
}

/** What the `directions` property takes: sizes or settings by name. */
export type DirectionsInput = Readonly<Record<string, number | DirectionSetting>>;
