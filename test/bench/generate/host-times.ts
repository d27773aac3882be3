/** How long JavaScript is at work for a picture on WebGPU until everything is submitted, which depends on the adapter as little as anything can. */
import { summarize, summarizeRatio, type Figure } from '../figures.ts';
import type { Place } from '../place.ts';
import { caseName } from './case-figures.ts';
import { POMONA } from './cases.ts';
import { openPeer, type BenchCase, type GeneratePeer } from './open-peer.ts';
import { loadFormulation } from './time-case.ts';

/** Each peer in the formulation with the fewest dispatches. */
const FORMULATIONS = { ours: 'gan-canvas', tfjs: 'folded upsampling, modulated weights, prelu' } as const;

/** On a software adapter the processor is the GPU: there the network has pomona's layers, and so its dispatches, with four channels each. */
const NETWORKS = { real: 'pomona', software: 'thin64' } as const;

interface HostRunner {
  readonly peer: keyof typeof FORMULATIONS;
  readonly page: GeneratePeer['page'];
  readonly ms: number[];
}

/** Enough for everything to be compiled and recorded. */
const WARM_RUNS = 3;
const ROUNDS = 15;

async function startAll(place: Place, task: BenchCase, runners: HostRunner[]): Promise<void> {
  let latents: readonly (readonly number[])[] = [];
  for (const peer of ['ours', 'tfjs'] as const) {
    const opened = await openPeer(place, peer, task);
    runners.push({ peer, page: opened.page, ms: [] });
    if (peer === 'ours') latents = await opened.page.call('makeLatents', 32);
    await loadFormulation(opened, FORMULATIONS[peer], latents);
    await opened.page.call('hostTime', WARM_RUNS);
  }
}

/** In turns, one picture at a time. */
export async function measureHostTimes(place: Place, isReal: boolean): Promise<Figure[]> {
  const network = isReal ? NETWORKS.real : NETWORKS.software;
  const name = caseName({ backend: 'webgpu', threads: 1, ...POMONA });
  const runners: HostRunner[] = [];
  console.error(`${name}, host`);
  try {
    await startAll(place, { backend: 'webgpu', threads: 1, network, batch: 1 }, runners);
    for (let round = 0; round < ROUNDS; round++) for (const { page, ms } of runners) ms.push(await page.call('hostTime', 1));
  } finally {
    for (const { page } of runners) await page.close();
  }
  const note = `JavaScript until everything is submitted; network ${network}`;
  const [ours, tfjs] = runners.map(({ ms }) => ms) as [number[], number[]];
  return [
    summarize(`${name}.ours_host_ms`, ours, note),
    summarize(`${name}.tfjs_host_ms`, tfjs, FORMULATIONS.tfjs),
    summarizeRatio(`${name}.tfjs_host_over_ours`, tfjs, ours),
  ];
}
