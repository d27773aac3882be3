import { NOISE_MODES, type NoiseMode } from '../../src/weights/model-info.ts';
import type { Figure } from '../bench/figures.ts';

/** Numbers by metric, as `bench -- quality` names them; kernel distances times 1000. */
export type MetricRow = Readonly<Record<string, number>>;

/** What a weights file keeps of its quality figures, in `metrics`. Tables are by their first column. */
export interface CompactMetrics {
  readonly format: 1;
  /** `checksumTensors` of the weights that were measured. */
  readonly weights: string;
  /** What the samples were drawn with. */
  readonly noise: NoiseMode;
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
  /** Other weights of the same kind, with the same seeds and noise: `kernel_distance`, and `ratio`, ours over theirs. */
  readonly baseline?: MetricRow;
  /** The same with the noise that those weights name, where it is another. */
  readonly baseline_own_noise?: MetricRow;
  /** DCGANs by z_dim = width: metrics, `bytes` of the generator, `ms` a picture. */
  readonly dcgan?: Readonly<Record<string, MetricRow>>;
  /** Milliseconds for a picture of the model. */
  readonly ms: number;
}

/** Four significant digits, more than the figures are good for; counts as they are. */
function round(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(4));
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

/** The figures of a model's benchmark, made compact. Throws for those of another model, and for those of `--quick` unless `acceptQuick`. */
export function compactMetrics(model: string, figures: readonly Figure[], { acceptQuick = false } = {}): CompactMetrics {
  const prefix = `quality.${model}`;
  const samples = figures.find(({ name }) => name === `${prefix}.samples`);
  const weights = /weights ([0-9a-f]{16})/.exec(samples?.note ?? '')?.[1];
  const noise = NOISE_MODES.find((mode) => samples?.note?.includes(`noise ${mode};`));
  if (!samples || weights === undefined || noise === undefined)
    throw new Error(`The file has no quality figures of ${model}: run "npm run bench -- quality --model ${model} --json FILE".`);
  if (!acceptQuick && !samples.note?.startsWith('full')) throw new Error('The figures are those of --quick; publish those of a full run.');
  const valueOf = (name: string): number => figures.find((figure) => figure.name === name)?.value ?? 0;
  const own = withoutSamples(readRow(figures, prefix));
  const memorising = readRow(figures, `${prefix}.memorising`);
  const floorMemorising = readRow(figures, `${prefix}.floor.memorising`);
  const rename = (row: MetricRow): MetricRow =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [`memorising_${name}`, value]));
  const classRecall = readRow(figures, `${prefix}.recall.class`);
  const storage = { f16: readRow(figures, `${prefix}.f16`), f32: readRow(figures, `${prefix}.f32`) };
  const baseline = readRow(figures, `${prefix}.baseline`);
  const ownNoise = readRow(figures, `${prefix}.baseline.own_noise`);
  const dcgan = readTable(figures, 'quality.dcgan');
  return {
    format: 1,
    weights,
    noise,
    samples: samples.value,
    headline: { ...own, ...rename(memorising) },
    floor: { ...readRow(figures, `${prefix}.floor`), ...rename(floorMemorising) },
    ...(isFilled(classRecall) && { class_recall: classRecall, floor_class_recall: readRow(figures, `${prefix}.floor.recall.class`) }),
    table_samples: valueOf(`${prefix}.table.samples`),
    table_floor: readRow(figures, `${prefix}.table.floor`),
    latent_dim: readTable(figures, `${prefix}.latent-dim`),
    truncation: readTable(figures, `${prefix}.truncation`),
    ...(isFilled(storage.f32) && { storage }),
    ...(isFilled(baseline) && { baseline }),
    ...(isFilled(ownNoise) && { baseline_own_noise: ownNoise }),
    ...(isFilled(dcgan) && { dcgan }),
    ms: round(valueOf(`${prefix}.ms`)),
  };
}
