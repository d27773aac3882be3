import type { WorkerMessage } from './protocol.ts';

/** A worker that has said `ready`. */
export interface StartedWorker {
  readonly worker: Worker;
  /** How it was started, for the backend report. */
  readonly detail: string;
}

/** How long a worker may take to say `ready`; its script is small, but the network may be slow. */
const READY_TIMEOUT_MS = 20_000;

const POLICY_NAME = 'gan-canvas';

interface ScriptUrlPolicy {
  createScriptURL(url: string): string;
}
interface TrustedTypesFactory {
  createPolicy(name: string, rules: ScriptUrlPolicy): ScriptUrlPolicy;
}

/** A way to construct the worker, tried when those before it failed. */
interface Attempt {
  readonly detail: string;
  construct(): Worker;
}

/**
 * Starts the engine's worker and waits until it is ready: from its own URL, or from a Blob that imports it where the script
 * came from another origin. Rejects with an `Error` whose message says why each way was refused.
 */
export async function startWorker(timeoutMs = READY_TIMEOUT_MS): Promise<StartedWorker> {
  const reasons: string[] = [];
  for (const { detail, construct } of attempts()) {
    try {
      const worker = construct();
      await untilReady(worker, timeoutMs);
      return { worker, detail };
    } catch (error) {
      reasons.push(`${detail}: ${error instanceof Error ? error.message : String(error)}`);
      if (!mayRetry(error)) break;
    }
  }
  throw new Error(reasons.join('; '));
}

function* attempts(): Generator<Attempt> {
  // Bundlers know the worker by exactly this form.
  yield { detail: 'module worker', construct: () => new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' }) };
  const url = scriptUrl();
  const policy = scriptUrlPolicy();
  if (policy) yield { detail: 'module worker, trusted URL', construct: () => new Worker(policy.createScriptURL(url), { type: 'module' }) };
  yield { detail: 'module worker from a Blob', construct: () => constructTrampoline(url, policy) };
}

/** The worker's script where no bundler moved it, as for a page that loads gan-canvas from another origin. */
function scriptUrl(): string {
  return new URL(/* webpackIgnore: true */ /* @vite-ignore */ './worker.ts', import.meta.url).href;
}

/** A script of the page's own origin that imports the worker's from another. */
function constructTrampoline(url: string, policy: ScriptUrlPolicy | null): Worker {
  const blobUrl = URL.createObjectURL(new Blob([`import ${JSON.stringify(url)};`], { type: 'text/javascript' }));
  const worker = new Worker(policy ? policy.createScriptURL(blobUrl) : blobUrl, { type: 'module' });
  worker.addEventListener(
    'message',
    () => {
      URL.revokeObjectURL(blobUrl);
    },
    { once: true },
  );
  return worker;
}

let cachedPolicy: ScriptUrlPolicy | null | undefined;

/** The page's Trusted Types policy for our URLs; null where there are no Trusted Types or the page refuses the policy. */
function scriptUrlPolicy(): ScriptUrlPolicy | null {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypesFactory };
  if (cachedPolicy === undefined && trustedTypes !== undefined) {
    try {
      cachedPolicy = trustedTypes.createPolicy(POLICY_NAME, { createScriptURL: (url) => url });
    } catch {
      cachedPolicy = null;
    }
  }
  return cachedPolicy ?? null;
}

/** The worker was constructed but did not become ready; another URL could only do worse. */
class WorkerSilentError extends Error {}

/**
 * A refusal by the constructor (another origin, Trusted Types) may be got round, and so may a script that did not load from
 * another origin. One that loads and then says nothing may not.
 */
function mayRetry(error: unknown): boolean {
  return !(error instanceof WorkerSilentError);
}

function untilReady(worker: Worker, timeoutMs: number): Promise<void> {
  const listening = new AbortController();
  return new Promise<void>((resolve, reject) => {
    const fail = (error: Error) => {
      worker.terminate();
      reject(error);
    };
    const timer = setTimeout(() => {
      fail(new WorkerSilentError(`it did not answer within ${String(timeoutMs / 1000)} s`));
    }, timeoutMs);
    const { signal } = listening;
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
    });
    worker.addEventListener(
      'error',
      (event) => {
        event.preventDefault();
        fail(new Error(event.message || 'its script could not be loaded (blocked by the page’s policy, or not found)'));
      },
      { signal },
    );
    worker.addEventListener(
      'messageerror',
      () => {
        fail(new Error('its first message could not be read'));
      },
      { signal },
    );
    worker.addEventListener(
      'message',
      ({ data }: MessageEvent<WorkerMessage>) => {
        if (data.type === 'ready') resolve();
      },
      { signal },
    );
  }).finally(() => {
    listening.abort();
  });
}
