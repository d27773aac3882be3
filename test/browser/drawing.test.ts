import { assert } from 'chai';
import { memory } from '../../src/engine/engine-client.ts';
import type { GanCanvas } from '../../src/index.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { eachBackend } from '../support/backends.ts';
import { tinySource } from '../support/tiny-source.ts';
import { createCanvas, findPart, nextEvent, readPixels, showPicture } from './show.ts';

const LABELS = ['round', 'square', 'flat'];

describe('browser/drawing', () => {
  eachBackend((backend) => {
    let element: GanCanvas;
    let src: string;
    before(async () => {
      src = await tinySource('stylegan2-tiny-classes', { labels: LABELS, truncation: 0.9 });
    });
    beforeEach(async () => {
      element = createCanvas({ src, backend, seed: '42' });
      await showPicture(element);
    });
    afterEach(() => element.remove());

    it('shows what generate() gives, and says which backend drew', async () => {
      const { modelInfo, resolution, activeBackend } = element;
      assert.equal(activeBackend, backend);
      assert.isTrue(element.backendReport.some(({ name, ok }) => name === backend && ok));
      assert.deepEqual([modelInfo?.truncation, modelInfo?.resolution], [0.9, resolution]);
      const { data, width } = await element.generate();
      assert.equal(width, resolution);
      const shown = readPixels(element).data;
      const worst = shown.reduce((most, value, index) => Math.max(most, Math.abs(value - (data[index] ?? 0))), 0);
      assert.isAtMost(worst, 1);
    });

    it('tells of each picture what was drawn', async () => {
      element.classLabel = 'flat';
      const { seed, latent, classIndex, durationMs, backend: drawnBy, width } = await nextEvent(element, 'render');
      assert.deepEqual([seed, classIndex, drawnBy, width], ['42', 2, backend, element.resolution]);
      assert.lengthOf(latent, element.modelInfo?.zDim ?? 0);
      assert.isAtLeast(durationMs, 0);
      assert.deepEqual(element.latent, latent);
      await element.updateComplete;
      assert.include(findPart(element, 'canvas')?.ariaLabel, 'seed 42, flat');
    });

    it('ends 200 changes with the right picture', async () => {
      for (let index = 0; index < 200; index += 1) {
        element.seed = `s${index}`;
        if (index % 10 === 0) await element.updateComplete;
      }
      while ((await nextEvent(element, 'render')).seed !== 's199');
      assert.deepEqual((await element.generate({ seed: 's199' })).data, (await element.generate()).data);
      const expected = await element.generate({ seed: 's199' });
      const shown = readPixels(element).data;
      assert.isTrue(shown.every((value, index) => Math.abs(value - (expected.data[index] ?? 0)) <= 1));
    });
  });
});

describe('browser/drawing on wasm', () => {
  let element: GanCanvas;
  let src: string;
  before(async () => {
    src = await tinySource('stylegan2-tiny-classes', { labels: LABELS });
  });
  beforeEach(async () => {
    element = createCanvas({ src, backend: 'wasm', seed: '42' });
    await showPicture(element);
  });
  afterEach(() => element.remove());

  it('draws a grid of the seeds seed, seed/1, seed/2, …', async () => {
    element.samples = 3;
    element.columns = 3;
    const { width, height } = await nextEvent(element, 'render');
    const side = element.resolution ?? 0;
    assert.deepEqual([width, height], [3 * side, side]);
    const second = await element.generate({ seed: '42/1' });
    const shown = readPixels(element);
    assert.deepEqual(shown.data.slice(4 * side, 8 * side), second.data.slice(0, 4 * side));
    const box = element.getBoundingClientRect();
    assert.closeTo(box.width / box.height, 3, 0.02);
  });

  it('takes a latent, and gives it back', async () => {
    const { latent } = element;
    assert.exists(latent);
    const before = (await element.generate()).data;
    element.seed = 'other';
    await nextEvent(element, 'render');
    const classLabel = 'round';
    assert.notDeepEqual((await element.generate({ classLabel })).data, before);
    assert.deepEqual((await element.generate({ latent, classLabel })).data, (await element.generate({ seed: '42', classLabel })).data);
  });

  it('interpolates from one seed to another', async () => {
    const pictures = await element.interpolate('a', 'b', 3);
    assert.lengthOf(pictures, 3);
    assert.deepEqual(pictures[0]?.data, (await element.generate({ seed: 'a' })).data);
    assert.deepEqual(pictures[2]?.data, (await element.generate({ seed: 'b' })).data);
  });

  it('writes picture files of the size and type asked for', async () => {
    const blob = await element.toBlob({ type: 'image/webp', quality: 0.9, scale: 2 });
    assert.equal(blob.type, 'image/webp');
    const bitmap = await createImageBitmap(blob);
    assert.equal(bitmap.width, 2 * (element.resolution ?? 0));
    const png = await createImageBitmap(await element.toBlob());
    const context = new OffscreenCanvas(png.width, png.height).getContext('2d');
    context?.drawImage(png, 0, 0);
    assert.deepEqual(context?.getImageData(0, 0, png.width, png.height).data, readPixels(element).data);
  });

  it('exports weights that another element takes, and resets them', async () => {
    const delta = await element.exportWeights({ delta: true });
    const file = await element.exportWeights();
    assert.isAbove(file.size, delta.size);
    const other = createCanvas({ src: await tinySource('stylegan2-tiny'), backend: 'wasm' });
    await showPicture(other);
    await assertRejectsCode(other.importWeights(file), 'weights-format');
    await element.importWeights(file);
    await element.resetWeights();
    assert.deepEqual(await element.listDirections(), []);
    other.remove();
  });

  it('rejects bad arguments', async () => {
    await assertRejectsCode(element.generate({ latentDim: 0 }), 'invalid-argument', 'latentDim');
    await assertRejectsCode(element.generate({ truncation: NaN }), 'invalid-argument', 'truncation');
    await assertRejectsCode(element.generate({ latent: new Float32Array(1) }), 'bad-vector');
    await assertRejectsCode(element.generate({ classLabel: 'nope' }), 'unknown-class', 'round');
    await assertRejectsCode(element.generate({ directions: { nope: 1 } }), 'unknown-direction');
    await assertRejectsCode(element.interpolate('a', 'b', 1), 'invalid-argument', 'steps');
    await assertRejectsCode(element.toBlob({ scale: 1e6 }), 'invalid-argument', 'scale');
    await assertRejectsCode(element.toBlob({ type: 'image/x-nope' }), 'invalid-argument', 'image/x-nope');
    await assertRejectsCode(element.importWeights('x' as never), 'invalid-argument');
    assert.isTrue(element.ready);
  });

  it('serves 50 elements from one worker and one copy of the weights', async () => {
    const RealWorker = globalThis.Worker;
    let workers = 0;
    globalThis.Worker = class extends RealWorker {
      constructor(...given: ConstructorParameters<typeof Worker>) {
        super(...given);
        workers += 1;
      }
    };
    // Elements of the tests before give up their generators a moment after they left the page.
    let alone = await memory();
    while (alone.generators > 1) alone = await memory();
    const others = Array.from({ length: 49 }, (_, index) => createCanvas({ src, backend: 'wasm', seed: String(index), loading: 'eager' }));
    try {
      await Promise.all(others.map((other) => showPicture(other)));
      const together = await memory();
      assert.equal(workers, 0);
      assert.equal(together.weights, alone.weights);
      assert.equal(together.tensors, alone.tensors);
      assert.equal(together.generators, alone.generators + 49);
    } finally {
      globalThis.Worker = RealWorker;
      for (const other of others) other.remove();
    }
  });

  it('draws when it was never connected', async () => {
    const loose = createCanvas({ src, backend: 'wasm', seed: '42' });
    assert.deepEqual((await loose.generate()).data, (await element.generate()).data);
  });
});
