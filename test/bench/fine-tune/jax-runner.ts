/** jax-js as a further peer: the same maths in a library of another kind, on WASM. */
import { exactFigure, missingFigure, type Figure } from '../figures.ts';
import type { TimedPage } from '../pages/fine-tune/timed-page.ts';
import type { Place } from '../place.ts';
import { assertSameGradients } from './same-gradients.ts';
import { lazyStep, openRunner, PENALTY_EVERY, runnerFigures, stepName, type StepCase, type StepRunner } from './step-runner.ts';

export interface JaxRunner extends StepRunner {
  /** How far its gradients are from ours at most, of their length. */
  readonly worst: number;
}

/** Ready to be timed, its gradients compared with ours; the reason where it cannot run, or computes something else. */
export async function openJax(place: Place, task: StepCase, gradients: Readonly<Record<string, string>>): Promise<JaxRunner | string> {
  if (task.quick) return 'left out of --quick';
  if (task.backend === 'webgpu') return 'jax-js: its formulation was chosen on WASM, and it has not been run on a GPU';
  let runner: StepRunner | null = null;
  try {
    runner = await openRunner<TimedPage>(place, task, 'jax');
    const worst = assertSameGradients(gradients, await runner.page.call('gradients'));
    console.error(`${stepName(task)}: the gradients of jax-js differ by ${worst.toExponential(1)} at most`);
    return { ...runner, worst };
  } catch (error) {
    await runner?.page.close();
    return `jax-js: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
  }
}

export async function jaxFigures(task: StepCase, jax: JaxRunner | string, ours: StepRunner): Promise<Figure[]> {
  const name = `${stepName(task)}.step`;
  if (typeof jax === 'string') return [missingFigure(`${name}.jax_over_ours`, 'ratio', jax), missingFigure(`${name}.jax`, 'ms', jax)];
  const note = `R1 at every ${PENALTY_EVERY.toString()}th step; gradients differ by ${jax.worst.toExponential(1)} at most`;
  return [exactFigure(`${name}.jax_over_ours`, lazyStep(jax) / lazyStep(ours), 'ratio', note), ...(await runnerFigures(task, jax))];
}
