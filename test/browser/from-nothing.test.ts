import { assert } from 'chai';
import type { FineTuneOptions, FineTuneStep } from '../../src/engine/fine-tune/fine-tune.ts';
import type { GanCanvas } from '../../src/index.ts';
import type { GanCanvasError } from '../../src/support/errors.ts';
import { decodeWeights, type WeightsTensor } from '../../src/weights/weights-file.ts';
import { pauseRunAt } from '../support/pause-run.ts';
import { serveTrainable } from '../support/serve-files.ts';
import { createCanvas, nextEvent, readPixels, showPicture } from './show.ts';

/** Twelve pictures, red above and blue below, each a little different. */
function drawPictures(): HTMLCanvasElement[] {
  return Array.from({ length: 12 }, (_, index) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 16, height: 16 });
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no 2d context');
    for (const [top, hue] of [
      [0, 0],
      [8, 240],
    ] as const) {
      context.fillStyle = `hsl(${hue + 2 * index} 90% 45%)`;
      context.fillRect(0, top, 16, 8);
    }
    return canvas;
  });
}

const NETWORK = { latentDim: 4, resolution: 8, width: 4 } as const;
const SHARED = { network: NETWORK, batch: 4, keeps: false } satisfies FineTuneOptions;

async function read(blob: Blob): Promise<Uint8Array> {
  return new Uint8Array(await blob.arrayBuffer());
}

async function readTensors(element: GanCanvas): Promise<ReadonlyMap<string, WeightsTensor>> {
  return decodeWeights(await read(await element.exportWeights())).tensors;
}

/** Trains, and waits until the result is shown; gives the steps. */
async function train(element: GanCanvas, options: FineTuneOptions): Promise<FineTuneStep[]> {
  const steps: FineTuneStep[] = [];
  const run = element.fineTune(drawPictures(), options);
  for await (const step of run) steps.push(step);
  const { reason } = await run.done;
  assert.equal(reason, 'finished');
  await nextEvent(element, 'render');
  return steps;
}

describe('<gan-canvas> in training from nothing', () => {
  let element: GanCanvas;

  afterEach(() => {
    element.remove();
  });

  it('lets a GAN and then a VAE draw in the place of its model, whatever attributes that has, until it is reset', async () => {
    const errors: string[] = [];
    element = createCanvas({ src: await serveTrainable(), backend: 'wasm', samples: '4', 'class-label': '1', truncation: '0.7' });
    element.addEventListener('error', ({ message }) => errors.push(message));
    await showPicture(element);
    element.directions = { mine: { vector: new Float32Array(element.modelInfo?.directionDim ?? 0).fill(0.1), size: 1 } };
    await nextEvent(element, 'render');
    const [before, model] = [readPixels(element), element.modelInfo];

    const ofGan = await train(element, { ...SHARED, method: 'textbook-gan', steps: 4, showEvery: 2 });
    assert.equal(ofGan.at(-1)?.step, 4);
    for (const { losses, diversity, backend } of ofGan) {
      assert.hasAllKeys(losses, ['discriminator', 'generator', 'onReal', 'onFake']);
      assert.isTrue(Object.values(losses).every(Number.isFinite), JSON.stringify(losses));
      assert.deepEqual([diversity, backend], [null, 'wasm']);
    }
    assert.deepInclude(element.modelInfo, { name: 'untitled', resolution: 8, zDim: 4, labels: [], imagesSeen: 16 });
    assert.deepInclude(element.modelInfo?.tuning, { from: null, steps: 4, images_seen: 16, pictures: 12 });
    const { method, network } = element.modelInfo?.tuning?.['settings'] as { method: string; network: object };
    assert.equal(method, 'textbook-gan');
    assert.deepInclude(network, NETWORK);
    const drawn = readPixels(element);
    assert.deepEqual([drawn.width, drawn.height, element.latent?.length], [16, 16, 4]);

    const gan = await element.exportWeights();
    assert.deepEqual(await read(await element.exportWeights({ delta: true })), await read(gan));
    // The pictures are at hand still.
    const [{ losses: ofVae } = { losses: {} }] = await train(element, { ...SHARED, method: 'vae', steps: 2 });
    assert.hasAllKeys(ofVae, ['reconstruction', 'divergence']);
    assert.notDeepEqual(readPixels(element).data, drawn.data);
    const failure: unknown = await element.fineTune(drawPictures(), { method: 'reconstruction' }).done.catch((error: unknown) => error);
    assert.include((failure as GanCanvasError).message, 'train from nothing');

    // It fits the network that draws, and has its pictures again.
    const rendered = nextEvent(element, 'render');
    await element.importWeights(gan);
    await rendered;
    assert.deepEqual(readPixels(element).data, drawn.data);

    await element.resetWeights();
    await nextEvent(element, 'render');
    assert.deepEqual(element.modelInfo, model);
    assert.deepEqual(readPixels(element).data, before.data);
    assert.isEmpty(errors);

    // Elsewhere: as a source, and in the place of another model where that is asked for.
    const refusal: unknown = await element.importWeights(gan).catch((error: unknown) => error);
    assert.equal((refusal as GanCanvasError).code, 'weights-format');
    await element.importWeights(gan, { replaces: true });
    await nextEvent(element, 'render');
    assert.deepEqual(await read(await element.exportWeights()), await read(gan));
    assert.deepEqual(readPixels(element).data, drawn.data);
    // It outlives the generator, which goes when the element leaves the document.
    const picture = await element.generate();
    element.remove();
    await new Promise((resolve) => setTimeout(resolve));
    document.body.append(element);
    assert.deepEqual((await element.generate()).data, picture.data);
    assert.equal(element.modelInfo?.name, 'untitled');

    const other = createCanvas({ src: URL.createObjectURL(gan), backend: 'wasm', samples: '4', truncation: '0.7' });
    await showPicture(other);
    assert.deepEqual(readPixels(other).data, drawn.data);
    assert.deepEqual(await read(await other.exportWeights()), await read(gan));
    other.remove();
  });

  it('draws its pictures again as a VAE, and as a GAN learns colours and where they are with every loss', async () => {
    element = createCanvas({ src: await serveTrainable(), backend: 'wasm' });
    await showPicture(element);
    /** Mean red less mean blue of the upper half, less that of the lower one. */
    const contrast = (): number => {
      const { data } = readPixels(element);
      let sum = 0;
      for (let at = 0; at < data.length; at += 4) sum += ((data[at] ?? 0) - (data[at + 2] ?? 0)) * (at < data.length / 2 ? 1 : -1);
      return sum / (data.length / 4);
    };
    const network = { ...NETWORK, width: 8 };
    const options = { ...SHARED, network, batch: 8, steps: 60, showEvery: 100, learningRate: 0.005 };
    const run = element.fineTune(drawPictures(), { ...options, method: 'vae' });
    const differences: number[] = [];
    for await (const { losses } of run) differences.push(losses['reconstruction'] ?? NaN);
    assert.isBelow(differences.at(-1) ?? NaN, (differences[0] ?? NaN) / 5);
    for (const loss of ['non-saturating', 'minimax', 'hinge'] as const) {
      const steps = await train(element, { ...options, method: 'textbook-gan', loss });
      assert.isTrue(Object.values(steps.at(-1)?.losses ?? {}).every(Number.isFinite), loss);
      assert.isAbove(contrast(), 20, loss);
    }
  });

  for (const method of ['textbook-gan', 'vae'] as const) {
    it(`keeps the training of a ${method}, and goes on in another element to the same weights, bit for bit`, async () => {
      const name = `from-nothing-${method}`;
      const src = await serveTrainable('stylegan2-tiny', { name });
      element = createCanvas({ src, backend: 'wasm' });
      await showPicture(element);
      const options = { ...SHARED, method, steps: 6, keeps: true };
      await train(element, options);
      const expected = await readTensors(element);
      await element.resetWeights();

      const run = element.fineTune(drawPictures(), options);
      await pauseRunAt(run, 3);
      element.remove();
      assert.equal(await run.done.catch((error: unknown) => (error as Error).name), 'AbortError');

      element = createCanvas({ src, backend: 'wasm' });
      await showPicture(element);
      assert.deepInclude(await element.findKeptTraining(), { name, steps: 6, pictures: 12 });
      assert.deepInclude(await element.resumeFineTune().done, { reason: 'finished', steps: 6 });
      assert.isNull(await element.findKeptTraining());
      assert.equal(element.modelInfo?.name, 'untitled');
      assert.deepEqual(await readTensors(element), expected);
    });
  }
});
