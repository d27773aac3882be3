import { applyPalette, GIFEncoder, quantize } from 'gifenc/dist/gifenc.esm.js';
import type { FrameEncoder, FrameFormat } from './frame-encoder.ts';

const MAX_COLOURS = 256;

/** Writes a GIF; every frame has colours of its own, so that gradients keep theirs. */
export function createGifEncoder({ size, fps, loop }: FrameFormat): FrameEncoder {
  const encoder = GIFEncoder();
  let count = 0;
  // GIFs count in hundredths of a second: rounding each frame's end, not its length, keeps the whole in time.
  const endOf = (frame: number): number => Math.round((100 * frame) / fps);
  return {
    add(canvas) {
      const context = canvas.getContext('2d', { willReadFrequently: true });
      const { data } = (context as OffscreenCanvasRenderingContext2D).getImageData(0, 0, size, size);
      const palette = quantize(data, MAX_COLOURS);
      const delay = 10 * (endOf(count + 1) - endOf(count));
      encoder.writeFrame(applyPalette(data, palette), size, size, { palette, delay, repeat: loop ? 0 : -1 });
      count += 1;
      return Promise.resolve();
    },
    finish() {
      encoder.finish();
      return Promise.resolve(new Blob([encoder.bytes()], { type: 'image/gif' }));
    },
    dispose: () => undefined,
  };
}
