import { GanCanvasError } from '../../support/errors.ts';
import type { FrameEncoder, FrameFormat } from './frame-encoder.ts';
import { encodeWebm, type WebmFrame, type WebmTrack } from './webm-file.ts';

/** In the order of preference; the names of WebCodecs and of the file. */
const CODECS: readonly (readonly [name: string, id: WebmTrack['codec']])[] = [
  ['vp09.00.31.08', 'V_VP9'],
  ['vp8', 'V_VP8'],
];
const BITS_PER_PIXEL = 0.2;
const KEY_FRAME_SECONDS = 2;
/** Frames that may wait in the encoder. */
const MAX_WAITING = 4;

async function chooseCodec(size: number, fps: number): Promise<{ config: VideoEncoderConfig; id: WebmTrack['codec'] }> {
  const bitrate = Math.max(200_000, Math.round(size * size * fps * BITS_PER_PIXEL));
  for (const [codec, id] of typeof VideoEncoder === 'undefined' ? [] : CODECS) {
    const config: VideoEncoderConfig = { codec, width: size, height: size, bitrate, framerate: fps, latencyMode: 'quality' };
    if ((await VideoEncoder.isConfigSupported(config)).supported === true) return { config, id };
  }
  throw new GanCanvasError('invalid-argument', 'This browser cannot write video/webm; it can write image/gif.');
}

/** Writes a WebM film with the browser's own encoder, as fast as it goes: no frame is dropped, and none comes late. */
export async function createWebmEncoder({ size, fps, frames }: FrameFormat): Promise<FrameEncoder> {
  const { config, id } = await chooseCodec(size, fps);
  const encoded: WebmFrame[] = [];
  let failure: unknown = null;
  const encoder = new VideoEncoder({
    output: (chunk) => {
      const bytes = new Uint8Array(chunk.byteLength);
      chunk.copyTo(bytes);
      encoded.push({ timeMs: chunk.timestamp / 1000, isKey: chunk.type === 'key', bytes });
    },
    error: (error) => (failure = error),
  });
  encoder.configure(config);
  const assertWorks = (): void => {
    if (failure) throw new GanCanvasError('internal', 'The browser’s video encoder failed; try image/gif.', { cause: failure });
  };
  let count = 0;
  return {
    async add(canvas) {
      while (encoder.encodeQueueSize > MAX_WAITING && !failure) {
        await new Promise((resolve) => encoder.addEventListener('dequeue', resolve, { once: true }));
      }
      assertWorks();
      const timestamp = Math.round((1e6 * count) / fps);
      const frame = new VideoFrame(canvas, { timestamp, duration: Math.round(1e6 / fps) });
      encoder.encode(frame, { keyFrame: count % Math.max(1, Math.round(KEY_FRAME_SECONDS * fps)) === 0 });
      frame.close();
      count += 1;
    },
    async finish() {
      await encoder.flush().catch((error: unknown) => (failure ??= error));
      assertWorks();
      const durationMs = (1000 * frames) / fps;
      return new Blob([encodeWebm({ codec: id, width: size, height: size, durationMs, frames: encoded })], { type: 'video/webm' });
    },
    dispose() {
      if (encoder.state !== 'closed') encoder.close();
    },
  };
}
