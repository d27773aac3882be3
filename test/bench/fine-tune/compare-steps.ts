/** Times the training step of both peers in turns, after their gradients were found to be the same. */
import { exactFigure, median, missingFigure, summarize, summarizeRatio, type Figure } from '../figures.ts';
import type { StepPage } from '../pages/fine-tune/harness.ts';
import type { OpenPeer, Place } from '../place.ts';
import { assertSameGradients } from './same-gradients.ts';
import { openTorchStep, type TorchStep } from './torch-step.ts';

export interface StepCase {
  readonly backend: 'wasm' | 'webgpu';
  readonly batch: number;
  readonly turns: number;
  /** Choose the peer's formulations with fewer runs. */
  readonly quick: boolean;
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
  /** Of steps without R1: milliseconds of JavaScript before it waits, and dispatches. */
  readonly host: number[];
  readonly dispatches: number[];
}

/** How the figures of a backend begin. */
export function stepName({ backend }: Pick<StepCase, 'backend'>): string {
  return backend === 'wasm' ? 'fine-tune.wasm.threads1' : 'fine-tune.webgpu';
}

/** The mean step of a training that applies R1 lazily. */
function lazyStep({ plain, withPenalty }: Times): number {
  return (median(plain) * (PENALTY_EVERY - 1) + median(withPenalty)) / PENALTY_EVERY;
}

async function timeTurn({ page, plain, withPenalty, host, dispatches }: StepRunner): Promise<void> {
  const step = await page.call('time', false);
  plain.push(step.ms);
  host.push(step.hostMs);
  dispatches.push(step.dispatches);
  withPenalty.push((await page.call('time', true)).ms);
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

/** PyTorch's step; its random numbers are others, so its gradients are not compared. */
interface Anchor extends Times {
  readonly torch: TorchStep;
}

async function openAnchor({ backend, batch }: StepCase): Promise<Anchor | null> {
  const torch =
    backend === 'wasm' ? await openTorchStep('weights/pomona.safetensors', 'weights/pomona.discriminator.safetensors', batch) : null;
  return torch && { torch, plain: [], withPenalty: [] };
}

async function timeAnchor({ torch, plain, withPenalty }: Anchor): Promise<void> {
  plain.push(await torch.time(false));
  withPenalty.push(await torch.time(true));
}

function anchorFigures(task: StepCase, anchor: Anchor | null, ours: StepRunner): Figure[] {
  const name = `${stepName(task)}.step`;
  if (!anchor) return task.backend === 'wasm' ? [missingFigure(`${name}.torch_over_ours`, 'ratio', 'no python3 here has torch')] : [];
  return [
    exactFigure(
      `${name}.torch_over_ours`,
      lazyStep(anchor) / lazyStep(ours),
      'ratio',
      'native PyTorch on the same core: below 1 it is faster',
    ),
    summarize(`${name}.torch`, anchor.plain, `${anchor.torch.detail}; without R1`),
  ];
}

async function timeInTurns(task: StepCase, ours: StepRunner, tfjs: StepRunner, anchor: Anchor | null): Promise<Figure[]> {
  const worst = assertSameGradients(await ours.page.call('gradients'), await tfjs.page.call('gradients'));
  console.error(`${stepName(task)}: gradients differ by ${worst.toExponential(1)} at most`);
  // Compiles the rest, and what the first turns of both differ in.
  if (!task.quick) for (const { page } of [ours, tfjs]) await page.call('time', false);
  if (anchor) await anchor.torch.time(true);
  for (let turn = 0; turn < task.turns; turn++) {
    for (const each of [ours, tfjs]) await timeTurn(each);
    if (anchor) await timeAnchor(anchor);
  }
  const note = `R1 at every ${PENALTY_EVERY.toString()}th step; gradients differ by ${worst.toExponential(1)} at most`;
  return [
    exactFigure(`${stepName(task)}.step.tfjs_over_ours`, lazyStep(tfjs) / lazyStep(ours), 'ratio', note),
    ...(await peerFigures(task, ours)),
    ...(await peerFigures(task, tfjs)),
    ...anchorFigures(task, anchor, ours),
    ...(task.backend === 'webgpu' ? hostFigures(stepName(task), ours, tfjs) : []),
  ];
}

/** What does not depend on the adapter, or hardly. */
function hostFigures(name: string, ours: StepRunner, tfjs: StepRunner): Figure[] {
  const [mine, theirs] = [median(ours.dispatches), median(tfjs.dispatches)];
  return [
    exactFigure(`${name}.dispatches_ours_over_tfjs`, mine / theirs, 'ratio', 'a step without R1'),
    exactFigure(`${name}.step.ours_dispatches`, mine, 'dispatches'),
    exactFigure(`${name}.step.tfjs_dispatches`, theirs, 'dispatches'),
    summarize(`${name}.step.ours_host_ms`, ours.host, 'JavaScript until everything is submitted; without R1'),
    summarize(`${name}.step.tfjs_host_ms`, tfjs.host),
    summarizeRatio(`${name}.step.tfjs_host_over_ours`, tfjs.host, ours.host),
  ];
}

/** Throws when the peers' gradients differ. `measureOurs` adds what else is to be measured of ours. */
export async function compareSteps(
  place: Place,
  task: StepCase,
  measureOurs?: (page: OpenPeer<StepPage>) => Promise<Figure[]>,
): Promise<Figure[]> {
  const runners: StepRunner[] = [];
  const anchor = await openAnchor(task);
  try {
    for (const peer of PEERS) {
      const page = await place.open<StepPage>({ peer, threads: 1, backend: task.backend, batch: task.batch, quick: task.quick ? 1 : 0 });
      runners.push({ peer, page, plain: [], withPenalty: [], host: [], dispatches: [] });
    }
    const [ours, tfjs] = runners as [StepRunner, StepRunner];
    const figures = await timeInTurns(task, ours, tfjs, anchor);
    return [...figures, ...((await measureOurs?.(ours.page)) ?? [])];
  } finally {
    anchor?.torch.close();
    for (const { page } of runners) await page.close();
  }
}
