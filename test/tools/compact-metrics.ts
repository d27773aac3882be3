import type { Figure } from '../bench/figures.ts';

/** Numbers by metric, as `bench -- quality` names them; kernel distances times 1000. */
export type MetricRow = Readonly<Record<string, number>>;

/** What a weights file keeps of its quality figures, in `metrics`. Tables are by their first column. */
export interface CompactMetrics {
  readonly format: 1;
  /** `checksumTensors` of the weights that were measured. */
  readonly weights: string;
  /** Pictures on each side in the headline. */
  readonly samples: number;
  readonly headline: MetricRow;
  readonly floor: MetricRow;
  /** Recall by class; absent without classes. */
  readonly class_recall?: MetricRow;
  readonly floor_class_recall?: MetricRow;
  /** Pictures on each side in the tables. */
  readonly table_samples: number;
  readonly table_floor: MetricRow;
  readonly latent_dim: Readonly<Record<string, MetricRow>>;
  readonly truncation: Readonly<Record<string, MetricRow>>;
  /** `f16` and `f32`, where both were measured. */
  readonly storage?: Readonly<Record<string, MetricRow>>;
  /** Other weights of the same kind, with the same seeds: `kernel_distance`, and `ratio`, ours over theirs. */
  readonly baseline?: MetricRow;
  /** DCGANs by z_dim = width: `kernel_distance` and `ms`; and the model's own `ms`. */
  readonly dcgan?: Readonly<Record<string, MetricRow>>;
  readonly ms?: number;
}

/** Four significant digits: more than the figures are good for. */
function round(value: number): number {
  return Number(value.toPrecision(4));
}

/** The figures `prefix.NAME`, NAME without a dot. */
function readRow(figures: readonly Figure[], prefix: string): MetricRow {
  return Object.fromEntries(
    figures.flatMap(({ name, value }): [string, number][] => {
      const rest = name.startsWith(`${prefix}.`) ? name.slice(prefix.length + 1) : '';
      return rest === '' || rest.includes('.') ? [] : [[rest, round(value)]];
    }),
  );
}

/** The figures `prefix.KEY.NAME` by key; a key may be a number with a point. */
function readTable(figures: readonly Figure[], prefix: string): Record<string, MetricRow> {
  const table: Record<string, Record<string, number>> = {};
  for (const { name, value } of figures) {
    const match = name.startsWith(`${prefix}.`) ? /^(\d+(?:\.\d+)?)\.(\w+)$/.exec(name.slice(prefix.length + 1)) : null;
    const [, key = '', metric = ''] = match ?? [];
    if (match) (table[key] ??= {})[metric] = round(value);
  }
  return table;
}

const withoutSamples = ({ samples: _, ms: __, ...rest }: MetricRow): MetricRow => rest;
const isFilled = (row: object): boolean => Object.keys(row).length > 0;

/** The figures of a model's full benchmark, made compact. Throws for those of `--quick`, or of none. */
export function compactMetrics(model: string, figures: readonly Figure[]): CompactMetrics {
  const prefix = `quality.${model}`;
  const samples = figures.find(({ name }) => name === `${prefix}.samples`);
  const weights = /weights ([0-9a-f]{16})/.exec(samples?.note ?? '')?.[1];
  if (!samples || weights === undefined)
    throw new Error(`The file has no quality figures of ${model}: run "npm run bench -- quality --model ${model} --json FILE".`);
  if (!samples.note?.startsWith('full')) throw new Error('The figures are those of --quick; publish those of a full run.');
  const own = withoutSamples(readRow(figures, prefix));
  const memorising = readRow(figures, `${prefix}.memorising`);
  const floorMemorising = readRow(figures, `${prefix}.floor.memorising`);
  const rename = (row: MetricRow): MetricRow =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [`memorising_${name}`, value]));
  const classRecall = readRow(figures, `${prefix}.recall.class`);
  const storage = { f16: readRow(figures, `${prefix}.f16`), f32: readRow(figures, `${prefix}.f32`) };
  const baseline = readRow(figures, `${prefix}.baseline`);
  const dcgan = readTable(figures, 'quality.dcgan');
  const ms = figures.find(({ name }) => name === `${prefix}.ms`)?.value;
  return {
    format: 1,
    weights,
    samples: samples.value,
    headline: { ...own, ...rename(memorising) },
    floor: { ...readRow(figures, `${prefix}.floor`), ...rename(floorMemorising) },
    ...(isFilled(classRecall) && { class_recall: classRecall, floor_class_recall: readRow(figures, `${prefix}.floor.recall.class`) }),
    table_samples: figures.find(({ name }) => name === `${prefix}.table.samples`)?.value ?? 0,
    table_floor: readRow(figures, `${prefix}.table.floor`),
    latent_dim: readTable(figures, `${prefix}.latent-dim`),
    truncation: readTable(figures, `${prefix}.truncation`),
    ...(isFilled(storage.f32) && { storage }),
    ...(isFilled(baseline) && { baseline }),
    ...(isFilled(dcgan) && { dcgan }),
    ...(ms !== undefined && { ms: round(ms) }),
  };
}
