/** The part of `bench -- fine-tune` that is about WebGPU: times, where there is a real GPU. */
import { DawnPlace } from '../dawn-place.ts';
import { missingFigure, type BenchOptions, type Figure } from '../figures.ts';
import { findRealGpu } from '../find-real-gpu.ts';
import type { Place } from '../place.ts';
import { BATCH, compareSteps } from './compare-steps.ts';
import { stepName } from './step-runner.ts';

export async function measureStepOnGpu(place: Place, quick: boolean): Promise<Figure[]> {
  return compareSteps(place, { backend: 'webgpu', batch: BATCH, turns: quick ? 5 : 15, quick });
}

export function missingStep(): Figure[] {
  return [missingFigure(`${stepName({ backend: 'webgpu' })}.step.tfjs_over_ours`, 'ratio', 'this machine has no GPU')];
}

/** `npm run bench -- fine-tune --dawn`: this part alone, in Node. `site`: its folder. */
export async function measureFineTuneOnDawn(site: string, { quick }: Pick<BenchOptions, 'quick'>): Promise<readonly Figure[]> {
  const place = new DawnPlace(site);
  return (await findRealGpu(place)) === null ? missingStep() : measureStepOnGpu(place, quick);
}
