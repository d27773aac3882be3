/** A peer of `bench -- fine-tune` in its page, and the times of its steps. */
import { exactFigure, median, summarize, type Figure } from '../figures.ts';
import type { TimedPage } from '../pages/fine-tune/timed-page.ts';
import type { OpenPeer, Place } from '../place.ts';

export interface StepCase {
  readonly backend: 'wasm' | 'webgpu';
  readonly batch: number;
  readonly turns: number;
  /** Choose the peer's formulations with fewer runs, and leave jax-js out. */
  readonly quick: boolean;
}

/** R1 is applied at every so manieth step. */
export const PENALTY_EVERY = 16;

/** How the figures of a backend begin. */
export function stepName({ backend }: Pick<StepCase, 'backend'>): string {
  return backend === 'wasm' ? 'fine-tune.wasm.threads1' : 'fine-tune.webgpu';
}

export interface Times {
  readonly plain: number[];
  readonly withPenalty: number[];
}

/** The mean step of a training that applies R1 lazily. */
export function lazyStep({ plain, withPenalty }: Times): number {
  return (median(plain) * (PENALTY_EVERY - 1) + median(withPenalty)) / PENALTY_EVERY;
}

export interface StepRunner<Page extends TimedPage = TimedPage> extends Times {
  readonly peer: string;
  readonly page: OpenPeer<Page>;
  /** Of steps without R1: milliseconds of JavaScript before it waits, and dispatches. */
  readonly host: number[];
  readonly dispatches: number[];
}

/** Throws with the peer's own reason when it cannot start. */
export async function openRunner<Page extends TimedPage>(
  place: Place,
  { backend, batch, quick }: StepCase,
  peer: string,
): Promise<StepRunner<Page>> {
  const page = await place.open<Page>({ peer, threads: 1, backend, batch, quick: quick ? 1 : 0 });
  return { peer, page, plain: [], withPenalty: [], host: [], dispatches: [] };
}

/** Times a step without R1 and one with it. */
export async function timeTurn({ page, plain, withPenalty, host, dispatches }: StepRunner): Promise<void> {
  const step = await page.call('time', false);
  plain.push(step.ms);
  host.push(step.hostMs);
  dispatches.push(step.dispatches);
  withPenalty.push((await page.call('time', true)).ms);
}

export async function runnerFigures(task: StepCase, { peer, page, plain, withPenalty }: StepRunner): Promise<Figure[]> {
  const { wasmBytes, gpuBytes } = await page.call('memory');
  const [bytes, kind] = task.backend === 'wasm' ? [wasmBytes, 'WASM memory at its largest'] : [gpuBytes, 'GPU buffers, at most'];
  const name = stepName(task);
  return [
    summarize(`${name}.step.${peer}`, plain, `${await page.call('describe')}; without R1`),
    summarize(`${name}.step_with_r1.${peer}`, withPenalty),
    exactFigure(`${name}.memory.${peer}`, bytes, 'bytes', kind),
  ];
}
