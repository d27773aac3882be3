/** What frames are to be encoded as. */
export interface FrameFormat {
  /** Pixels along each side. */
  readonly size: number;
  readonly fps: number;
  /** Number of frames to come. */
  readonly frames: number;
  /** True: a player that can is told to begin again at the end. */
  readonly loop: boolean;
}

/** Takes the frames of an animation in turn and gives a file. The contract of what is in this folder. */
export interface FrameEncoder {
  /** Borrows the canvas for as long as the promise takes. */
  add(canvas: OffscreenCanvas): Promise<void>;
  /** The file, after the last frame. */
  finish(): Promise<Blob>;
  /** Gives back what it holds; after `finish`, or instead of it. */
  dispose(): void;
}
