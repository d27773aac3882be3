/**
 * `npm run bench -- generate`: from w to RGBA bytes, on this machine and in this run, by gan-canvas, onnxruntime-web, stock TensorFlow.js and
 * jax-js, from the same weights and without noise. Every peer draws in the fastest of its formulations, and what it draws is compared with ours.
 */
import type { Browser } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import { serveCompressed, type CompressingServer } from './compressing-server.ts';
import { exactFigure, missingFigure, type BenchOptions, type Figure } from './figures.ts';
import { caseFigures, caseName, layerFigures, missingPeer } from './generate/case-figures.ts';
import { NETWORK_NAMES } from './generate/networks.ts';
import type { BenchCase } from './generate/tab.ts';
import { countFewestDispatches, timeCase, type Place, type TimingPlan } from './generate/time-case.ts';
import { prepareGenerateSite } from './site.ts';

const FULL_PLAN: TimingPlan = { peers: ['ort', 'tfjs'], rounds: 15, warmMs: 300, roundMs: 60, profiledPictures: 0 };
/** Tries what the full form has found to be the fastest on WASM wherever it was run, and what comes next to it. */
const QUICK_PLAN: TimingPlan = {
  ...{ peers: ['ort', 'tfjs'], rounds: 5, warmMs: 60, roundMs: 40, profiledPictures: 0 },
  isTried: (formulation) => !/^folded|modulated weights/.test(formulation),
};
const PROFILED_PICTURES = 40;

const POMONA = { network: 'pomona', batch: 1 } as const;
const CASES = [...NETWORK_NAMES.map((network) => ({ network, batch: 1 })), { network: 'pomona', batch: 8 }] as const;

/** jax-js takes some hundred times as long as the others on WASM: pomona is enough to say so. */
const JAX_TOO_SLOW = 'too slow on WASM to be waited for, see pomona.batch1 on one thread';

async function measureWasm(place: Place, threads: number, quick: boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const each of quick ? [POMONA] : CASES) {
    const task: BenchCase = { backend: 'wasm', threads, ...each };
    const isFirst = each.network === 'pomona' && each.batch === 1 && threads === 1;
    const plan = quick ? QUICK_PLAN : FULL_PLAN;
    const peers = isFirst && !quick ? [...plan.peers, 'jax' as const] : plan.peers;
    console.error(caseName(task));
    const result = await timeCase(place, task, { ...plan, peers, profiledPictures: isFirst ? PROFILED_PICTURES : 0 });
    figures.push(...caseFigures(task, result), ...layerFigures(result.profiles));
    if (!peers.includes('jax')) figures.push(...missingPeer(caseName(task), 'jax', quick ? 'left out of --quick' : JAX_TOO_SLOW));
  }
  return figures;
}

/** Dispatches of a picture, ours over the fewest that stock TensorFlow.js does with; the same on any adapter. */
async function measureDispatches(place: Place, quick: boolean): Promise<Figure[]> {
  const task: BenchCase = { backend: 'webgpu', threads: 1, ...POMONA };
  const name = 'generate.webgpu';
  console.error(`${name}.dispatches`);
  const ours = await countFewestDispatches(place, 'ours', task);
  // Either activation is one dispatch; each formulation takes seconds to compile in software. The quick form counts what takes the fewest.
  const isCounted = (formulation: string): boolean => (quick ? /^folded.*weights, prelu$/ : /prelu$/).test(formulation);
  const tfjs = await countFewestDispatches(place, 'tfjs', task, isCounted);
  return [
    exactFigure(`${name}.dispatches_ours_over_tfjs`, ours.count / tfjs.count, 'ratio'),
    exactFigure(`${name}.pomona.batch1.ours_dispatches`, ours.count, 'dispatches'),
    exactFigure(`${name}.pomona.batch1.tfjs_dispatches`, tfjs.count, 'dispatches', `the fewest: ${tfjs.formulation}`),
  ];
}

/** A Chromium on the machine's GPU, or null where there is none. */
async function launchOnGpu(server: CompressingServer): Promise<Browser | null> {
  const browser = await launchBrowser('hardware');
  try {
    const page = await browser.newPage();
    await page.goto(`${server.url}peer.html?peer=none`);
    const isReal = await page.evaluate(async () => {
      const adapter = await (navigator.gpu as GPU | undefined)?.requestAdapter();
      return adapter?.info.isFallbackAdapter === false && adapter.info.architecture !== 'swiftshader';
    });
    await page.close();
    if (isReal) return browser;
  } catch (error) {
    console.error(`No GPU: ${String(error)}`);
  }
  await browser.close();
  return null;
}

async function measureHardware(place: Place, quick: boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const each of quick ? [POMONA] : CASES) {
    const task: BenchCase = { backend: 'webgpu', threads: 1, ...each };
    console.error(caseName(task));
    const plan = { ...(quick ? QUICK_PLAN : FULL_PLAN), isTried: () => true };
    figures.push(...caseFigures(task, await timeCase(place, task, { ...plan, peers: [...plan.peers, 'jax'] })));
  }
  return figures;
}

/** Without a GPU: that the kernels and the stock operations draw the same, timed for the record. */
async function measureSoftware(place: Place, quick: boolean): Promise<Figure[]> {
  const task: BenchCase = { backend: 'webgpu', threads: 1, ...POMONA };
  const missing = missingFigure(`${caseName(task)}.tfjs_over_ours`, 'ratio', 'this machine has no GPU');
  if (quick) return [missing];
  console.error(caseName(task, true));
  const result = await timeCase(place, task, { peers: ['tfjs'], rounds: 3, warmMs: 0, roundMs: 0, profiledPictures: 0 });
  return [missing, ...caseFigures(task, result, true)];
}

async function measureWebGpu(software: Place, quick: boolean): Promise<Figure[]> {
  const browser = await launchOnGpu(software.server);
  if (!browser) return [...(await measureDispatches(software, quick)), ...(await measureSoftware(software, quick))];
  try {
    const place = { browser, server: software.server };
    return [...(await measureDispatches(place, quick)), ...(await measureHardware(place, quick))];
  } finally {
    await browser.close();
  }
}

/** `npm run bench -- generate`. The quick form leaves out the larger networks, batches, jax-js and times of software WebGPU. */
export async function measureGenerate({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const site = await prepareGenerateSite();
  const server = await serveCompressed(site, 'gzip');
  const isolated = await serveCompressed(site, 'gzip', { isolated: true });
  const browser = await launchBrowser();
  try {
    return [
      ...(await measureWasm({ browser, server }, 1, quick)),
      ...(await measureWasm({ browser, server: isolated }, 2, quick)),
      ...(await measureWebGpu({ browser, server }, quick)),
    ];
  } finally {
    await browser.close();
    await server.close();
    await isolated.close();
  }
}
