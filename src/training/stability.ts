import type { StepFigures } from './trainer.ts';

/** What is to be done about a training. */
export type Verdict =
  | { readonly kind: 'fine' }
  /** Losses are no numbers any more, or beyond all bounds: back to the last good state, with half the learning rate. */
  | { readonly kind: 'diverged'; readonly reason: string }
  /** Pictures have become too much alike. */
  | { readonly kind: 'collapsed'; readonly diversity: number };

/** R1 of a training that goes well comes nowhere near it. */
const MOST_PENALTY = 10_000;
/** Below this share of the lesser of the diversity at the start and that of the visitor's pictures, a generator has collapsed. */
const LEAST_DIVERSITY = 0.3;
/** Named figures that are no losses. */
const NO_LOSSES = new Set(['augmentation', 'overfitting']);

/** Whether the figures of a step are those of a training that is still one, whose losses are no larger than `mostLoss`. */
export function judgeFigures(figures: StepFigures, mostLoss: number): Verdict {
  for (const [name, value] of Object.entries(figures)) {
    if (NO_LOSSES.has(name)) continue;
    const most = name === 'penalty' ? MOST_PENALTY : mostLoss;
    if (!Number.isFinite(value)) return { kind: 'diverged', reason: `the ${name} loss is ${String(value)}` };
    if (Math.abs(value) > most)
      return { kind: 'diverged', reason: `the ${name} loss is ${value.toPrecision(3)}, beyond ${most.toString()}` };
  }
  return { kind: 'fine' };
}

/** Whether generated pictures differ enough. `diversity`: theirs over that at the start; `ofPictures`: that of the visitor's, over the same. */
export function judgeDiversity(diversity: number, ofPictures: number): Verdict {
  const least = LEAST_DIVERSITY * Math.min(1, ofPictures);
  return diversity < least ? { kind: 'collapsed', diversity } : { kind: 'fine' };
}
