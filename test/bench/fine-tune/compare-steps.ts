/** Times the training step of both peers in turns, after their gradients were found to be the same. */
import { exactFigure, median, summarize, type Figure } from '../figures.ts';
import type { StepPage } from '../pages/fine-tune/harness.ts';
import type { OpenPeer, Place } from '../place.ts';
import { assertSameGradients } from './same-gradients.ts';

export interface StepCase {
  readonly backend: 'wasm' | 'webgpu';
  readonly batch: number;
  readonly turns: number;
}

/** As the figures stand for. */
export const BATCH = 8;
/** R1 is applied at every so manieth step. */
const PENALTY_EVERY = 16;

const PEERS = ['ours', 'tfjs'] as const;

interface Times {
  readonly plain: number[];
  readonly withPenalty: number[];
}

interface StepRunner extends Times {
  readonly peer: (typeof PEERS)[number];
  readonly page: OpenPeer<StepPage>;
}

/** How the figures of a backend begin. */
export function stepName({ backend }: Pick<StepCase, 'backend'>): string {
  return backend === 'wasm' ? 'fine-tune.wasm.threads1' : 'fine-tune.webgpu';
}

/** The mean step of a training that applies R1 lazily. */
function lazyStep({ plain, withPenalty }: Times): number {
  return (median(plain) * (PENALTY_EVERY - 1) + median(withPenalty)) / PENALTY_EVERY;
}

async function timeTurn({ page, plain, withPenalty }: StepRunner): Promise<void> {
  plain.push(await page.call('time', false));
  withPenalty.push(await page.call('time', true));
}

async function peerFigures(task: StepCase, { peer, page, plain, withPenalty }: StepRunner): Promise<Figure[]> {
  const { wasmBytes, gpuBytes } = await page.call('memory');
  const [bytes, kind] = task.backend === 'wasm' ? [wasmBytes, 'WASM memory at its largest'] : [gpuBytes, 'GPU buffers, at most'];
  const name = stepName(task);
  return [
    summarize(`${name}.step.${peer}`, plain, `${await page.call('describe')}; without R1`),
    summarize(`${name}.step_with_r1.${peer}`, withPenalty),
    exactFigure(`${name}.memory.${peer}`, bytes, 'bytes', kind),
  ];
}

async function timeInTurns(task: StepCase, ours: StepRunner, tfjs: StepRunner): Promise<Figure[]> {
  const worst = assertSameGradients(await ours.page.call('gradients'), await tfjs.page.call('gradients'));
  console.error(`${stepName(task)}: gradients differ by ${worst.toExponential(1)} at most`);
  // Compiles the rest, and what the first turns of both differ in.
  for (const { page } of [ours, tfjs]) await page.call('time', false);
  for (let turn = 0; turn < task.turns; turn++) for (const each of [ours, tfjs]) await timeTurn(each);
  const note = `R1 at every ${PENALTY_EVERY.toString()}th step; gradients differ by ${worst.toExponential(1)} at most`;
  return [
    exactFigure(`${stepName(task)}.step.tfjs_over_ours`, lazyStep(tfjs) / lazyStep(ours), 'ratio', note),
    ...(await peerFigures(task, ours)),
    ...(await peerFigures(task, tfjs)),
  ];
}

/** Throws when the peers' gradients differ. `measureOurs` adds what else is to be measured of ours. */
export async function compareSteps(
  place: Place,
  task: StepCase,
  measureOurs?: (page: OpenPeer<StepPage>) => Promise<Figure[]>,
): Promise<Figure[]> {
  const runners: StepRunner[] = [];
  try {
    for (const peer of PEERS) {
      const page = await place.open<StepPage>({ peer, threads: 1, backend: task.backend, batch: task.batch });
      runners.push({ peer, page, plain: [], withPenalty: [] });
    }
    const [ours, tfjs] = runners as [StepRunner, StepRunner];
    const figures = await timeInTurns(task, ours, tfjs);
    return [...figures, ...((await measureOurs?.(ours.page)) ?? [])];
  } finally {
    for (const { page } of runners) await page.close();
  }
}
