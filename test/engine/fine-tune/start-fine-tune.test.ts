import { assert } from 'chai';
import type { FineTuneControl, FineTuneEvent, FineTuneOutcome } from '../../../src/engine/fine-tune/fine-tune-job.ts';
import type { FineTuneRun, FineTuneStep } from '../../../src/engine/fine-tune/fine-tune.ts';
import { startFineTune, type FineTuneTarget, type StartTraining } from '../../../src/engine/fine-tune/start-fine-tune.ts';
import { createGate, fakeInfo } from '../../element/fake-generator.ts';

const OUTCOME: FineTuneOutcome = {
  result: { reason: 'finished', steps: 1, imagesSeen: 1, seconds: 1, pivots: [], refused: [] },
  weights: new Blob([Uint8Array.of(7)]),
};

/** A generator that records the weights it is given. */
function fakeTarget(): FineTuneTarget & { readonly imported: (Uint8Array | Blob)[] } {
  const imported: (Uint8Array | Blob)[] = [];
  return {
    ...{ info: fakeInfo(), loadedInfo: fakeInfo(), activeBackend: 'wasm', imported },
    exportWeights: () => Promise.resolve(Uint8Array.of(1)),
    importWeights: (bytes) => Promise.resolve(void imported.push(bytes)),
  };
}

/** A training that ends when the test opens its gate, and records what it is told. */
function fakeTraining() {
  const [begun, end] = [createGate(), createGate()];
  const told: FineTuneControl[] = [];
  const start: StartTraining = () => {
    begun.open();
    return Promise.resolve({ outcome: end.passed.then(() => OUTCOME), control: (control) => told.push(control) });
  };
  return { start, told, end, begun: begun.passed };
}

function createStep(step: number, isShown: boolean): FineTuneStep {
  const numbers = { steps: 4, imagesSeen: step, imagesPerSecond: 1, secondsLeft: 1 };
  return { step, ...numbers, losses: {}, diversity: null, isShown, notice: null, backend: 'wasm' };
}

/** Everything that has been promised until now has come about. */
const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** Has the page hidden or shown, as far as its scripts can tell. */
function setVisibility(state: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
  document.dispatchEvent(new Event('visibilitychange'));
}

describe('engine/fine-tune/start-fine-tune', () => {
  afterEach(() => {
    Reflect.deleteProperty(document, 'visibilityState');
  });

  it('tells the training when the page is hidden and seen again, also when it was hidden from the start, and no more after its end', async () => {
    const training = fakeTraining();
    setVisibility('hidden');
    const run = startFineTune(fakeTarget(), [], {}, { start: training.start, discriminatorUrl: null });
    await training.begun;
    setVisibility('visible');
    setVisibility('hidden');
    training.end.open();
    await run.done;
    setVisibility('visible');
    assert.deepEqual(training.told, ['hidden', 'visible', 'hidden']);
  });

  describe('beside weights that do not draw yet', () => {
    let tell: (event: FineTuneEvent) => void;
    let run: FineTuneRun;
    let [imported, end] = [createGate(), createGate()];
    let seen: number[];
    let reading: Promise<void>;
    const tellStep = (step: number, weights: Blob | null = null): void => {
      tell({ type: 'step', step: createStep(step, weights !== null), weights });
    };

    beforeEach(async () => {
      [imported, end, seen] = [createGate(), createGate(), []];
      const begun = createGate();
      const start: StartTraining = (_, { onTraining }) => {
        tell = onTraining;
        begun.open();
        return Promise.resolve({ outcome: end.passed.then(() => OUTCOME), control: () => undefined });
      };
      run = startFineTune({ ...fakeTarget(), importWeights: () => imported.passed }, [], {}, { start, discriminatorUrl: null });
      reading = (async () => {
        for await (const { step } of run) seen.push(step);
      })();
      await begun.passed;
      tellStep(1);
      await nextTask();
      tellStep(2, new Blob());
      tellStep(3);
      tellStep(4);
    });

    it('tells of steps in their order, of a shown one when its weights draw, and of the last', async () => {
      await nextTask();
      assert.deepEqual(seen, [1]);
      imported.open();
      await nextTask();
      assert.deepEqual(seen, [1, 2]);
      end.open();
      await Promise.all([run.done, reading]);
      assert.deepEqual(seen, [1, 2, 4]);
    });

    it('tells of the last step before a pause', async () => {
      tell({ type: 'state', state: 'paused' });
      imported.open();
      while (seen.length < 3) await nextTask();
      assert.deepEqual(seen, [1, 2, 4]);
      end.open();
      await Promise.all([run.done, reading]);
      assert.deepEqual(seen, [1, 2, 4]);
    });
  });

  it('runs two trainings one after the other, and passes on what the second was told meanwhile', async () => {
    const [first, second] = [fakeTraining(), fakeTraining()];
    const target = fakeTarget();
    const begin = ({ start }: { readonly start: StartTraining }) => startFineTune(target, [], {}, { start, discriminatorUrl: null });
    const runs = [begin(first), begin(second)];
    await first.begun;
    runs[1]?.pause();
    assert.deepEqual(
      runs.map(({ state }) => state),
      ['preparing', 'queued'],
    );
    first.end.open();
    await runs[0]?.done;
    assert.deepEqual(target.imported, [OUTCOME.weights]);
    await second.begun;
    second.end.open();
    assert.deepEqual(await runs[1]?.done, OUTCOME.result);
    assert.deepEqual(second.told, ['pause']);
  });

  it('gives a training that is aborted while it waits no turn', async () => {
    const [first, second] = [fakeTraining(), fakeTraining()];
    const leaving = new AbortController();
    const run = startFineTune(fakeTarget(), [], {}, { start: first.start, discriminatorUrl: null });
    const waiting = startFineTune(fakeTarget(), [], { signal: leaving.signal }, { start: second.start, discriminatorUrl: null });
    await first.begun;
    leaving.abort();
    assert.equal(await waiting.done.catch((error: unknown) => (error as Error).name), 'AbortError');
    let hasBegun = false;
    void second.begun.then(() => (hasBegun = true));
    first.end.open();
    await run.done;
    assert.isFalse(hasBegun);
  });
});
