/** How long a browser may take to start an empty worker before we count it as forbidden. */
const TIMEOUT_MS = 3000;

/**
 * Whether a worker from a blob: URL starts and may importScripts another blob: URL, which is how TF.js starts its threads.
 * A content security policy can forbid either, by a throw or by an error event.
 */
export async function canStartBlobWorkers(): Promise<boolean> {
  if (typeof Worker === 'undefined' || typeof Blob === 'undefined') return false;
  const script = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
  const main = URL.createObjectURL(new Blob([`importScripts(${JSON.stringify(script)})`], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<boolean>((resolve) => {
      worker = new Worker(main);
      worker.onmessage = () => resolve(true);
      worker.onerror = (event) => {
        event.preventDefault();
        resolve(false);
      };
      timer = setTimeout(() => resolve(false), TIMEOUT_MS);
    });
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
    worker?.terminate();
    URL.revokeObjectURL(script);
    URL.revokeObjectURL(main);
  }
}
