/** A tab with one peer in it, as the driver sees it. */
import type { Browser, Page } from 'puppeteer-core';
import type { CompressingServer, SentBody } from '../compressing-server.ts';
import type { BenchPage } from '../pages/generate/harness.ts';
import type { OwnPage } from '../pages/generate/ours.ts';
import type { NetworkName } from './networks.ts';

export const PEERS = ['ours', 'ort', 'tfjs', 'jax'] as const;
export type PeerName = (typeof PEERS)[number];

/** What is timed against each other: one network, drawn by one kind of backend. */
export interface BenchCase {
  readonly backend: 'wasm' | 'webgpu';
  /** 1 on WebGPU. */
  readonly threads: number;
  readonly network: NetworkName;
  readonly batch: number;
}

/** The methods of the page, each of which may be asynchronous there and is here. */
type Methods = BenchPage & OwnPage;
type MethodName = { [Key in keyof Methods]: Methods[Key] extends (...args: never[]) => unknown ? Key : never }[keyof Methods];

type OpenedPeer = Pick<BenchPage, 'detail' | 'threads' | 'formulations'>;

export class PeerTab {
  readonly peer: PeerName;
  readonly detail: string;
  readonly threads: number;
  readonly formulations: readonly string[];
  readonly #page: Page;
  readonly #sent: () => readonly SentBody[];

  constructor(peer: PeerName, page: Page, opened: OpenedPeer, sent: () => readonly SentBody[]) {
    this.peer = peer;
    this.detail = opened.detail;
    this.threads = opened.threads;
    this.formulations = opened.formulations;
    this.#page = page;
    this.#sent = sent;
  }

  /** Compressed bytes that the server has sent since this tab was opened, without pages and weights. Read it before another tab is opened. */
  get codeBytes(): number {
    const code = this.#sent().filter(({ path }) => !/\.(html|safetensors)$/.test(path));
    return code.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /** Calls a method of the page's `bench`. */
  async call<Name extends MethodName>(name: Name, ...args: Parameters<Methods[Name]>): Promise<Awaited<ReturnType<Methods[Name]>>> {
    const result: unknown = await this.#page.evaluate(
      (method, values) => (globalThis as unknown as { bench: Record<string, (...all: unknown[]) => unknown> }).bench[method]?.(...values),
      name,
      args as unknown[],
    );
    return result as Awaited<ReturnType<Methods[Name]>>;
  }

  async close(): Promise<void> {
    await this.#page.browserContext().close();
  }
}

/**
 * Opens a peer in a browser context of its own (so with an empty cache and a process of its own). The page is told that the machine has as
 * many processors as the case has threads, which is what libraries go by. Throws with the page's own reason when it cannot start.
 */
export async function openTab(browser: Browser, server: CompressingServer, peer: PeerName, task: BenchCase): Promise<PeerTab> {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    const session = await page.createCDPSession();
    await session.send('Emulation.setHardwareConcurrencyOverride', { hardwareConcurrency: task.threads });
    const before = server.sent.length;
    const query = new URLSearchParams({ peer, network: task.network, backend: task.backend });
    query.set('threads', task.threads.toString());
    query.set('batch', task.batch.toString());
    await page.goto(`${server.url}peer.html?${query.toString()}`);
    await page.waitForFunction(() => 'bench' in globalThis || 'benchError' in globalThis, { timeout: 60_000, polling: 50 });
    const opened = await page.evaluate(() => {
      const { bench, benchError } = globalThis as unknown as { bench?: BenchPage; benchError?: string };
      return bench ? { detail: bench.detail, threads: bench.threads, formulations: bench.formulations } : { error: benchError ?? '' };
    });
    if ('error' in opened) throw new Error(opened.error);
    return new PeerTab(peer, page, opened, () => server.sent.slice(before));
  } catch (error) {
    await context.close();
    throw error;
  }
}
