import { assert } from 'chai';
import type { PageMessage, WorkerMessage } from '../../src/engine/protocol.ts';
import { WorkerCrashError, WorkerLink } from '../../src/engine/worker-link.ts';
import { assertRejectsCode } from '../support/assert-error.ts';
import { assertAborts } from '../support/tiny-source.ts';

/** A worker of which the test is the other end. */
class ScriptedWorker extends EventTarget {
  readonly received: PageMessage[] = [];
  terminated = false;

  postMessage(message: PageMessage): void {
    this.received.push(structuredClone(message));
  }

  terminate(): void {
    this.terminated = true;
  }

  say(data: WorkerMessage): void {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

function createLink(handleCrash: (reason: string) => void = () => undefined): { worker: ScriptedWorker; link: WorkerLink } {
  const worker = new ScriptedWorker();
  return { worker, link: new WorkerLink({ worker: worker as unknown as Worker, detail: 'scripted' }, handleCrash) };
}

describe('engine/worker-link', () => {
  it('matches answers to requests in any order', async () => {
    const { worker, link } = createLink();
    const first = link.command<'exportWeights'>(1, { name: 'exportWeights', args: [{}] }, undefined);
    const second = link.command<'exportWeights'>(1, { name: 'exportWeights', args: [{}] }, undefined);
    worker.say({ type: 'result', id: 2, value: Uint8Array.of(2) });
    worker.say({ type: 'result', id: 1, value: Uint8Array.of(1) });
    assert.deepEqual([...(await first), ...(await second)], [1, 2]);
  });

  it('forwards an abort by the number of its request, and closes the bitmap that comes all the same', async () => {
    const { worker, link } = createLink();
    const controller = new AbortController();
    const pending = link.command<'renderBitmap'>(1, { name: 'renderBitmap', args: [{}] }, controller.signal);
    controller.abort();
    await assertAborts(pending);
    assert.deepEqual(worker.received.at(-1), { type: 'abort', id: 1 });
    const bitmap = await createImageBitmap(new ImageData(4, 4));
    worker.say({ type: 'result', id: 1, value: { bitmap } });
    assert.equal(bitmap.width, 0, 'closed bitmaps have no size');
  });

  it('sends nothing for a signal that is aborted already', async () => {
    const { worker, link } = createLink();
    await assertAborts(link.command<'generate'>(1, { name: 'generate', args: [{}] }, AbortSignal.abort()));
    assert.deepEqual(worker.received, []);
  });

  it('disposes of a generator that is opened after its opening was aborted', async () => {
    const { worker, link } = createLink();
    const controller = new AbortController();
    const pending = link.open({ signal: controller.signal });
    controller.abort();
    await assertAborts(pending);
    worker.say({ type: 'result', id: 1, value: { info: {}, activeBackend: 'wasm', backendReport: [] } });
    assert.deepEqual(worker.received.at(-1), { type: 'dispose', generator: 1 });
  });

  it('brings errors across as what they were', async () => {
    const { worker, link } = createLink();
    const pending = link.open({});
    worker.say({ type: 'failure', id: 1, error: { name: 'GanCanvasError', code: 'weights-fetch', message: 'status 404' } });
    await assertRejectsCode(pending, 'weights-fetch', '404');
  });

  for (const type of ['error', 'messageerror']) {
    it(`takes ${type} for a crash: rejects all requests, ends the worker, and tells it once`, async () => {
      const reasons: string[] = [];
      const { worker, link } = createLink((reason) => reasons.push(reason));
      const pending = [link.memory(), link.open({})].map((request) => request.catch((error: unknown) => error));
      worker.dispatchEvent(new Event(type, { cancelable: true }));
      worker.dispatchEvent(new Event(type, { cancelable: true }));
      for (const outcome of await Promise.all(pending)) assert.instanceOf(outcome, WorkerCrashError);
      assert.lengthOf(reasons, 1);
      assert.isTrue(worker.terminated);
      assert.instanceOf(await link.memory().catch((error: unknown) => error), WorkerCrashError);
    });
  }
});
