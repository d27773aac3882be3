import type { BackendName } from '../runtime/backend.ts';
import { acquireRuntime, type Runtime } from '../runtime/runtime.ts';
import { GanCanvasError, throwIfAborted } from '../support/errors.ts';

/** After a loss: the same kind of backend on a new device, or else the best that there is. */
export async function acquireNext(wanted: BackendName, signal: AbortSignal): Promise<Runtime> {
  try {
    return await acquireRuntime(wanted, { signal });
  } catch (error) {
    throwIfAborted(signal);
    if (!(error instanceof GanCanvasError)) throw error;
    return acquireRuntime('auto', { signal });
  }
}
