/** One measured number, as it stands in the JSON of a benchmark. */
export interface Figure {
  /** Dotted, as the issues name it. */
  readonly name: string;
  /** The median of the runs. */
  readonly value: number;
  readonly unit: 'bytes' | 'ms' | 'ratio';
  readonly runs: number;
  /** Interquartile range of the runs, in `unit`; 0 for what does not vary. */
  readonly spread: number;
  /** What was measured, where the name does not say it all. */
  readonly note?: string;
}

export interface BenchOptions {
  /** Fewer runs: ends within 60 s when the site is built. */
  readonly quick: boolean;
}

/** The value below which a share of the runs lies, linear between neighbours. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? NaN;
  const high = sorted[Math.ceil(at)] ?? NaN;
  return low + (high - low) * (at - Math.floor(at));
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The figure of timed runs. */
export function summarize(name: string, values: readonly number[], note?: string): Figure {
  const spread = quantile(values, 0.75) - quantile(values, 0.25);
  return { name, value: median(values), unit: 'ms', runs: values.length, spread, ...(note !== undefined && { note }) };
}

function formatNumber(value: number, unit: Figure['unit']): string {
  if (unit === 'bytes') return value.toLocaleString('en-US');
  return value.toFixed(unit === 'ratio' ? 2 : 1);
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
