import type { ModelInfo } from '../../src/index.ts';

/** Figures of one setting of a model, as its weights file has them. */
export type Figures = Readonly<Record<string, number>>;

/** A table of a model's metrics: `latent_dim`, `truncation`, `dcgan`; settings in ascending order. */
export function readTable(info: ModelInfo, name: 'latent_dim' | 'truncation' | 'dcgan'): readonly (readonly [number, Figures])[] {
  const table = (info.metrics[name] ?? {}) as Readonly<Record<string, Figures>>;
  return Object.entries(table)
    .map(([setting, figures]) => [Number(setting), figures] as const)
    .sort(([a], [b]) => a - b);
}

/** Figures by name: `headline`, `floor` (real pictures in the place of generated ones), `table_floor`, `class_recall`, `floor_class_recall`. */
export function readFigures(info: ModelInfo, name: string): Figures {
  return (info.metrics[name] ?? {}) as Figures;
}

/** Three digits that count, fewer for what is nearly nothing; a dash for what was not measured. */
export function formatFigure(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Math.abs(value) < 0.001) return String(Number(value.toPrecision(3)));
  return Math.abs(value) >= 100 ? String(Math.round(value)) : value.toPrecision(3).replace('-', '−');
}
