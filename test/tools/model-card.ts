/**
 * The parts of a model's card that are made from its files. They stand between `<!-- figures NAME -->` and `<!-- /figures -->`; the prose
 * around them is written by hand. test/node/model-cards.test.ts makes them anew and compares.
 */
import { hashIntegrity } from '../../src/weights/integrity.ts';
import type { DirectionInfo, ModelInfo } from '../../src/weights/model-info.ts';
import { checksumTensors } from '../../src/weights/weights-delta.ts';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import type { CompactMetrics, MetricRow } from './compact-metrics.ts';

/** A model's files, as they are shipped. */
export interface ModelFiles {
  readonly name: string;
  readonly generator: Uint8Array;
  readonly discriminator: Uint8Array;
}

const SECTIONS = ['files', 'quality', 'classes', 'latent-dim', 'truncation', 'storage', 'size', 'directions'] as const;
export type CardSection = (typeof SECTIONS)[number];
/** What every card must have; the others where there are such figures. */
const REQUIRED: readonly CardSection[] = ['files', 'quality', 'latent-dim', 'truncation', 'directions'];

const METRIC_LABELS: readonly (readonly [name: string, label: string])[] = [
  ['kernel_distance', 'kernel distance ×1000'],
  ['frechet_distance', 'Fréchet distance'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['density', 'density'],
  ['coverage', 'coverage'],
  ['sliced_wasserstein', 'sliced Wasserstein distance'],
  ['class_accuracy', 'class accuracy'],
  ['memorising_median_distance', 'median distance to the nearest real picture'],
  ['memorising_near_share', 'nearer to a real picture than 1 % of half B is to half A'],
];

const MARKER = /<!-- figures ([a-z-]+) -->\n[^]*?<!-- \/figures -->/g;

function formatNumber(value: number | undefined): string {
  if (value === undefined) return '';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3);
}

function formatTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** A table of rows of metrics; only the metrics that some row has. */
function formatMetrics(first: string, rows: readonly (readonly [string, MetricRow])[]): string {
  const used = METRIC_LABELS.filter(([name]) => rows.some(([, row]) => row[name] !== undefined));
  return formatTable(
    [first, ...used.map(([, label]) => label)],
    rows.map(([label, row]) => [label, ...used.map(([name]) => formatNumber(row[name]))]),
  );
}

function formatArchitecture({ architecture, zDim }: ModelInfo): string {
  if (architecture.kind === 'dcgan') return `DCGAN: resolution ${String(architecture.resolution)}, z_dim ${String(zDim)}`;
  const { resolution, w_dim, mapping_layers, channel_base, channel_max, classes } = architecture;
  const parts = [
    `resolution ${String(resolution)}`,
    `z_dim ${String(zDim)}`,
    `w_dim ${String(w_dim)}`,
    `${String(mapping_layers)} mapping layers`,
    `channel_base ${String(channel_base)}`,
    `channel_max ${String(channel_max)}`,
    classes > 0 ? 'conditional on the class' : 'no classes',
  ];
  return `StyleGAN2, skip generator and residual discriminator: ${parts.join(', ')}`;
}

async function formatFiles({ name, generator, discriminator }: ModelFiles, info: ModelInfo): Promise<string> {
  const file = async (path: string, bytes: Uint8Array): Promise<string> =>
    `\`${path}\`, ${bytes.length.toLocaleString('en-US')} bytes, ${await hashIntegrity(bytes)}`;
  const rows = [
    ['Generator', await file(`${name}.safetensors`, generator)],
    ['Discriminator', `${await file(`${name}.discriminator.safetensors`, discriminator)}; for fine-tuning only`],
    ['Architecture', formatArchitecture(info)],
    ['Classes', info.labels.length > 0 ? info.labels.join(', ') : 'none'],
    ['Nested latents', info.nested ? 'yes: one file serves every `latent-dim`' : 'no'],
    ['Defaults', `truncation ${String(info.truncation)}, noise \`${info.noise}\``],
    ['Images seen', info.imagesSeen.toLocaleString('en-US')],
    ['Licence of the weights', info.licence],
    ['Credit', info.attribution],
  ];
  return ['| | |', '| --- | --- |', ...rows.map(([label = '', value = '']) => `| ${label} | ${value} |`)].join('\n');
}

/** The headline upright: a line for each metric, with its floor. */
function formatQuality(metrics: CompactMetrics): string {
  const { samples, noise, headline, floor } = metrics;
  const rows = METRIC_LABELS.filter(([name]) => headline[name] !== undefined).map(([name, label]) => [
    label,
    formatNumber(headline[name]),
    name === 'memorising_near_share' ? '0.010' : formatNumber(floor[name]),
  ]);
  const count = samples.toLocaleString('en-US');
  const table = formatTable([`${count} pictures, truncation 1, noise \`${noise}\``, 'generated', 'real (floor)'], rows);
  const time = `A picture takes ${formatNumber(metrics.ms)} ms from z to RGBA bytes (Node, WASM, one thread).`;
  return [table, ...formatBaseline(metrics), time].join('\n\n');
}

/** A line on the weights that were compared with, where there were any. */
function formatBaseline({ noise, baseline, baseline_own_noise: own }: CompactMetrics): string[] {
  if (!baseline) return [];
  const compare = ({ kernel_distance: theirs, ratio }: MetricRow, how: string): string =>
    `${formatNumber(theirs)} with ${how} (this one's is ${formatNumber(ratio)} times that)`;
  const rows = [compare(baseline, `noise \`${noise}\``), ...(own ? [compare(own, 'the noise that it names itself')] : [])];
  return [`The first training of this model, with the same seeds, has kernel distance ×1000 ${rows.join(', ')}.`];
}

function formatClasses({ class_recall: own = {}, floor_class_recall: floor = {} }: CompactMetrics): string {
  return formatTable(
    ['class', 'recall', 'real (floor)'],
    Object.keys(own).map((name) => [name, formatNumber(own[name]), formatNumber(floor[name])]),
  );
}

function formatSettings(first: string, table: Readonly<Record<string, MetricRow>>, metrics: CompactMetrics): string {
  const rows = Object.entries(table).sort(([a], [b]) => Number(a) - Number(b));
  const count = metrics.table_samples.toLocaleString('en-US');
  return `${formatMetrics(first, [...rows, ['real (floor)', metrics.table_floor]])}\n\n${count} pictures on each side.`;
}

function formatStorage(metrics: CompactMetrics): string {
  const { f16 = {}, f32 = {} } = metrics.storage ?? {};
  return `${formatMetrics('stored as', [
    ['F16 (shipped)', f16],
    ['F32', f32],
    ['real (floor)', metrics.table_floor],
  ])}\n\nPictures of F16 and F32 differ by ${formatNumber(f16.worst_difference)} of 255 at the worst channel, by ${formatNumber(f16.mean_difference)} on average.`;
}

function formatSizes(metrics: CompactMetrics, { name, generator }: ModelFiles): string {
  const row = (label: string, { kernel_distance: distance, precision, recall, bytes, ms }: MetricRow): string[] => [
    label,
    ...[distance, precision, recall].map(formatNumber),
    bytes?.toLocaleString('en-US') ?? '',
    formatNumber(ms),
  ];
  const whole = metrics.truncation['1'] ?? {};
  return formatTable(
    ['DCGAN of z_dim = width', 'kernel distance ×1000', 'precision', 'recall', 'bytes', 'ms a picture'],
    [
      ...Object.entries(metrics.dcgan ?? {}).map(([size, figures]) => row(size, figures)),
      row(name, { ...whole, bytes: generator.length, ms: metrics.ms }),
      row('real (floor)', metrics.table_floor),
    ],
  );
}

/** The side effect of largest magnitude, with its name. */
function largestSideEffect(validation: DirectionInfo['validation']): string {
  const effects =
    typeof validation.sideEffects === 'object' && validation.sideEffects !== null ? Object.entries(validation.sideEffects) : [];
  const sorted = effects.filter(([, value]) => typeof value === 'number').sort(([, a], [, b]) => Math.abs(Number(b)) - Math.abs(Number(a)));
  const [largest] = sorted;
  return largest ? `${formatNumber(Number(largest[1]))} (${largest[0]})` : '';
}

function formatDirections(directions: readonly DirectionInfo[]): string {
  if (directions.length === 0) return 'There are no named directions yet; `directions` takes only vectors of your own.';
  const rows = directions.map(({ name, layers, range, validation }) => [
    `\`${name}\``,
    layers ? `${String(layers[0])}-${String(layers[1])}` : '',
    `${String(range[0])}…${String(range[1])}`,
    typeof validation.effect === 'number' ? formatNumber(validation.effect) : '',
    largestSideEffect(validation),
    typeof validation.ratio === 'number' ? formatNumber(validation.ratio) : '',
  ]);
  return formatTable(['direction', 'layers', 'range', 'effect', 'largest side effect', 'ratio'], rows);
}

/** Whether the metadata's `metrics` are figures of our form, and of these very weights. */
function readMetrics({ metrics, noise }: ModelInfo, checksum: string): CompactMetrics | null {
  if (metrics.format !== 1) return null;
  const compact = metrics as unknown as CompactMetrics;
  if (compact.weights === checksum && compact.noise === noise) return compact;
  throw new Error(
    `The metrics are those of other weights (${compact.weights} with noise ${compact.noise}, not ${checksum} with noise ${noise}); measure again: npx tsx test/tools/publish-model.ts NAME --measure`,
  );
}

/** The text of every section that these files have figures for. Throws when the metrics are those of other weights. */
export async function formatSections(files: ModelFiles): Promise<ReadonlyMap<CardSection, string>> {
  const file = decodeWeights(files.generator);
  const { info } = file;
  const metrics = readMetrics(info, checksumTensors(file));
  const unmeasured = 'Not measured yet.';
  const sections: [CardSection, string][] = [
    ['files', await formatFiles(files, info)],
    ['quality', metrics ? formatQuality(metrics) : unmeasured],
    ['latent-dim', metrics ? formatSettings('`latent-dim`', metrics.latent_dim, metrics) : unmeasured],
    ['truncation', metrics ? formatSettings('truncation', metrics.truncation, metrics) : unmeasured],
    ['classes', metrics?.class_recall ? formatClasses(metrics) : unmeasured],
    ['storage', metrics?.storage ? formatStorage(metrics) : unmeasured],
    ['size', metrics?.dcgan ? formatSizes(metrics, files) : unmeasured],
    ['directions', formatDirections(info.directions)],
  ];
  return new Map(sections);
}

/**
 * The card with its sections made anew. Throws when a required section is missing or an unknown one is named.
 * @param card the card as it is, prose included
 */
export function fillCard(card: string, sections: ReadonlyMap<CardSection, string>): string {
  const found = new Set<string>();
  const filled = card.replace(MARKER, (_, name: string) => {
    const section = SECTIONS.find((each) => each === name);
    if (section === undefined) throw new Error(`The card has a section "${name}"; there are ${SECTIONS.join(', ')}.`);
    found.add(section);
    return `<!-- figures ${section} -->\n\n${sections.get(section) ?? ''}\n\n<!-- /figures -->`;
  });
  const missing = REQUIRED.filter((section) => !found.has(section));
  if (missing.length > 0) throw new Error(`The card lacks "<!-- figures NAME -->" … "<!-- /figures -->" for ${missing.join(', ')}.`);
  return filled;
}
