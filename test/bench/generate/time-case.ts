/** Times all peers on one case: each in its fastest formulation, the runs of all in turns, after their pictures were found to be the same. */
import type { Browser } from 'puppeteer-core';
import type { CompressingServer } from '../compressing-server.ts';
import { median } from '../figures.ts';
import type { LayerProfile } from '../pages/generate/ours.ts';
import { assertSamePicture, type DrawnPicture } from './same-picture.ts';
import { openTab, type BenchCase, type PeerName, type PeerTab } from './tab.ts';

export interface TimingPlan {
  /** All but ours, which is always there. */
  readonly peers: readonly Exclude<PeerName, 'ours'>[];
  /** Which of a peer's formulations to try; left out: all. */
  readonly isTried?: (formulation: string) => boolean;
  readonly rounds: number;
  /** How long a peer draws before it is timed, and about how long it draws in a round. */
  readonly warmMs: number;
  readonly roundMs: number;
  /** Draw the layers with a clock round them, that many pictures a round; 0: not. */
  readonly profiledPictures: number;
}

/** What one peer did. */
export interface PeerResult {
  readonly peer: PeerName;
  readonly detail: string;
  readonly formulation: string;
  /** That it really used. */
  readonly threads: number;
  /** Milliseconds of a run, by round. */
  readonly ms: readonly number[];
  readonly wasmBytes: number;
  readonly gpuBytes: number;
  readonly codeBytes: number;
}

export interface CaseResult {
  readonly results: readonly PeerResult[];
  /** Peers that could not start or draw, and why. */
  readonly refused: ReadonlyMap<PeerName, string>;
  readonly profiles: readonly LayerProfile[];
}

type Latents = readonly (readonly number[])[];

/** How many different w's the runs take in turn. */
const LATENTS = 512;
/** Slower than this, a peer is out of the running: it draws in the first rounds only. */
const SLOW_MS = 1000;
const SLOW_ROUNDS = 2;

interface Runner {
  readonly tab: PeerTab;
  readonly formulation: string;
  readonly codeBytes: number;
  /** Runs in a row in each round. */
  runs: number;
  readonly ms: number[];
}

export interface Place {
  readonly browser: Browser;
  readonly server: CompressingServer;
}

export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Draws until that time is over; gives the milliseconds of the fastest run. */
async function warm(tab: PeerTab, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let best = Infinity;
  do best = Math.min(best, await tab.call('time', 1));
  while (performance.now() < end);
  return best;
}

async function loadFormulation(tab: PeerTab, formulation: string, latents: Latents): Promise<void> {
  await tab.call('choose', formulation);
  await tab.call('setLatents', latents);
}

/** The fastest formulation of a peer, by its best of a few short runs of each, in a tab that is closed again. */
async function calibrate(place: Place, peer: PeerName, task: BenchCase, latents: Latents, plan: TimingPlan): Promise<string> {
  const tab = await openTab(place.browser, place.server, peer, task);
  try {
    let best = { name: '', ms: Infinity };
    const failures: string[] = [];
    for (const name of tab.formulations.filter(plan.isTried ?? (() => true))) {
      try {
        await loadFormulation(tab, name, latents);
        const first = await warm(tab, plan.warmMs);
        const runs = Math.max(1, Math.round(plan.roundMs / 2 / first));
        let ms = first;
        if (first < SLOW_MS) for (let turn = 0; turn < 3; turn++) ms = Math.min(ms, await tab.call('time', runs));
        if (ms < best.ms) best = { name, ms };
        console.error(`  ${peer}, ${name}: ${ms.toFixed(2)} ms`);
      } catch (error) {
        failures.push(`${name}: ${describe(error)}`);
        console.error(`  ${peer}, ${name}: ${describe(error)}`);
      }
    }
    if (best.name === '') throw new Error(failures.join('; ') || 'it has no formulation');
    return best.name;
  } finally {
    await tab.close();
  }
}

interface StartedRunner {
  readonly runner: Runner;
  /** Of the first w's. */
  readonly picture: DrawnPicture;
}

async function startRunner(tab: PeerTab, formulation: string, latents: Latents): Promise<StartedRunner> {
  await loadFormulation(tab, formulation, latents);
  const picture = await tab.call('check');
  return { runner: { tab, formulation, codeBytes: tab.codeBytes, runs: 1, ms: [] }, picture };
}

/** Opens a peer in its fastest formulation; gives the reason where it cannot start. */
async function startPeer(
  place: Place,
  peer: PeerName,
  task: BenchCase,
  latents: Latents,
  plan: TimingPlan,
): Promise<StartedRunner | string> {
  try {
    const formulation = await calibrate(place, peer, task, latents, plan);
    return await startRunner(await openTab(place.browser, place.server, peer, task), formulation, latents);
  } catch (error) {
    return describe(error);
  }
}

/** Adds to `runners` as they start, so that whoever called can close them. */
async function startAll(place: Place, task: BenchCase, plan: TimingPlan, runners: Runner[]): Promise<ReadonlyMap<PeerName, string>> {
  const refused = new Map<PeerName, string>();
  const tab = await openTab(place.browser, place.server, 'ours', task);
  const latents = await tab.call('makeLatents', LATENTS);
  const ours = await startRunner(tab, tab.formulations[0] ?? '', latents);
  runners.push(ours.runner);
  for (const peer of plan.peers) {
    const started = await startPeer(place, peer, task, latents, plan);
    if (typeof started === 'string') {
      refused.set(peer, started);
      continue;
    }
    runners.push(started.runner);
    // A peer that cannot start is told of; one that draws something else ends the benchmark.
    assertSamePicture(peer, ours.picture, started.picture);
  }
  return refused;
}

/** One round: every peer draws for a while, beginning with another one each time. */
async function runRound(runners: readonly Runner[], round: number): Promise<void> {
  for (let turn = 0; turn < runners.length; turn++) {
    const runner = runners[(round + turn) % runners.length];
    if (!runner || (round >= SLOW_ROUNDS && median(runner.ms) > SLOW_MS)) continue;
    runner.ms.push(await runner.tab.call('time', runner.runs));
  }
}

async function finish({ tab, formulation, codeBytes, ms }: Runner): Promise<PeerResult> {
  const { wasmBytes, gpuBytes } = await tab.call('memory');
  const { peer, detail, threads } = tab;
  return { peer, detail, threads, formulation, ms, wasmBytes, gpuBytes, codeBytes };
}

/** Times a case. Throws when a peer draws another picture than ours. */
export async function timeCase(place: Place, task: BenchCase, plan: TimingPlan): Promise<CaseResult> {
  const runners: Runner[] = [];
  try {
    const refused = await startAll(place, task, plan, runners);
    for (const runner of runners) {
      const first = await warm(runner.tab, plan.warmMs);
      runner.runs = Math.max(1, Math.round(plan.roundMs / first));
    }
    const profiles: LayerProfile[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      await runRound(runners, round);
      if (plan.profiledPictures > 0 && runners[0]) profiles.push(await runners[0].tab.call('profileLayers', plan.profiledPictures));
    }
    return { results: await Promise.all(runners.map(finish)), refused, profiles };
  } finally {
    for (const { tab } of runners) await tab.close();
  }
}

/** Of all networks here. */
const W_DIM = 128;

/** Compute dispatches of a run, in the formulation that takes the fewest of those that `counts`, and that formulation. */
export async function countFewestDispatches(
  { browser, server }: Place,
  peer: PeerName,
  task: BenchCase,
  counts: (formulation: string) => boolean = () => true,
): Promise<{ readonly count: number; readonly formulation: string }> {
  const tab = await openTab(browser, server, peer, task);
  // What w holds does not matter for the count.
  const latents = Array.from({ length: task.batch }, () => new Array<number>(W_DIM).fill(0));
  try {
    let best = { count: Infinity, formulation: '' };
    for (const formulation of tab.formulations.filter(counts)) {
      await loadFormulation(tab, formulation, latents);
      const count = await tab.call('countDispatches');
      console.error(`  ${peer}, ${formulation}: ${count.toString()} dispatches`);
      if (count < best.count) best = { count, formulation };
    }
    return best;
  } finally {
    await tab.close();
  }
}
