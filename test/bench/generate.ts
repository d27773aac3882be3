/**
 * `npm run bench -- generate`: from w to RGBA bytes, on this machine and in this run, by gan-canvas, onnxruntime-web, stock TensorFlow.js and
 * jax-js, from the same weights and without noise. Every peer draws in the fastest of its formulations, and what it draws is compared with ours.
 */
import { launchBrowser } from '../tools/browser.ts';
import { BrowserPlace, measureOnGpu } from './browser-place.ts';
import { serveCompressed } from './compressing-server.ts';
import type { BenchOptions, Figure } from './figures.ts';
import { caseFigures, caseName, layerFigures, missingPeer } from './generate/case-figures.ts';
import { CASES, FULL_PLAN, POMONA, QUICK_PLAN } from './generate/cases.ts';
import { measureGenerateOnDawn, measureWebGpu, type WebGpuPeers } from './generate/measure-webgpu.ts';
import type { BenchCase } from './generate/open-peer.ts';
import { timeCase } from './generate/time-case.ts';
import type { Place } from './place.ts';
import { prepareGenerateSite } from './site.ts';

const PROFILED_PICTURES = 40;
const WEBGPU_PEERS: WebGpuPeers = ['ort', 'tfjs', 'jax'];

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

async function measureInBrowser(site: string, quick: boolean): Promise<readonly Figure[]> {
  const server = await serveCompressed(site, 'gzip');
  const isolated = await serveCompressed(site, 'gzip', { isolated: true });
  const browser = await launchBrowser();
  try {
    const place = new BrowserPlace(browser, server);
    return [
      ...(await measureWasm(place, 1, quick)),
      ...(await measureWasm(new BrowserPlace(browser, isolated), 2, quick)),
      ...((await measureOnGpu(server, (onGpu) => measureWebGpu(onGpu, true, WEBGPU_PEERS, quick))) ??
        (await measureWebGpu(place, false, WEBGPU_PEERS, quick))),
    ];
  } finally {
    await browser.close();
    await server.close();
    await isolated.close();
  }
}

/** `npm run bench -- generate`. The quick form leaves out the larger networks, batches, jax-js and times of software WebGPU. */
export async function measureGenerate({ quick, dawn }: BenchOptions): Promise<readonly Figure[]> {
  const site = await prepareGenerateSite();
  return dawn ? measureGenerateOnDawn(site, { quick }) : measureInBrowser(site, quick);
}
