import type { FineTuneStep } from '../../engine/fine-tune/fine-tune.ts';

/** What is plotted of a step. */
export interface HistoryPoint {
  readonly step: number;
  readonly values: Readonly<Record<string, number | null>>;
}

/** As many as a plot has room for. */
const MOST_POINTS = 240;

/** Figures of a training's steps, evenly thinned so that long trainings take no more memory than short ones. */
export class StepHistory {
  #kept: HistoryPoint[] = [];
  #latest: HistoryPoint | null = null;
  #count = 0;
  #stride = 1;

  /** Every so many-th step, and the latest. */
  get points(): readonly HistoryPoint[] {
    return this.#latest === null || this.#kept.at(-1) === this.#latest ? this.#kept : [...this.#kept, this.#latest];
  }

  add({ step, losses, diversity }: FineTuneStep): void {
    this.#latest = { step, values: { ...losses, diversity } };
    if (this.#count % this.#stride === 0) this.#kept.push(this.#latest);
    this.#count += 1;
    if (this.#kept.length <= MOST_POINTS) return;
    this.#stride *= 2;
    this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
  }

  /** The finite values of a name, with their steps. */
  series(name: string): readonly { readonly step: number; readonly value: number }[] {
    return this.points.flatMap(({ step, values }) => {
      const value = values[name];
      return typeof value === 'number' && Number.isFinite(value) ? [{ step, value }] : [];
    });
  }

  /** Names in the order of their first appearance. */
  get names(): readonly string[] {
    return [...new Set(this.points.flatMap(({ values }) => Object.keys(values)))];
  }
}
