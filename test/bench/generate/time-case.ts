/** Times all peers on one case: each in its fastest formulation, the runs of all in turns, after their pictures were found to be the same. */
import { median } from '../figures.ts';
import type { LayerProfile } from '../pages/generate/ours.ts';
import type { Place } from '../place.ts';
import { openPeer, type BenchCase, type GeneratePeer, type PeerName } from './open-peer.ts';
import { assertSamePicture, type DrawnPicture } from './same-picture.ts';

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
  /** Null where nothing was downloaded. */
  readonly codeBytes: number | null;
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
  readonly opened: GeneratePeer;
  readonly formulation: string;
  readonly codeBytes: number | null;
  /** Runs in a row in each round. */
  runs: number;
  readonly ms: number[];
}

export function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Draws until that time is over; gives the milliseconds of the fastest run, alone. */
async function warm({ page }: GeneratePeer, ms: number): Promise<number> {
  const end = performance.now() + ms;
  let best = Infinity;
  do best = Math.min(best, await page.call('time', 1, 1));
  while (performance.now() < end);
  return best;
}

export async function loadFormulation({ page }: GeneratePeer, formulation: string, latents: Latents): Promise<void> {
  await page.call('choose', formulation);
  await page.call('setLatents', latents);
}

/** The fastest formulation of a peer, by its best of a few short runs of each, in a page that is closed again. */
async function calibrate(place: Place, peer: PeerName, task: BenchCase, latents: Latents, plan: TimingPlan): Promise<string> {
  const { inFlight = 1 } = task;
  const opened = await openPeer(place, peer, task);
  try {
    let best = { name: '', ms: Infinity };
    const failures: string[] = [];
    for (const name of opened.formulations.filter(plan.isTried ?? (() => true))) {
      try {
        await loadFormulation(opened, name, latents);
        const first = await warm(opened, plan.warmMs);
        const runs = Math.max(inFlight, Math.round(plan.roundMs / 2 / first));
        let ms = first;
        if (first < SLOW_MS) for (let turn = 0; turn < 3; turn++) ms = Math.min(ms, await opened.page.call('time', runs, inFlight));
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
    await opened.page.close();
  }
}

interface StartedRunner {
  readonly runner: Runner;
  /** Of the first w's. */
  readonly picture: DrawnPicture;
}

async function startRunner(opened: GeneratePeer, formulation: string, latents: Latents): Promise<StartedRunner> {
  await loadFormulation(opened, formulation, latents);
  const picture = await opened.page.call('check');
  return { runner: { opened, formulation, codeBytes: opened.page.codeBytes(), runs: 1, ms: [] }, picture };
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
    return await startRunner(await openPeer(place, peer, task), formulation, latents);
  } catch (error) {
    return describe(error);
  }
}

/** Adds to `runners` as they start, so that whoever called can close them. */
async function startAll(place: Place, task: BenchCase, plan: TimingPlan, runners: Runner[]): Promise<ReadonlyMap<PeerName, string>> {
  const refused = new Map<PeerName, string>();
  const opened = await openPeer(place, 'ours', task);
  const latents = await opened.page.call('makeLatents', LATENTS);
  const ours = await startRunner(opened, opened.formulations[0] ?? '', latents);
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
async function runRound(runners: readonly Runner[], round: number, { inFlight = 1 }: BenchCase): Promise<void> {
  for (let turn = 0; turn < runners.length; turn++) {
    const runner = runners[(round + turn) % runners.length];
    if (!runner || (round >= SLOW_ROUNDS && median(runner.ms) > SLOW_MS)) continue;
    runner.ms.push(await runner.opened.page.call('time', runner.runs, inFlight));
  }
}

async function finish({ opened, formulation, codeBytes, ms }: Runner): Promise<PeerResult> {
  const { peer, detail, threads, page } = opened;
  const { wasmBytes, gpuBytes } = await page.call('memory');
  console.error(`  ${peer}: ${median(ms).toFixed(2)} ms, ${formulation}`);
  return { peer, detail, threads, formulation, ms, wasmBytes, gpuBytes, codeBytes };
}

/** Times a case. Throws when a peer draws another picture than ours. */
export async function timeCase(place: Place, task: BenchCase, plan: TimingPlan): Promise<CaseResult> {
  const runners: Runner[] = [];
  try {
    const refused = await startAll(place, task, plan, runners);
    for (const runner of runners) {
      const first = await warm(runner.opened, plan.warmMs);
      runner.runs = Math.max(task.inFlight ?? 1, Math.round(plan.roundMs / first));
    }
    const profiles: LayerProfile[] = [];
    for (let round = 0; round < plan.rounds; round++) {
      await runRound(runners, round, task);
      if (plan.profiledPictures > 0 && runners[0]) profiles.push(await runners[0].opened.page.call('profileLayers', plan.profiledPictures));
    }
    return { results: await Promise.all(runners.map(finish)), refused, profiles };
  } finally {
    for (const { opened } of runners) await opened.page.close();
  }
}

/** Of all networks here. */
const W_DIM = 128;

/** Compute dispatches of a run, in the formulation that takes the fewest of those that `counts`, and that formulation. */
export async function countFewestDispatches(
  place: Place,
  peer: PeerName,
  task: BenchCase,
  counts: (formulation: string) => boolean = () => true,
): Promise<{ readonly count: number; readonly formulation: string }> {
  const opened = await openPeer(place, peer, task);
  // What w holds does not matter for the count.
  const latents = Array.from({ length: task.batch }, () => new Array<number>(W_DIM).fill(0));
  try {
    let best = { count: Infinity, formulation: '' };
    for (const formulation of opened.formulations.filter(counts)) {
      await loadFormulation(opened, formulation, latents);
      const count = await opened.page.call('countDispatches');
      console.error(`  ${peer}, ${formulation}: ${count.toString()} dispatches`);
      if (count < best.count) best = { count, formulation };
    }
    return best;
  } finally {
    await opened.page.close();
  }
}
