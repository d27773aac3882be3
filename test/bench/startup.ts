/**
 * From navigation to the first picture, with everything in the browser's caches: the element on WASM against a page that runs the very
 * same network on onnxruntime-web's WASM, one thread each. Both draw seed 42; their pictures are compared in the same run. The peer gets
 * whichever of its formulations is fastest here.
 */
import type { Browser } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import { serveCompressed } from './compressing-server.ts';
import { summarize, summarizeRatio, type BenchOptions, type Figure } from './figures.ts';
import { UPSAMPLING_FORMS } from './onnx/stylegan2-graph.ts';
import { prepareSite } from './site.ts';

/** Visits before the first timed one: the browser keeps compiled JavaScript from the second or third on. */
const WARM_VISITS = 3;
/** It keeps compiled WASM once functions are hot and nothing new was compiled for two seconds. */
const WARM_PICTURES = 20;
const WARM_STAY_MS = 3_000;
/** Pictures shown while the main thread is watched. */
const SHOWN_PICTURES = 50;
/** Rounding to 8 bits on either side of a half may differ by one; more means another network. */
const MAX_DIFFERENCE = 2;

interface Visit {
  readonly firstPictureMs: number;
  /** RGBA. */
  readonly pixels: readonly number[];
}

/** What the pages leave on globalThis. */
interface PageResult {
  firstPictureMs?: number;
  pictureError?: string;
  readPixels(): Promise<number[]>;
  drawAgain(): Promise<void>;
  /** Ours only. */
  readonly longTasksMs: readonly number[];
  showSeed(seed: string): Promise<void>;
}

/** Runs in the page. */
async function readResult(pictures: number, stayMs: number): Promise<Visit> {
  const result = globalThis as unknown as PageResult;
  if (result.firstPictureMs === undefined) throw new Error(result.pictureError ?? 'The page failed.');
  for (let index = 0; index < pictures; index++) await result.drawAgain();
  await new Promise((done) => setTimeout(done, stayMs));
  return { firstPictureMs: result.firstPictureMs, pixels: await result.readPixels() };
}

/** Opens a page in a tab of its own and stays, if told so. The figure is the page's own clock, which starts with the navigation. */
async function visit(browser: Browser, url: string, stay = false): Promise<Visit> {
  const page = await browser.newPage();
  try {
    const failures: string[] = [];
    page.on('pageerror', (error) => failures.push(String(error)));
    await page.goto(url);
    await page
      .waitForFunction(() => 'firstPictureMs' in globalThis || 'pictureError' in globalThis, { timeout: 60_000, polling: 50 })
      .catch((error: unknown) => {
        throw new Error(`${url} drew nothing: ${failures.join('; ')}`, { cause: error });
      });
    return await page.evaluate(readResult, stay ? WARM_PICTURES : 0, stay ? WARM_STAY_MS : 0);
  } finally {
    await page.close();
  }
}

/** Runs in the page: shows that many pictures one after the other, and gives the longest task of the main thread since the navigation. */
async function readLongestTask(pictures: number): Promise<number> {
  const result = globalThis as unknown as PageResult;
  for (let index = 0; index < pictures; index++) await result.showSeed(`picture ${index}`);
  // The browser tells of a task after it has ended.
  await new Promise((done) => setTimeout(done, 500));
  return Math.max(0, ...result.longTasksMs);
}

/** The longest main-thread task over 50 ms while the page starts and shows pictures; 0 when there is none. */
async function measureLongestTask(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage();
  try {
    await page.goto(url);
    await page.waitForFunction(() => 'firstPictureMs' in globalThis, { timeout: 60_000, polling: 50 });
    return await page.evaluate(readLongestTask, SHOWN_PICTURES);
  } finally {
    await page.close();
  }
}

async function warm(browser: Browser, url: string, visits: number): Promise<void> {
  for (let index = 0; index < visits; index++) await visit(browser, url, true);
}

interface Peer {
  readonly url: string;
  readonly name: string;
}

/** The fastest of the peer's formulations, by the best of a few warm visits, taken in turns so that a busy moment meets them all. */
async function choosePeer(browser: Browser, site: string, quick: boolean): Promise<Peer> {
  const levels = quick ? ['disabled'] : ['all', 'disabled'];
  const candidates = UPSAMPLING_FORMS.flatMap((form) =>
    levels.map((level) => {
      const peer = { url: `${site}ort.html?form=${form}&level=${level}`, name: `${form} upsampling, graph optimisation ${level}` };
      return { peer, ms: Infinity };
    }),
  );
  if (!quick) for (const { peer } of candidates) await warm(browser, peer.url, 2);
  for (let round = 0; round < (quick ? 2 : 4); round++) {
    for (const candidate of candidates) candidate.ms = Math.min(candidate.ms, (await visit(browser, candidate.peer.url)).firstPictureMs);
  }
  const [best] = candidates.sort((a, b) => a.ms - b.ms);
  if (!best) throw new Error('There is no formulation of the peer.');
  for (const { peer, ms } of candidates) console.error(`  onnxruntime-web, ${peer.name}: ${ms.toFixed(0)} ms`);
  return best.peer;
}

function assertSamePicture(ours: Visit, theirs: Visit): void {
  if (ours.pixels.length === 0 || ours.pixels.length !== theirs.pixels.length) throw new Error('The pictures differ in size.');
  const worst = ours.pixels.reduce((most, value, index) => Math.max(most, Math.abs(value - (theirs.pixels[index] ?? 0))), 0);
  if (worst > MAX_DIFFERENCE) throw new Error(`The peer draws another picture: ${worst.toString()}/255 at the worst pixel.`);
  if (new Set(ours.pixels).size < 16) throw new Error('The pictures are blank.');
}

/** `npm run bench -- startup`. */
export async function measureStartup({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const server = await serveCompressed(await prepareSite(), 'gzip');
  const browser = await launchBrowser();
  try {
    const ours = `${server.url}visible.html`;
    const peer = await choosePeer(browser, server.url, quick);
    await warm(browser, ours, quick ? 2 : WARM_VISITS);
    await warm(browser, peer.url, quick ? 2 : WARM_VISITS);
    const oursMs: number[] = [];
    const peerMs: number[] = [];
    for (let run = 0; run < (quick ? 3 : 9); run++) {
      const [mine, theirs] = [await visit(browser, ours), await visit(browser, peer.url)];
      assertSamePicture(mine, theirs);
      oursMs.push(mine.firstPictureMs);
      peerMs.push(theirs.firstPictureMs);
    }
    const longestMs: number[] = [];
    for (let run = 0; run < (quick ? 1 : 3); run++) longestMs.push(await measureLongestTask(browser, ours));
    return [
      summarize('startup.wasm.ours_ms', oursMs),
      summarize('startup.wasm.ort_ms', peerMs, peer.name),
      summarizeRatio('startup.wasm.ort_over_ours', peerMs, oursMs),
      summarize('startup.wasm.longest_task_ms', longestMs, 'main thread, 0: none over 50 ms'),
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}
