import type { Runtime } from '../runtime/runtime.ts';
import { yieldToEventLoop } from './yield-to-event-loop.ts';

/** How many turns of the event loop the news of a loss may come after the failure that it caused. */
const NEWS_TURNS = 3;

/** Throws when the device is known to be lost. */
export function assertNotLost(runtime: Runtime): void {
  runtime.run(() => undefined);
}

/** Whether the device is known to be lost. The runtime must not be disposed. */
export function isLost(runtime: Runtime): boolean {
  try {
    assertNotLost(runtime);
    return false;
  } catch {
    return true;
  }
}

/** Whether a failure came of a lost device. */
export async function wasLost(runtime: Runtime): Promise<boolean> {
  for (let turn = 0; turn < NEWS_TURNS && runtime.backend === 'webgpu' && !isLost(runtime); turn += 1) await yieldToEventLoop();
  return isLost(runtime);
}
