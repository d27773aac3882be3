import * as tf from '@tensorflow/tfjs-core';
import { assert } from 'chai';
import type { FineTuneOptions, FineTuneStep } from '../../../src/engine/fine-tune/fine-tune.ts';
import { readFineTuneSettings } from '../../../src/engine/fine-tune/fine-tune-settings.ts';
import { findKeptRun } from '../../../src/engine/fine-tune/kept-run.ts';
import { runFineTune } from '../../../src/engine/fine-tune/train.ts';
import { TrainingLoop, type TrainingStart } from '../../../src/engine/fine-tune/training-loop.ts';
import { loadGradients } from '../../../src/runtime/gradients.ts';
import { acquireRuntime } from '../../../src/runtime/runtime.ts';
import { decodeWeights } from '../../../src/weights/weights-file.ts';
import { eachBackend } from '../../support/backends.ts';
import { loadFixtureFile, loadFixtureWeights } from '../../support/fixture-weights.ts';
import { createJob, createPort } from '../../support/training-job.ts';

/** Replaces a property, and gives what puts it back. */
function replace(target: object, name: string, descriptor: PropertyDescriptor): () => void {
  const original = Object.getOwnPropertyDescriptor(target, name);
  Object.defineProperty(target, name, { configurable: true, ...descriptor });
  return () => {
    if (original) Object.defineProperty(target, name, original);
    else Reflect.deleteProperty(target, name);
  };
}

function refuse(name: string, message: string): () => never {
  return () => {
    throw new DOMException(message, name);
  };
}

/** Ways in which a browser keeps nothing. */
const STORAGES = [
  {
    title: 'is full',
    told: 'the storage of this browser is full',
    spoil: () => replace(IDBObjectStore.prototype, 'put', { value: refuse('QuotaExceededError', 'no room') }),
  },
  {
    title: 'is forbidden',
    told: 'The operation is insecure.',
    spoil: () => replace(IDBFactory.prototype, 'open', { value: refuse('SecurityError', 'The operation is insecure.') }),
  },
  {
    title: 'is missing',
    told: 'there is no storage here',
    spoil: () => replace(globalThis, 'indexedDB', { value: undefined }),
  },
];

/** What the loop starts from, for a small network. */
async function createStart(options: FineTuneOptions): Promise<TrainingStart> {
  const weights = await loadFixtureWeights('stylegan2-tiny-classes');
  const file = decodeWeights(weights);
  const bytes = 3 * file.info.resolution ** 2;
  const pictures = [0, 1, 2].map((index) => ({
    name: index.toString(),
    pixels: Uint8Array.from({ length: bytes }, (_, at) => (index * 90 + at * 7) % 256),
  }));
  return {
    ...{ name: 'a-training-in-a-test', file, weights, pictures, kept: null },
    discriminator: await loadFixtureFile('stylegan2-tiny-classes', 'discriminator'),
    settings: readFineTuneSettings(options, file.info, pictures.length),
  };
}

/** Takes the GPU device away, as a driver that is reset does. */
function loseDevice(): void {
  (tf.findBackend('webgpu') as unknown as { device: GPUDevice }).device.destroy();
}

describe('engine/fine-tune/training-loop', () => {
  for (const { title, told, spoil } of STORAGES) {
    it(`says so where the storage ${title}, and goes on to the end`, async () => {
      const steps: FineTuneStep[] = [];
      const port = createPort((event) => {
        if (event.type === 'step') steps.push(event.step);
      });
      const job = await createJob('wasm', { steps: 3 });
      const mend = spoil();
      try {
        const { result } = await runFineTune(job, port);
        assert.deepInclude(result, { reason: 'finished', steps: 3 });
      } finally {
        mend();
      }
      const notice = `This training is not kept for a reload: ${told.replace(/\.$/, '')}`;
      assert.deepEqual(
        steps.map(({ notice: each }) => each?.slice(0, notice.length) ?? null),
        [null, notice, null],
      );
      assert.isNull(await findKeptRun(job.keptAs));
    });
  }

  for (const method of ['reconstruction', 'adversarial'] as const) {
    it(`goes on from the last state that it kept when a step fails, to the same weights as without: ${method}`, async () => {
      const runtime = await acquireRuntime('wasm');
      await loadGradients(runtime);
      const start = await createStart({ method, steps: 6, batch: 2, keeps: false });
      const whole = new TrainingLoop(
        start,
        createPort(() => undefined),
      );
      const expected = await whole.run(runtime);
      const steps: number[] = [];
      const port = createPort((event, controls) => {
        if (event.type === 'state' && event.state === 'paused') controls.handle('resume');
        if (event.type !== 'step') return;
        steps.push(event.step.step);
        if (event.step.step === 3) controls.handle('pause');
        if (steps.length === 5) throw new Error('The device is lost.');
      });
      const broken = new TrainingLoop(start, port);
      assert.equal(await broken.run(runtime).catch(String), 'Error: The device is lost.');
      const end = await broken.run(runtime);
      runtime.dispose();
      assert.deepEqual(steps, [1, 2, 3, 4, 5, 4, 5, 6]);
      assert.deepEqual(end.pivots, expected.pivots);
      assert.deepEqual([...broken.latest.tensors], [...whole.latest.tensors]);
    });
  }

  it('rests three times as long as it works while nobody looks, and no longer', async () => {
    const restsBefore: number[] = [];
    const port = createPort((event, controls) => {
      if (event.type !== 'step') return;
      restsBefore.push(port.restsMs.length);
      if (event.step.step === 1) controls.handle('hidden');
      if (event.step.step === 3) controls.handle('visible');
    });
    const { result } = await runFineTune(await createJob('wasm', { steps: 5, keeps: false }), port);
    assert.deepEqual(restsBefore, [0, 1, 2, 2, 2]);
    assert.isTrue(port.restsMs.every((ms) => ms > 0 && ms < 3000 * result.seconds));
  });

  eachBackend(() => {
    it('goes on from the last state that it kept when its device is lost, on WASM where there is no other', async function () {
      // WebGPU in software compiles for a while.
      this.timeout(400_000);
      const steps: FineTuneStep[] = [];
      const port = createPort((event, controls) => {
        if (event.type === 'state' && event.state === 'paused') controls.handle('resume');
        if (event.type !== 'step') return;
        steps.push(event.step);
        if (event.step.step === 2) controls.handle('pause');
        if (event.step.step === 3 && steps.length === 3) loseDevice();
      });
      const made = await createJob('webgpu', { steps: 4, keeps: false, method: 'reconstruction' });
      // Of pixels alone: the fewer kernels there are to compile, the better.
      const job = { ...made, discriminator: null, pictures: made.pictures.slice(0, 2) };
      const mend = replace(GPU.prototype, 'requestAdapter', { value: () => Promise.resolve(null) });
      try {
        const outcome = await runFineTune(job, port);
        assert.deepInclude(outcome.result, { reason: 'finished', steps: 4, imagesSeen: 8 });
        for (const { vector } of outcome.result.pivots) assert.isTrue(vector.every(Number.isFinite) && vector.some((value) => value !== 0));
      } finally {
        mend();
      }
      assert.deepEqual(
        steps.map(({ step, backend, notice }) => [step, backend, notice]),
        [
          [1, 'webgpu', null],
          [2, 'webgpu', null],
          [3, 'webgpu', null],
          [3, 'wasm', 'The device that trained was lost: back to step 2, on wasm.'],
          [4, 'wasm', null],
        ],
      );
    });
  }, ['webgpu']);
});
