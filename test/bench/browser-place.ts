/** Peers in the pages of a browser. */
import type { Browser, Page } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import type { CompressingServer, SentBody } from './compressing-server.ts';
import { findRealGpu } from './find-real-gpu.ts';
import type { OpenPeer, PeerQuery, Place } from './place.ts';

/** What peer.html leaves on globalThis. */
type BenchGlobal = typeof globalThis & { readonly bench: Promise<Record<string, (...args: unknown[]) => unknown>> };

class PeerTab<Bench> implements OpenPeer<Bench> {
  readonly #page: Page;
  readonly #sent: () => readonly SentBody[];

  constructor(page: Page, sent: () => readonly SentBody[]) {
    this.#page = page;
    this.#sent = sent;
  }

  codeBytes(): number {
    const code = this.#sent().filter(({ path }) => !/\.(html|safetensors)$/.test(path));
    return code.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async call<Result>(name: string, ...args: unknown[]): Promise<Result> {
    const result = await this.#page.evaluate(
      async (method, values) => (await (globalThis as BenchGlobal).bench)[method]?.(...values),
      name,
      args,
    );
    return result as Result;
  }

  async close(): Promise<void> {
    await this.#page.browserContext().close();
  }
}

/** The pages of a site; whoever made browser and server closes them. */
export class BrowserPlace implements Place {
  readonly #browser: Browser;
  readonly #server: CompressingServer;

  constructor(browser: Browser, server: CompressingServer) {
    this.#browser = browser;
    this.#server = server;
  }

  /** In a browser context of its own: so with an empty cache and a process of its own. */
  async open<Bench>(query: PeerQuery): Promise<OpenPeer<Bench>> {
    const context = await this.#browser.createBrowserContext();
    try {
      const page = await context.newPage();
      const session = await page.createCDPSession();
      await session.send('Emulation.setHardwareConcurrencyOverride', { hardwareConcurrency: query.threads });
      const before = this.#server.sent.length;
      const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, value.toString()]));
      await page.goto(`${this.#server.url}peer.html?${search.toString()}`);
      await page.evaluate(async () => void (await (globalThis as BenchGlobal).bench));
      return new PeerTab<Bench>(page, () => this.#server.sent.slice(before));
    } catch (error) {
      await context.close();
      throw error;
    }
  }
}

/** Measures in a Chromium on the machine's GPU; null where there is none. */
export async function measureOnGpu<Result>(server: CompressingServer, measure: (place: Place) => Promise<Result>): Promise<Result | null> {
  const browser = await launchBrowser('hardware');
  try {
    const place = new BrowserPlace(browser, server);
    return (await findRealGpu(place)) === null ? null : await measure(place);
  } finally {
    await browser.close();
  }
}
