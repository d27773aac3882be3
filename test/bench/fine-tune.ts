/**
 * `npm run bench -- fine-tune`: one adversarial training step of pomona, batch 8, on WASM with one thread, by our kernels and by stock TensorFlow.js
 * with composed gradients, in turns. The same code makes both steps, and their gradients are compared in the same run.
 */
import type { Browser, Page } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import { serveCompressed } from './compressing-server.ts';
import { exactFigure, median, missingFigure, summarize, type BenchOptions, type Figure } from './figures.ts';
import { assertSameGradients } from './fine-tune/same-gradients.ts';
import type { StepPage } from './pages/fine-tune/harness.ts';
import { prepareFineTuneSite } from './site.ts';

const BATCH = 8;
/** R1 is applied at every so manieth step. */
const PENALTY_EVERY = 16;
const PREFIX = 'fine-tune.wasm.threads1';

type PeerName = 'ours' | 'tfjs';
type MethodName = { [Key in keyof StepPage]: StepPage[Key] extends (...args: never[]) => unknown ? Key : never }[keyof StepPage];

class StepTab {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  async call<Name extends MethodName>(name: Name, ...args: Parameters<StepPage[Name]>): Promise<Awaited<ReturnType<StepPage[Name]>>> {
    const result: unknown = await this.#page.evaluate(
      (method, values) => (globalThis as unknown as { bench: Record<string, (...all: unknown[]) => unknown> }).bench[method]?.(...values),
      name,
      args as unknown[],
    );
    return result as Awaited<ReturnType<StepPage[Name]>>;
  }
}

/** Opens a peer in a browser context, and so a process, of its own. */
async function openTab(browser: Browser, url: string, peer: PeerName): Promise<{ tab: StepTab; detail: string }> {
  const page = await (await browser.createBrowserContext()).newPage();
  // Composed gradients try every formulation of every convolution at first.
  page.setDefaultTimeout(300_000);
  await page.goto(`${url}step.html?peer=${peer}&backend=wasm&batch=${BATCH.toString()}`);
  await page.waitForFunction(() => 'bench' in globalThis || 'benchError' in globalThis, { polling: 50 });
  const opened = await page.evaluate(() => {
    const { bench, benchError } = globalThis as unknown as { bench?: StepPage; benchError?: string };
    return bench ? { detail: bench.detail } : { error: benchError ?? '' };
  });
  if ('error' in opened) throw new Error(`${peer}: ${opened.error}`);
  return { tab: new StepTab(page), detail: opened.detail };
}

interface Times {
  readonly plain: number[];
  readonly withPenalty: number[];
}

/** The mean step of a training that applies R1 lazily. */
function lazyStep({ plain, withPenalty }: Times): number {
  return (median(plain) * (PENALTY_EVERY - 1) + median(withPenalty)) / PENALTY_EVERY;
}

async function timeTurn(tab: StepTab, times: Times): Promise<void> {
  times.plain.push(await tab.call('time', false));
  times.withPenalty.push(await tab.call('time', true));
}

function peerFigures(name: PeerName, times: Times, note: string, bytes: number): Figure[] {
  return [
    summarize(`${PREFIX}.step.${name}`, times.plain, `${note}; without R1`),
    summarize(`${PREFIX}.step_with_r1.${name}`, times.withPenalty),
    exactFigure(`${PREFIX}.memory.${name}`, bytes, 'bytes', 'WASM memory at its largest'),
  ];
}

/** GFLOP/s of the convolutions' gradients over the ceiling, each step's with the ceiling measured just before it. */
async function measureGradients(tab: StepTab, isRelaxed: boolean, runs: number): Promise<Figure[]> {
  const instructions = isRelaxed ? 'relaxed_madd' : 'mul+add';
  const [shares, speeds, ceilings]: [number[], number[], number[]] = [[], [], []];
  for (let run = 0; run < runs; run++) {
    const ceiling = await tab.call('ceiling', instructions);
    if (ceiling === null) throw new Error(`This browser has no ${instructions}.`);
    const { flops, ms } = await tab.call('profileGradients');
    ceilings.push(ceiling);
    speeds.push(flops / ms / 1e6);
    shares.push(flops / ms / 1e6 / ceiling);
  }
  const note = `${median(speeds).toFixed(1)} of ${median(ceilings).toFixed(1)} GFLOP/s (${instructions}); counted as the direct convolutions that stand in the graph`;
  const ratio = { ...summarize(`${PREFIX}.conv_gradients_over_ceiling`, shares, note), unit: 'ratio' } as const;
  return [ratio];
}

/** `npm run bench -- fine-tune`. The quick form takes fewer turns. */
export async function measureFineTune({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const server = await serveCompressed(await prepareFineTuneSite(), 'gzip');
  const browser = await launchBrowser();
  try {
    const [ours, tfjs] = [await openTab(browser, server.url, 'ours'), await openTab(browser, server.url, 'tfjs')];
    const worst = assertSameGradients(await ours.tab.call('gradients'), await tfjs.tab.call('gradients'));
    const times = { ours: { plain: [], withPenalty: [] }, tfjs: { plain: [], withPenalty: [] } } satisfies Record<PeerName, Times>;
    // Compiles the rest, and what the first turns of both differ in.
    for (const { tab } of [ours, tfjs]) await tab.call('time', false);
    for (let turn = 0; turn < (quick ? 2 : 7); turn++) {
      await timeTurn(ours.tab, times.ours);
      await timeTurn(tfjs.tab, times.tfjs);
    }
    const note = `R1 at every ${PENALTY_EVERY.toString()}th step; gradients differ by ${worst.toExponential(1)} at most`;
    return [
      exactFigure(`${PREFIX}.step.tfjs_over_ours`, lazyStep(times.tfjs) / lazyStep(times.ours), 'ratio', note),
      ...(await measureGradients(ours.tab, ours.detail.includes('relaxed'), quick ? 3 : 7)),
      ...peerFigures('ours', times.ours, ours.detail, (await ours.tab.call('memory')).wasmBytes),
      ...peerFigures('tfjs', times.tfjs, `${tfjs.detail}; ${await tfjs.tab.call('describe')}`, (await tfjs.tab.call('memory')).wasmBytes),
      missingFigure('fine-tune.webgpu.step.tfjs_over_ours', 'ratio', 'training has no kernels of ours on WebGPU yet'),
    ];
  } finally {
    await browser.close();
    await server.close();
  }
}
