/**
 * What a visitor of the demo page feels, in a Chromium without WebGPU, so that everything runs on WASM: whether the page jumps while it loads, how long its
 * main thread is held once it has loaded, how soon it answers while a walk plays, and how long it is held by a training.
 */
import type { Browser, Page } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import { serveCompressed } from './compressing-server.ts';
import { exactFigure, summarize, type BenchOptions, type Figure } from './figures.ts';
import { readWatch, startWatch, type Watched } from './page/watch.ts';
import { chooseDrawnPictures, pressInTurn, trainInPanel, unfoldControls, untilDrawn } from './page/visitor.ts';
import { prepareDemoSite } from './site.ts';

const VIEWPORT = { width: 1100, height: 800 };
/** For what comes late: the browser tells of a task after it has ended. */
const SETTLE_MS = 2_000;
const PICTURES = 12;
const BATCH = 4;

async function settle(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
}

/** Opens the page anew, with nothing in the cache, and watches it until all that is in view is drawn. */
async function load(browser: Browser, url: string): Promise<{ readonly page: Page; readonly watched: Watched }> {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport(VIEWPORT);
  await page.evaluateOnNewDocument(startWatch);
  const answer = await page.goto(url, { waitUntil: 'load' });
  if (!answer?.ok()) throw new Error(`${url} is not there.`);
  await untilDrawn(page);
  await settle();
  return { page, watched: await page.evaluate(readWatch) };
}

async function setWalk(page: Page, isWalking: boolean): Promise<void> {
  await page.$eval('#picture', (picture, on) => picture.toggleAttribute('autoplay', on), isWalking);
}

/** Interactions of all kinds while a walk plays; the longest time from one to the paint that it led to, 0 where none took 16 ms. */
async function measureWalk(page: Page, interactions: number): Promise<number> {
  await unfoldControls(page);
  await setWalk(page, true);
  await page.waitForFunction(() => document.querySelector('#number')?.textContent.includes('→'));
  await page.evaluate(readWatch);
  await pressInTurn(page, interactions);
  await settle();
  const { interactionsMs } = await page.evaluate(readWatch);
  await setWalk(page, false);
  return Math.max(0, ...interactionsMs);
}

/** Main-thread tasks over 50 ms from the choice of pictures to what was learnt being drawn. */
async function measureTraining(page: Page, steps: number): Promise<Watched> {
  await page.click('#teach summary');
  await page.$eval('#pupil', (pupil) => pupil.scrollIntoView());
  await page.waitForFunction(() => document.querySelector('#pupil')?.shadowRoot?.querySelector('[part="training-panel"]'));
  await page.waitForFunction(() => (document.querySelector('#pupil') as unknown as { ready: boolean }).ready, { timeout: 60_000 });
  await page.evaluate(chooseDrawnPictures, PICTURES);
  await page.evaluate(trainInPanel, steps, BATCH);
  await settle();
  return page.evaluate(readWatch);
}

const describeTasks = ({ tasksMs }: Watched): string =>
  tasksMs.length === 0 ? 'none over 50 ms' : `over 50 ms: ${tasksMs.map((ms) => ms.toFixed(0)).join(', ')} ms`;

/** `npm run bench -- page`. */
export async function measurePage({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const server = await serveCompressed(await prepareDemoSite(), 'gzip');
  const browser = await launchBrowser('none');
  const url = `${server.url}index.html`;
  const steps = quick ? 20 : 100;
  try {
    const loads: Watched[] = [];
    for (let run = 1; run < (quick ? 2 : 5); run++) {
      const { page, watched } = await load(browser, url);
      loads.push(watched);
      await page.browserContext().close();
    }
    const { page, watched } = await load(browser, url);
    loads.push(watched);
    const walkMs = await measureWalk(page, quick ? 20 : 60);
    const training = await measureTraining(page, steps);
    const worst = loads.reduce((most, each) => (Math.max(0, ...each.tasksMs) > Math.max(0, ...most.tasksMs) ? each : most));
    return [
      summarize('page.load.layout_shift', loads.map(({ layoutShift }) => layoutShift), 'sum of all shifts', 'share'), // prettier-ignore
      summarize('page.load.long_tasks_after_load', loads.map(({ tasksMs }) => tasksMs.length), describeTasks(worst), 'tasks'), // prettier-ignore
      summarize('page.load.longest_task', loads.map(({ tasksMs }) => Math.max(0, ...tasksMs)), 'after load; 0: none over 50 ms'), // prettier-ignore
      exactFigure('page.walk.interaction', walkMs, 'ms', 'the longest; 0: none took 16 ms'),
      exactFigure('page.training.longest_task', Math.max(0, ...training.tasksMs), 'ms', describeTasks(training)),
      exactFigure('page.training.long_tasks', training.tasksMs.length, 'tasks', `${steps} steps of ${BATCH} pictures`),
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}
