import { assert } from 'chai';
import {
  readTrainingPictures,
  type NamedPicture,
  type ReadPictures,
  type ReadPicturesOptions,
  type ReadProgress,
} from '../../../src/engine/pictures/read-training-pictures.ts';
import type { RawPicture } from '../../../src/engine/pictures/read-training-picture.ts';
import { decodeError, isAbortError, type ErrorData } from '../../../src/support/errors.ts';
import { assertRejectsCode } from '../../support/assert-error.ts';
import { BLUE, drawQuarters, encodePicture, fileOf, GREEN, jpegHeader, RED, WHITE, YELLOW, type Colour } from './picture-files.ts';

const options: ReadPicturesOptions = { side: 2, background: WHITE };

function pixelOf([red, green, blue]: Colour): RawPicture {
  return { data: Uint8ClampedArray.of(red, green, blue, 255), width: 1, height: 1 };
}

/** Reads in a module worker, as training does. */
async function readInWorker(sources: readonly NamedPicture[], given: ReadPicturesOptions, transfer: Transferable[]): Promise<ReadPictures> {
  const worker = new Worker(new URL('./pictures.worker.ts', import.meta.url), { type: 'module' });
  type Answer = 'ready' | { outcome: ReadPictures } | { error: ErrorData };
  try {
    return await new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if (data === 'ready') worker.postMessage([sources, given], transfer);
        else if ('error' in data) reject(decodeError(data.error));
        else resolve(data.outcome);
      };
    });
  } finally {
    worker.terminate();
  }
}

describe('engine/pictures/read-training-pictures', () => {
  it('reads in the order given, and lists what it cannot read with the reason', async () => {
    const progress: ReadProgress[] = [];
    const { pictures, refused } = await readTrainingPictures(
      [
        { name: 'red', source: pixelOf(RED) },
        { name: 'notes.png', source: new File(['milk, bread'], 'notes.png') },
        { name: 'huge.jpg', source: fileOf(jpegHeader(12_000, 9_000), 'huge.jpg') },
        { name: 'wrong', source: { data: new Uint8Array(3), width: 1, height: 1 } },
        { name: 'lost', source: pixelOf(BLUE), crop: { x: NaN, y: 0, size: 1 } },
        { name: 'green', source: pixelOf(GREEN) },
      ],
      { ...options, onProgress: (step) => progress.push(step) },
    );
    assert.deepEqual(
      pictures.map(({ name, pixels, width, height }) => [name, [...pixels.subarray(9)], width, height]),
      [
        ['red', [...RED], 1, 1],
        ['green', [...GREEN], 1, 1],
      ],
    );
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['notes.png', 'huge.jpg', 'wrong', 'lost'],
    );
    ['text file', 'megapixels', '3 bytes', 'crop'].forEach((part, index) => assert.include(refused[index]?.reason, part));
    assert.deepEqual(
      progress.map(({ name, done, total, reason }) => [name, done, total, reason]),
      ['red', 'notes.png', 'huge.jpg', 'wrong', 'lost', 'green'].map((name, index) => {
        return [name, index + 1, 6, refused.find((picture) => picture.name === name)?.reason ?? null];
      }),
    );
  });

  it('crops each picture in its own way', async () => {
    const quarters = fileOf(await encodePicture([8, 8], drawQuarters([RED, GREEN, BLUE, YELLOW])), 'q.png');
    const corners = [
      { x: 0, y: 0, size: 0.5 },
      { x: 1, y: 0, size: 0.5 },
      { x: 0, y: 1, size: 0.5 },
      { x: 1, y: 1, size: 0.5 },
    ];
    const { pictures } = await readTrainingPictures(
      corners.map((crop, index) => ({ name: `${index}`, source: quarters, crop })),
      options,
    );
    assert.deepEqual(
      pictures.map(({ pixels }) => [...pixels.subarray(0, 3)]),
      [[...RED], [...GREEN], [...BLUE], [...YELLOW]],
    );
  });

  it('reads 2,000 of 2,001 pictures and names the last', async () => {
    const sources = Array.from({ length: 2001 }, (_, index) => ({ name: `picture ${index + 1}`, source: pixelOf([index % 256, 0, 0]) }));
    const { pictures, refused } = await readTrainingPictures(sources, options);
    assert.lengthOf(pictures, 2000);
    assert.equal(pictures[1999]?.pixels[0], 1999 % 256);
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['picture 2001'],
    );
    assert.include(refused[0]?.reason, 'At most 2000 pictures');
  });

  it('does not count those it cannot read among the 2,000', async () => {
    const wrong = { name: 'wrong', source: { data: new Uint8Array(3), width: 1, height: 1 } };
    const sources = Array.from({ length: 2000 }, (_, index) => ({ name: `${index}`, source: pixelOf(RED) }));
    const { pictures, refused } = await readTrainingPictures([wrong, ...sources], options);
    assert.deepEqual([pictures.length, refused.length], [2000, 1]);
  });

  it('refuses to read nothing', async () => {
    await assertRejectsCode(readTrainingPictures([], options), 'no-pictures', 'give at least one');
  });

  it('rejects with the reasons when none can be read', async () => {
    const sources = ['a.png', 'b.png', 'c.png', 'd.png', 'e.png'].map((name) => ({ name, source: new File(['text'], name) }));
    await assertRejectsCode(
      readTrainingPictures(sources, options),
      'no-pictures',
      'None of the 5',
      '"a.png": It is a text file',
      '"c.png"',
      '2 more',
    );
  });

  it('rejects options out of range before it reads', async () => {
    const sources = [{ name: 'red', source: pixelOf(RED) }];
    await assertRejectsCode(readTrainingPictures(sources, { side: -1, background: WHITE }), 'invalid-argument', 'side');
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const sources = Array.from({ length: 20 }, (_, index) => ({ name: `${index}`, source: pixelOf(RED) }));
    let last = 0;
    const onProgress = ({ done }: ReadProgress) => {
      last = done;
      if (done === 3) controller.abort();
    };
    const error: unknown = await readTrainingPictures(sources, { ...options, signal: controller.signal, onProgress }).catch(
      (reason: unknown) => reason,
    );
    assert.isTrue(isAbortError(error));
    assert.equal(last, 3);
  });

  it('stops before the first picture when it was told to before, and after the last', async () => {
    const sources = [{ name: 'red', source: pixelOf(RED) }];
    const early: unknown = await readTrainingPictures(sources, { ...options, signal: AbortSignal.abort() }).catch(
      (reason: unknown) => reason,
    );
    assert.isTrue(isAbortError(early));
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const late: unknown = await readTrainingPictures(sources, { ...options, signal: controller.signal, onProgress }).catch(
      (reason: unknown) => reason,
    );
    assert.isTrue(isAbortError(late));
  });

  it('lets an abort that is posted meanwhile come through', async () => {
    const controller = new AbortController();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => controller.abort();
    const sources = Array.from({ length: 2000 }, (_, index) => ({ name: `${index}`, source: pixelOf(RED) }));
    const onProgress = ({ done }: ReadProgress) => {
      if (done === 1) port2.postMessage(null);
    };
    const error: unknown = await readTrainingPictures(sources, { ...options, signal: controller.signal, onProgress }).catch(
      (reason: unknown) => reason,
    );
    port1.close();
    assert.isTrue(isAbortError(error));
  });

  it('reads the same in a worker, files and bitmaps that are sent to it', async () => {
    const jpeg = fileOf(await encodePicture([40, 24], drawQuarters([RED, GREEN, BLUE, YELLOW]), { type: 'image/jpeg' }), 'a.jpg');
    const context = new OffscreenCanvas(9, 7).getContext('2d');
    assert.exists(context);
    drawQuarters([YELLOW, RED, GREEN, BLUE])(context);
    const bitmap = await createImageBitmap(context.canvas);
    const sources: NamedPicture[] = [
      { name: 'jpeg', source: jpeg },
      { name: 'bitmap', source: bitmap },
      { name: 'svg', source: new File(['<svg/>'], 'a.svg') },
    ];
    const given = { ...options, side: 6 };
    const here = await readTrainingPictures(sources, given);
    const there = await readInWorker(sources, given, [bitmap]);
    assert.deepEqual(there, here);
    assert.lengthOf(here.pictures, 2);
    assert.equal(bitmap.width, 0, 'the bitmap was sent, not copied');
  });
});
