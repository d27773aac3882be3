import { assert } from 'chai';
import { GanCanvas } from '../../../src/element.ts';
import { encodeWebm } from '../../../src/element/animation/webm-file.ts';
import { assertRejectsCode } from '../../support/assert-error.ts';
import { assertAborts, tinySource } from '../../support/tiny-source.ts';
import { until } from '../../support/until.ts';
import { createFakeCanvas } from '../fake-generator.ts';

if (!customElements.get('gan-canvas')) customElements.define('gan-canvas', GanCanvas);

/** Frames of a GIF with what the browser makes of them. */
async function decodeGif(blob: Blob) {
  const decoder = new ImageDecoder({ data: await blob.arrayBuffer(), type: 'image/gif' });
  await decoder.tracks.ready;
  await decoder.completed;
  const track = decoder.tracks.selectedTrack;
  const frames: { durationMs: number; pixels: Uint8ClampedArray; size: number }[] = [];
  for (let frameIndex = 0; frameIndex < (track?.frameCount ?? 0); frameIndex += 1) {
    const { image } = await decoder.decode({ frameIndex });
    frames.push({ durationMs: (image.duration ?? 0) / 1000, pixels: readPixels(image), size: image.displayWidth });
    image.close();
  }
  return { frames, repeats: track?.repetitionCount };
}

function readPixels(image: CanvasImageSource & { displayWidth?: number; videoWidth?: number }): Uint8ClampedArray {
  const size = image.displayWidth ?? image.videoWidth ?? 0;
  const context = new OffscreenCanvas(size, size).getContext('2d');
  context?.drawImage(image, 0, 0);
  return context?.getImageData(0, 0, size, size).data ?? new Uint8ClampedArray();
}

function meanDifference(a: Uint8ClampedArray, b: Uint8ClampedArray): number {
  assert.equal(a.length, b.length);
  return a.reduce((sum, value, index) => sum + Math.abs(value - (b[index] ?? NaN)), 0) / a.length;
}

/** Has the browser play a film from a moment on that shows one picture rather than another; `seeked` may come before the frame does. */
async function untilShown(video: HTMLVideoElement, seconds: number, expected: Uint8ClampedArray, other: Uint8ClampedArray): Promise<void> {
  video.currentTime = seconds;
  await until(() => {
    const shown = readPixels(video);
    return !video.seeking && meanDifference(shown, expected) < meanDifference(shown, other) / 2;
  });
}

describe('element/animation/record-animation', () => {
  let element: GanCanvas;
  const TINY = { durationMs: 400, fps: 10, size: 32, easing: 'linear' } as const;
  before(async () => {
    element = Object.assign(document.createElement('gan-canvas'), { src: await tinySource('stylegan2-tiny'), backend: 'wasm', seed: 'a' });
  });

  it('writes a GIF whose frames are the pictures on the way, each for its time, without a seam', async () => {
    const told: string[] = [];
    const blob = await element.recordAnimation({
      ...TINY,
      type: 'image/gif',
      keyframes: [{ seed: 'a' }, { seed: 'b' }],
      onProgress: (done, total) => told.push(`${done}/${total}`),
    });
    assert.equal(blob.type, 'image/gif');
    const { frames, repeats } = await decodeGif(blob);
    assert.deepEqual(
      frames.map(({ durationMs, size }) => [durationMs, size]),
      Array.from({ length: 4 }, () => [100, 32]),
    );
    assert.equal(repeats, Infinity);
    assert.deepEqual(told, ['1/4', '2/4', '3/4', '4/4']);
    const [first, half, other] = await element.interpolate('a', 'b', 3);
    const expected = [first, half, other, half].map((image) => image?.data ?? new Uint8ClampedArray());
    for (const [index, { pixels }] of frames.entries()) assert.isBelow(meanDifference(pixels, expected[index] as Uint8ClampedArray), 4);
    assert.isAbove(meanDifference(frames[0]?.pixels as Uint8ClampedArray, frames[2]?.pixels as Uint8ClampedArray), 8);
  });

  it('keeps the time of a GIF whose frames take no whole hundredths of a second', async () => {
    const { frames } = await decodeGif(await element.recordAnimation({ ...TINY, type: 'image/gif', fps: 15, loop: false }));
    assert.deepEqual(
      frames.map(({ durationMs }) => durationMs),
      [70, 60, 70, 70, 60, 70],
    );
  });

  it('moves along directions and truncation, from the element’s own picture', async () => {
    const vector = new Float32Array(16).fill(0.5);
    const keyframes = [{ directions: { mine: { vector, size: -2 } } }, { directions: { mine: { vector, size: 2 } }, truncation: 0.5 }];
    const { frames } = await decodeGif(await element.recordAnimation({ ...TINY, type: 'image/gif', loop: false, fps: 5, keyframes }));
    const last = await element.generate({ directions: { mine: { vector, size: 2 } }, truncation: 0.5 });
    assert.lengthOf(frames, 2);
    assert.isBelow(meanDifference(frames[1]?.pixels as Uint8ClampedArray, last.data), 4);
  });

  it('writes a film that the browser plays: its length, its size, its pictures, and jumps', async function () {
    if (typeof VideoEncoder === 'undefined') this.skip();
    const blob = await element.recordAnimation({ ...TINY, size: 64, durationMs: 2800, loop: false, fromSeed: 'a', toSeed: 'b' });
    assert.equal(blob.type, 'video/webm');
    const video = document.createElement('video');
    video.muted = true;
    const loaded = new Promise((resolve, reject) => {
      video.addEventListener('loadeddata', resolve, { once: true });
      video.addEventListener('error', () => reject(new Error(video.error?.message)), { once: true });
    });
    video.src = URL.createObjectURL(blob);
    await loaded;
    assert.deepEqual([video.videoWidth, video.videoHeight], [64, 64]);
    assert.closeTo(video.duration, 2.8, 0.01);
    const ends = await Promise.all(['a', 'b'].map((seed) => element.generate({ seed })));
    const enlarged = ends.map((image) => {
      const context = new OffscreenCanvas(64, 64).getContext('2d');
      const small = new OffscreenCanvas(32, 32);
      small.getContext('2d')?.putImageData(image, 0, 0);
      context?.drawImage(small, 0, 0, 64, 64);
      return context?.getImageData(0, 0, 64, 64).data ?? new Uint8ClampedArray();
    }) as [Uint8ClampedArray, Uint8ClampedArray];
    const [start, end] = enlarged;
    await untilShown(video, 2.75, end, start);
    await untilShown(video, 0, start, end);
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const recording = element.recordAnimation({
      ...TINY,
      type: 'image/gif',
      durationMs: 10_000,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assertAborts(recording);
  });

  it('names what is wrong with arguments', async () => {
    const fake = createFakeCanvas();
    const refuse = (options: object, ...parts: string[]) => assertRejectsCode(fake.recordAnimation(options), 'invalid-argument', ...parts);
    await refuse({ type: 'video/mp4' }, 'type', 'video/webm, image/gif');
    await refuse({ durationMs: 5 }, 'durationMs');
    await refuse({ fps: 60, type: 'image/gif' }, 'fps', '50');
    await refuse({ size: 33 }, 'even');
    await refuse({ durationMs: 100_000, fps: 30 }, '3000 frames');
    await refuse({ keyframes: [{ seed: 'a' }] }, '2 to 100');
    await refuse({ keyframes: [{ seed: 'a' }, 'b'] }, 'keyframes[1]');
    await refuse({ keyframes: [{}, { truncation: 3 }] }, 'keyframes[1].truncation');
    await refuse({ keyframes: [{ holdMs: 4000 }, {}] }, '4000 ms');
    await refuse({ keyframes: [{}, {}], toSeed: 'b' }, 'keep one');
    await refuse({ easing: 'bouncy' }, 'easing');
    await assertRejectsCode(fake.recordAnimation({ keyframes: [{}, { latent: [NaN] as never }] }), 'bad-vector');
  });
});

describe('element/animation/webm-file', () => {
  it('begins a cluster at each key frame, and tells in its cues where', () => {
    const frames = [0, 100, 200, 300].map((timeMs) => ({ timeMs, isKey: timeMs % 200 === 0, bytes: Uint8Array.of(7, 7) }));
    const file = encodeWebm({ codec: 'V_VP8', width: 300, height: 2, durationMs: 400, frames });
    const find = (id: readonly number[]): number[] =>
      [...file.keys()].filter((offset) => id.every((byte, index) => file[offset + index] === byte));
    const [segment = NaN] = find([0x18, 0x53, 0x80, 0x67]);
    const starts = find([0x1f, 0x43, 0xb6, 0x75]);
    assert.lengthOf(starts, 2);
    const view = new DataView(file.buffer);
    // Id, one byte and seven of the size, then the position.
    const cues = find([0xf1, 0x01, 0, 0, 0, 0, 0, 0, 8]).map((offset) => Number(view.getBigUint64(offset + 9)));
    assert.deepEqual(
      cues.map((position) => segment + 12 + position),
      starts,
    );
    assert.equal(Number(view.getBigUint64(segment + 4) & 0xffffffffffffffn), file.length - segment - 12);
  });
});
