/** How many digits after the point each unit is printed with. `x1000` is a number times 1000, `share` one from 0 to 1. */
const DIGITS = {
  bytes: 0,
  samples: 0,
  ms: 1,
  ratio: 2,
  x1000: 3,
  share: 3,
  distance: 3,
  levels: 2,
  gflops: 1,
  dispatches: 0,
  tasks: 0,
} as const;
export type Unit = keyof typeof DIGITS;

/** One measured number, as it stands in the JSON of a benchmark. */
export interface Figure {
  /** Dotted, as the issues name it. */
  readonly name: string;
  /** The median of the runs; NaN (null in the JSON) where it could not be measured, of which the note says why. */
  readonly value: number;
  readonly unit: Unit;
  readonly runs: number;
  /** Interquartile range of the runs, in `unit`; 0 for what does not vary. */
  readonly spread: number;
  /** What was measured, where the name does not say it all. */
  readonly note?: string;
}

export interface BenchOptions {
  /** Fewer runs: ends within 60 s when the site is built. */
  readonly quick: boolean;
  /** WebGPU alone, in Node on the npm package `webgpu` (Dawn) instead of in a browser. */
  readonly dawn?: boolean;
  /** Folder of folders of pictures to adapt models to. */
  readonly data?: string | undefined;
}

/** What does not vary between runs. */
export function exactFigure(name: string, value: number, unit: Unit, note?: string): Figure {
  return { name, value, unit, runs: 1, spread: 0, ...(note !== undefined && { note }) };
}

/** One that could not be measured here. */
export function missingFigure(name: string, unit: Unit, reason: string): Figure {
  return { name, value: NaN, unit, runs: 0, spread: 0, note: `not measured: ${reason}` };
}

/** The value below which a share of the runs lies, linear between neighbours. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The figure of repeated runs. */
export function summarize(name: string, values: readonly number[], note?: string, unit: Unit = 'ms'): Figure {
  const spread = quantile(values, 0.75) - quantile(values, 0.25);
  return { name, value: median(values), unit, runs: values.length, spread, ...(note !== undefined && { note }) };
}

/** The ratio of two medians, whose spread is that of the ratios of runs that were made side by side. */
export function summarizeRatio(name: string, above: readonly number[], below: readonly number[], note?: string): Figure {
  const ratios = above.slice(0, below.length).map((value, run) => value / (below[run] ?? NaN));
  return { ...summarize(name, ratios, note, 'ratio'), value: median(above) / median(below) };
}

function formatNumber(value: number, unit: Unit): string {
  if (Number.isNaN(value)) return '—';
  if (unit === 'bytes' || unit === 'samples') return value.toLocaleString('en-US');
  return value.toFixed(DIGITS[unit]);
}

/** The figures as a table for people. */
export function formatTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, runs, spread, note }) => [
    name,
    formatNumber(value, unit),
    unit,
    runs > 1 ? `${runs.toString()} runs, spread ${formatNumber(spread, unit)}` : '',
    note ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const align = (text: string, column: number): string => (column === 1 ? text.padStart(widths[1] ?? 0) : text.padEnd(widths[column] ?? 0));
  return rows.map((row) => row.map(align).join('  ').trimEnd()).join('\n');
}
