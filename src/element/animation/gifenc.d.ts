/** The part of gifenc that is used; it comes without types. */
declare module 'gifenc/dist/gifenc.esm.js' {
  /** r, g, b, 0…255. */
  type Palette = number[][];

  interface FrameOptions {
    readonly palette: Palette;
    /** Milliseconds, of which tens are kept. */
    readonly delay: number;
    /** 0: for ever; −1: once. Counts in the first frame. */
    readonly repeat: number;
  }

  interface Encoder {
    writeFrame(index: Uint8Array, width: number, height: number, options: FrameOptions): void;
    finish(): void;
    bytes(): Uint8Array<ArrayBuffer>;
  }

  export function GIFEncoder(): Encoder;
  export function quantize(rgba: Uint8ClampedArray, maxColors: number): Palette;
  export function applyPalette(rgba: Uint8ClampedArray, palette: Palette): Uint8Array;
}
