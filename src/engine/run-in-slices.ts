import { throwIfAborted } from '../support/errors.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

/** How long a slice may keep the thread, a step more or less. */
const SLICE_MS = 8;

/** Runs long work step by step, letting messages, input and drawing in between. Rejects with `AbortError` when told to stop. */
export async function runInSlices<T>(steps: Generator<void, T>, signal: AbortSignal | undefined): Promise<T> {
  let startedMs = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - startedMs < SLICE_MS) continue;
    await yieldToEventLoop();
    throwIfAborted(signal);
    startedMs = performance.now();
  }
}
