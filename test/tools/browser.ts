/** Drives a Chromium by puppeteer-core, for tests and benchmarks outside of the test runner. */
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { CHROMIUM_FLAGS, findChromium, HARDWARE_GPU_FLAGS, NO_GPU_FLAGS } from './chromium.mjs';

const FLAGS = { software: CHROMIUM_FLAGS, hardware: HARDWARE_GPU_FLAGS, none: NO_GPU_FLAGS };

/** Starts the project's Chromium, with WebGPU in software, on the machine's GPU, or without; the caller closes it. */
export async function launchBrowser(gpu: 'software' | 'hardware' | 'none' = 'software'): Promise<Browser> {
  return puppeteer.launch({ executablePath: await findChromium(), headless: true, args: [...FLAGS[gpu]] });
}

export interface DrawnPicture {
  readonly ready: boolean;
  readonly backend: string | null;
  readonly report: string;
  /** Distinct colours among the picture's pixels; 0 when there is no picture. */
  readonly colours: number;
  /** Directions that it found by PCA: code that is loaded only then. */
  readonly directions: number;
  readonly error: string | null;
}

/** Waits until the page's first <gan-canvas> has drawn or failed, and says what it shows and finds. */
export async function waitForPicture(page: Page, timeoutMs = 60_000): Promise<DrawnPicture> {
  await page.waitForFunction(() => customElements.get('gan-canvas') !== undefined, { timeout: timeoutMs });
  return page.evaluate(async (limitMs) => {
    interface Tag extends HTMLElement {
      ready: boolean;
      activeBackend: string | null;
      backendReport: unknown;
      generate(): Promise<ImageData>;
      discoverDirections(options: { method: 'pca' }): Promise<unknown[]>;
    }
    const tag = document.querySelector<Tag>('gan-canvas');
    if (!tag) throw new Error('The page has no <gan-canvas>.');
    const failure = await new Promise<string | null>((resolve) => {
      if (tag.ready) resolve(null);
      tag.addEventListener('load', () => {
        resolve(null);
      });
      tag.addEventListener('error', (event) => {
        resolve(String((event as ErrorEvent).message));
      });
      setTimeout(() => {
        resolve('timeout');
      }, limitMs);
    });
    const described = {
      ready: tag.ready,
      backend: tag.activeBackend,
      report: JSON.stringify(tag.backendReport),
      colours: 0,
      directions: 0,
      error: failure,
    };
    if (failure !== null) return described;
    const { data } = await tag.generate();
    const { length: directions } = await tag.discoverDirections({ method: 'pca' });
    return { ...described, colours: new Set(new Uint32Array(data.buffer)).size, directions };
  }, timeoutMs);
}
