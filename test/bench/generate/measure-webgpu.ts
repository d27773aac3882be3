/** The part of `bench -- generate` that is about WebGPU: times where there is a real GPU, dispatches everywhere. */
import { DawnPlace } from '../dawn-place.ts';
import { exactFigure, missingFigure, type BenchOptions, type Figure } from '../figures.ts';
import { findRealGpu } from '../find-real-gpu.ts';
import type { Place } from '../place.ts';
import { CASES, FULL_PLAN, IN_FLIGHT, POMONA, QUICK_PLAN } from './cases.ts';
import { caseFigures, caseName } from './case-figures.ts';
import type { BenchCase } from './open-peer.ts';
import { measureHostTimes } from './host-times.ts';
import { countFewestDispatches, timeCase, type TimingPlan } from './time-case.ts';

export type WebGpuPeers = TimingPlan['peers'];
/** onnxruntime-web takes itself to be in Node there, and has no WebGPU in Node. */
const DAWN_PEERS: WebGpuPeers = ['tfjs', 'jax'];

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

async function measureHardware(place: Place, peers: WebGpuPeers, quick: boolean): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const each of quick ? [POMONA] : [...CASES, IN_FLIGHT]) {
    const task: BenchCase = { backend: 'webgpu', threads: 1, ...each };
    console.error(caseName(task));
    const plan = { ...(quick ? QUICK_PLAN : FULL_PLAN), isTried: () => true };
    figures.push(...caseFigures(task, await timeCase(place, task, { ...plan, peers })));
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

/** `peers`: what is timed beside ours where the GPU is real. */
export async function measureWebGpu(place: Place, isReal: boolean, peers: WebGpuPeers, quick: boolean): Promise<Figure[]> {
  const times = isReal ? await measureHardware(place, peers, quick) : await measureSoftware(place, quick);
  return [...(await measureDispatches(place, quick)), ...(await measureHostTimes(place, isReal)), ...times];
}

/** `npm run bench -- generate --dawn`: this part alone, in Node. `site`: its folder. */
export async function measureGenerateOnDawn(site: string, { quick }: Pick<BenchOptions, 'quick'>): Promise<readonly Figure[]> {
  const place = new DawnPlace(site);
  return measureWebGpu(place, (await findRealGpu(place)) !== null, DAWN_PEERS, quick);
}
