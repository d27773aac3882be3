import { exactFigure, type Figure, type Unit } from '../figures.ts';
import { classifyRows, type ClassifierHead } from './classifier.ts';
import type { LabelledFeatures } from './feature-matrix.ts';
import { frechetDistance } from './frechet-distance.ts';
import { kernelDistance } from './kernel-distance.ts';
import { measureManifolds, type ManifoldMetrics } from './manifold-metrics.ts';
import { slicedWasserstein } from './sliced-wasserstein.ts';

/** How a set of generated pictures compares with as many real ones. */
export interface SetMetrics extends ManifoldMetrics {
  readonly kernelDistance: number;
  readonly frechetDistance: number;
  readonly slicedWasserstein: number;
  /** Share of the pictures that the classifier takes for the class that was asked for; null without classes. */
  readonly classAccuracy: number | null;
}

/** What the metrics are called in figures, metadata and cards; kernel distances are given times 1000. */
export const SET_METRICS: readonly { readonly key: keyof SetMetrics; readonly name: string; readonly unit: Unit }[] = [
  { key: 'kernelDistance', name: 'kernel_distance', unit: 'x1000' },
  { key: 'frechetDistance', name: 'frechet_distance', unit: 'distance' },
  { key: 'precision', name: 'precision', unit: 'share' },
  { key: 'recall', name: 'recall', unit: 'share' },
  { key: 'density', name: 'density', unit: 'ratio' },
  { key: 'coverage', name: 'coverage', unit: 'share' },
  { key: 'slicedWasserstein', name: 'sliced_wasserstein', unit: 'distance' },
  { key: 'classAccuracy', name: 'class_accuracy', unit: 'share' },
];

/** Share of the rows whose class the head tells right. */
export function measureAccuracy({ features, labels }: LabelledFeatures, head: ClassifierHead): number {
  const told = classifyRows(features, head);
  return told.filter((label, row) => label === labels[row]).length / labels.length;
}

/** Generated against real features, equal numbers of both. */
export function compareSets(real: LabelledFeatures, generated: LabelledFeatures, head: ClassifierHead | null): SetMetrics {
  return {
    kernelDistance: kernelDistance(real.features, generated.features),
    frechetDistance: frechetDistance(real.features, generated.features),
    ...measureManifolds(real.features, generated.features),
    slicedWasserstein: slicedWasserstein(real.features, generated.features),
    classAccuracy: head ? measureAccuracy(generated, head) : null,
  };
}

/** What the best generator could reach: half A in the place of the generated pictures, and how often the head is right on half B. */
export function measureFloor(halfA: LabelledFeatures, halfB: LabelledFeatures, head: ClassifierHead | null): SetMetrics {
  return { ...compareSets(halfB, halfA, null), classAccuracy: head ? measureAccuracy(halfB, head) : null };
}

/** The metrics as figures called `prefix.metric`. */
export function listFigures(prefix: string, metrics: SetMetrics, note?: string): Figure[] {
  return SET_METRICS.flatMap(({ key, name, unit }) => {
    const value = metrics[key];
    return value === null ? [] : [exactFigure(`${prefix}.${name}`, unit === 'x1000' ? value * 1000 : value, unit, note)];
  });
}
