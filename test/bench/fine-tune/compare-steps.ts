/** Times the training step of all peers in turns, after their gradients were found to be the same. */
import { exactFigure, median, missingFigure, summarize, summarizeRatio, type Figure } from '../figures.ts';
import type { StepPage } from '../pages/fine-tune/harness.ts';
import type { OpenPeer, Place } from '../place.ts';
import { jaxFigures, openJax, type JaxRunner } from './jax-runner.ts';
import { assertSameGradients } from './same-gradients.ts';
import {
  lazyStep,
  openRunner,
  PENALTY_EVERY,
  runnerFigures,
  stepName,
  timeTurn,
  type StepCase,
  type StepRunner,
  type Times,
} from './step-runner.ts';
import { openTorchStep, type TorchStep } from './torch-step.ts';

/** As the figures stand for. */
export const BATCH = 8;

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

/** All that is timed in turns; the first two are on TensorFlow.js. */
interface Runners {
  readonly ours: StepRunner<StepPage>;
  readonly tfjs: StepRunner<StepPage>;
  readonly jax: JaxRunner | string;
  readonly anchor: Anchor | null;
}

async function timeInTurns(task: StepCase, { ours, tfjs, jax, anchor }: Runners): Promise<void> {
  const all: readonly StepRunner[] = typeof jax === 'string' ? [ours, tfjs] : [ours, tfjs, jax];
  // Compiles the rest, and what the first turns differ in.
  if (!task.quick) for (const { page } of all) await page.call('time', false);
  if (anchor) await anchor.torch.time(true);
  for (let turn = 0; turn < task.turns; turn++) {
    for (const each of all) await timeTurn(each);
    if (anchor) await timeAnchor(anchor);
  }
}

async function allFigures(task: StepCase, { ours, tfjs, jax, anchor }: Runners, worst: number): Promise<Figure[]> {
  const note = `R1 at every ${PENALTY_EVERY.toString()}th step; gradients differ by ${worst.toExponential(1)} at most`;
  return [
    exactFigure(`${stepName(task)}.step.tfjs_over_ours`, lazyStep(tfjs) / lazyStep(ours), 'ratio', note),
    ...(await runnerFigures(task, ours)),
    ...(await runnerFigures(task, tfjs)),
    ...(await jaxFigures(task, jax, ours)),
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
  const opened: StepRunner[] = [];
  const open = async (peer: string): Promise<StepRunner<StepPage>> => {
    const runner = await openRunner<StepPage>(place, task, peer);
    opened.push(runner);
    return runner;
  };
  const anchor = await openAnchor(task);
  try {
    const [ours, tfjs] = [await open('ours'), await open('tfjs')];
    const gradients = await ours.page.call('gradients');
    const worst = assertSameGradients(gradients, await tfjs.page.call('gradients'));
    console.error(`${stepName(task)}: gradients differ by ${worst.toExponential(1)} at most`);
    const jax = await openJax(place, task, gradients);
    if (typeof jax !== 'string') opened.push(jax);
    const runners: Runners = { ours, tfjs, jax, anchor };
    await timeInTurns(task, runners);
    const figures = await allFigures(task, runners, worst);
    return [...figures, ...((await measureOurs?.(ours.page)) ?? [])];
  } finally {
    anchor?.torch.close();
    for (const { page } of opened) await page.close();
  }
}
