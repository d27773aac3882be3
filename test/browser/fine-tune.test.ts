import { assert } from 'chai';
import type { FineTuneStep } from '../../src/engine/fine-tune/fine-tune.ts';
import type { GanCanvas } from '../../src/index.ts';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import { pauseRunAt } from '../support/pause-run.ts';
import { serveTrainable } from '../support/serve-files.ts';
import { drawFile, drawFiles, findIn, setField, textIn } from '../support/training-panel.ts';
import { until } from '../support/until.ts';
import { createCanvas, nextEvent, readPixels, showPicture } from './show.ts';
import { TrainingPage } from './training-page.ts';

/** Mean over all pixels, 0…255 each. */
function meanColour({ data }: ImageData): number[] {
  const sums = [0, 0, 0];
  for (let at = 0; at < data.length; at++) if (at % 4 < 3) sums[at % 4] = (sums[at % 4] ?? 0) + (data[at] ?? 0);
  return sums.map((sum) => sum / (data.length / 4));
}

async function show(backend = 'wasm'): Promise<GanCanvas> {
  const element = createCanvas({ src: await serveTrainable(), backend, samples: '4' });
  await showPicture(element);
  return element;
}

let stopCounting = (): void => undefined;

/** How many workers are ended from now on, until the test is over. */
function countEndedWorkers(): () => number {
  const { terminate } = Worker.prototype;
  const ended = new Set<Worker>();
  Worker.prototype.terminate = function (this: Worker) {
    ended.add(this);
    terminate.call(this);
  };
  stopCounting = () => {
    Worker.prototype.terminate = terminate;
  };
  return () => ended.size;
}

const FEW = { steps: 6, batch: 2, showEvery: 2, method: 'adversarial', keeps: false } as const;

describe('<gan-canvas> in training', () => {
  let element = createCanvas();
  let page: TrainingPage | null = null;

  afterEach(() => {
    element.remove();
    page?.remove();
    stopCounting();
  });

  const FLOWS = [
    { backend: 'wasm', pictures: 12, method: 'adversarial', more: {} },
    // WebGPU in software compiles for a while, and a reconstruction of pixels alone needs the fewest kernels.
    { backend: 'webgpu', pictures: 4, method: 'reconstruction', more: { discriminator: null } },
  ];
  for (const { backend, pictures, method, more } of FLOWS) {
    it(`goes on with chosen pictures after its page is reloaded, and draws what it exports alike in another element, on ${backend}`, async function () {
      this.timeout(400_000);
      const src = await serveTrainable('stylegan2-tiny-classes', { name: `reloaded-on-${backend}`, ...more });
      const attributes = { src, backend, samples: '4' };
      page = new TrainingPage(attributes);
      const first = await page.open();
      const before = readPixels(first.element);
      await page.choose(first.panel, pictures);
      await until(() => textIn(first.panel, '.panel').includes(`${pictures.toString()} pictures`));
      for (const [name, value] of Object.entries({ steps: '6', batch: '2' })) setField(first.panel, name, value);
      findIn(first.panel, '#start').click();
      // Said before it begins, it is heeded after the first step.
      await until(() => first.panel.querySelector<HTMLElement>('#pause'));
      findIn(first.panel, '#pause').click();
      while ((await first.element.findKeptTraining()) === null) await new Promise((resolve) => requestAnimationFrame(resolve));

      await page.reload();
      const { element: again, panel } = await page.open();
      assert.notEqual(again, first.element);
      assert.deepEqual(readPixels(again).data, before.data);
      await until(() => panel.querySelector('#resume'));
      const [, interruptedAt] = /interrupted at step (\d) of 6/.exec(textIn(panel, '.kept')) ?? [];
      const steps: FineTuneStep[] = [];
      again.addEventListener('fine-tune-step', ({ step }) => steps.push(step));
      const ending = nextEvent(again, 'fine-tune-end');
      findIn(panel, '#resume').click();
      const { result, error } = await ending;
      assert.deepInclude(result, { reason: 'finished', steps: 6, refused: [] }, String(error));
      assert.isTrue(steps.length > 0 && steps.every(({ step }) => step > Number(interruptedAt)));
      for (const { losses, backend: where } of steps) {
        assert.strictEqual(where, backend);
        assert.isTrue(Object.values(losses).every(Number.isFinite), JSON.stringify(losses));
      }
      await until(() => readPixels(again).data.some((value, at) => value !== before.data[at]));
      const after = readPixels(again);

      const exported = new Uint8Array(await (await again.exportWeights()).arrayBuffer());
      const { tuning } = decodeWeights(exported).info;
      assert.deepInclude(tuning, { steps: 6, images_seen: result?.imagesSeen, pictures, from: `reloaded-on-${backend}` });
      assert.propertyVal(tuning?.settings, 'method', method);
      page.remove();
      element = createCanvas(attributes);
      await showPicture(element);
      assert.deepEqual(readPixels(element).data, before.data);
      const drawn = nextEvent(element, 'render');
      await element.importWeights(new Blob([exported]));
      await drawn;
      assert.deepEqual(readPixels(element).data, after.data);
    });
  }

  it('becomes like the pictures, also when all are the same, which is no collapse', async () => {
    element = await show();
    const colour = [220, 40, 40];
    const distance = (): number => meanColour(readPixels(element)).reduce((sum, value, at) => sum + Math.abs(value - (colour[at] ?? 0)), 0);
    const red = await Promise.all(Array.from({ length: 10 }, (_, index) => drawFile(`${index.toString()}.png`, 'rgb(220 40 40)')));
    const start = distance();
    const run = element.fineTune(red, { ...FEW, steps: 60, batch: 4, learningRate: 0.01, showEvery: 30 });
    assert.strictEqual((await run.done).reason, 'finished');
    await nextEvent(element, 'render');
    assert.isBelow(distance(), 0.7 * start);
  });

  it('names what it cannot read, and goes on with the others', async () => {
    element = await show();
    const bad = new File(['no picture at all'], 'notes.png', { type: 'image/png' });
    const { refused } = await element.fineTune([bad, ...(await drawFiles(11))], FEW).done;
    assert.deepEqual(
      refused.map(({ name }) => name),
      ['notes.png'],
    );
    assert.isAbove(refused[0]?.reason.length ?? 0, 20);
  });

  it('fires its events, and an event at the end when there is nothing to learn from', async () => {
    element = await show();
    const ending = nextEvent(element, 'fine-tune-end');
    const run = element.fineTune([new File(['x'], 'x.png')], FEW);
    const { result, error } = await ending;
    assert.isNull(result);
    assert.include(String(error), 'x.png');
    assert.strictEqual(await run.done.catch((reason: unknown) => (reason as { code: string }).code), 'no-pictures');
    const none = await element.fineTune([], FEW).done.catch((reason: unknown) => reason as { code: string; message: string });
    assert.deepInclude(none, { code: 'no-pictures', message: 'There are no pictures to train on; give at least one.' });
  });

  it('pauses, is kept, and goes on in another element after this one has gone, to the same weights as without a break', async () => {
    const src = await serveTrainable('stylegan2-tiny', { name: 'kept-in-a-test' });
    element = createCanvas({ src, backend: 'wasm' });
    await showPicture(element);
    const files = await drawFiles(12);
    const options = { ...FEW, steps: 8, keeps: true };
    const whole = element.fineTune(files, options);
    await whole.done;
    const expected = new Uint8Array(await (await element.exportWeights({ delta: true })).arrayBuffer());
    await element.resetWeights();

    const run = element.fineTune(files, options);
    await pauseRunAt(run, 3);
    const ended = countEndedWorkers();
    const kept = await element.findKeptTraining();
    assert.deepInclude(kept, { name: 'kept-in-a-test', steps: 8, pictures: 12 });
    element.remove();
    assert.strictEqual(await run.done.catch((error: unknown) => (error as Error).name), 'AbortError');
    // The training's, and that of the last element on the page.
    await until(() => ended() === 2);

    element = createCanvas({ src, backend: 'wasm' });
    await showPicture(element);
    const result = await element.resumeFineTune().done;
    assert.deepInclude(result, { reason: 'finished', steps: 8 });
    const resumed = new Uint8Array(await (await element.exportWeights({ delta: true })).arrayBuffer());
    assert.isNull(await element.findKeptTraining());
    // What differs is how long it took, which stands in the header.
    const values = (file: Uint8Array): Uint8Array => file.subarray(file.length - 4000);
    assert.deepEqual(values(resumed), values(expected));
  });

  it('stops when it is told to and keeps what was learnt, runs one training after the other, and ends the worker of each', async () => {
    element = await show();
    const files = await drawFiles(12);
    const ended = countEndedWorkers();
    const first = element.fineTune(files, { ...FEW, steps: 100_000 });
    const second = element.fineTune(files, FEW);
    for await (const { step } of first) {
      if (step >= 2) break;
    }
    assert.strictEqual(second.state, 'queued');
    first.stop();
    const { reason, steps } = await first.done;
    assert.strictEqual(reason, 'stopped');
    assert.isTrue(steps >= 2 && steps < 100_000);
    assert.strictEqual(ended(), 1);
    assert.strictEqual((await second.done).reason, 'finished');
    assert.strictEqual(ended(), 2);
  });

  it('reconstructs a few pictures, and says where they lie', async () => {
    element = await show();
    const files = (await drawFiles(12)).slice(0, 2);
    const result = await element.fineTune(files, { steps: 20, keeps: false, learningRate: 0.001 }).done;
    assert.deepEqual(
      result.pivots.map(({ name, vector }) => [name, vector.length]),
      [
        ['0.png', element.modelInfo?.directionDim],
        ['1.png', element.modelInfo?.directionDim],
      ],
    );
  });
});
