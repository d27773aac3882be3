/** A browser driven by WebDriver (W3C), as far as a test needs it: one session, pages opened, scripts run. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** How long the driver may take to listen. */
const START_TIMEOUT_MS = 60_000;

export interface WebDriverSession {
  open(url: string): Promise<void>;
  /** Runs the body of an asynchronous function in the page; what it gives must be JSON. */
  run(body: string): Promise<unknown>;
  close(): Promise<void>;
}

export interface WebDriverOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly url: string;
  readonly capabilities: object;
}

/** Starts the driver and one session of its browser; `close()` ends both. */
export async function startWebDriver({ command, args, url, capabilities }: WebDriverOptions): Promise<WebDriverSession> {
  const driver = spawn(command, args, { stdio: 'ignore', detached: true });
  try {
    await untilListening(url, driver);
    const session = (await send(url, 'POST', '/session', { capabilities: { alwaysMatch: capabilities } })) as { sessionId: string };
    const path = `/session/${session.sessionId}`;
    await send(url, 'POST', `${path}/timeouts`, { script: 120_000, pageLoad: 120_000 });
    return {
      open: async (page) => void (await send(url, 'POST', `${path}/url`, { url: page })),
      run: (body) => send(url, 'POST', `${path}/execute/sync`, { script: `return (async () => {${body}})()`, args: [] }),
      close: async () => {
        await send(url, 'DELETE', path).finally(() => endGroup(driver));
      },
    };
  } catch (error) {
    endGroup(driver);
    throw error;
  }
}

/** The driver and what it started, such as a display. */
function endGroup({ pid }: ChildProcess): void {
  if (pid !== undefined) process.kill(-pid);
}

async function untilListening(url: string, driver: ChildProcess): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  const ended = once(driver, 'exit').then(([code]) => {
    throw new Error(`The driver ended with ${String(code)} before it listened.`);
  });
  const listens = async (): Promise<void> => {
    while (Date.now() < end) {
      if (
        await fetch(`${url}/status`).then(
          ({ ok }) => ok,
          () => false,
        )
      )
        return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error('The driver did not listen in time.');
  };
  await Promise.race([listens(), ended]);
  ended.catch(() => undefined);
}

async function send(url: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
  if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${value?.error ?? ''} ${value?.message ?? ''}`);
  return value;
}
