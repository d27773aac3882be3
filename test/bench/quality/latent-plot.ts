import type { Figure } from '../figures.ts';

/** The plot's parts in SVG units. */
const WIDTH = 760;
const HEIGHT = 620;
const LEFT = 64;
const RIGHT = 610;
const UPPER = { top: 64, bottom: 300 };
const LOWER = { top: 372, bottom: 566 };
/** Room that a label at a line's end wants. */
const LABEL_HEIGHT = 17;

const STYLE = `
  svg { font: 13px system-ui, sans-serif; --paper: #fff; --ink: #1d2126; --faint: #d6dade; --first: #1f5fbf; --second: #b3470a; --third: #2c7a3f; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #15181c; --ink: #e4e7ea; --faint: #3a4047; --first: #82b1ff; --second: #ffa366; --third: #7fd08f; }
  }
  .paper { fill: var(--paper); } text { fill: var(--ink); } .title { font-size: 16px; font-weight: 600; }
  .grid { stroke: var(--faint); } .line { fill: none; stroke-width: 2.5; } .floor { stroke-width: 1.5; stroke-dasharray: 5 4; }
  .first { stroke: var(--first); fill: var(--first); } .second { stroke: var(--second); fill: var(--second); }
  .third { stroke: var(--third); fill: var(--third); } .line.first, .line.second, .line.third { fill: none; } .label { stroke: none; }`;

type Colour = 'first' | 'second' | 'third';
type Point = readonly [size: number, value: number];

/** A line over sizes, or, with one value for all of them, a floor. */
interface Series {
  readonly label: string;
  readonly colour: Colour;
  readonly points: readonly Point[];
  readonly isFloor: boolean;
}

interface Panel {
  readonly title: string;
  readonly top: number;
  readonly bottom: number;
  readonly ticks: readonly number[];
  /** Value to a share of the panel's height, 0 at the bottom. */
  readonly scale: (value: number) => number;
  readonly series: readonly Series[];
}

const number = (value: number): string => String(Math.round(value * 10) / 10);

/** Where a size is: powers of two at equal distances. */
function placeSize(size: number, largest: number): number {
  return LEFT + (Math.log2(size) / Math.max(1, Math.log2(largest))) * (RIGHT - LEFT);
}

function placeValue({ top, bottom, scale }: Panel, value: number): number {
  return bottom - Math.min(1, Math.max(0, scale(value))) * (bottom - top);
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${number(x)}" y="${number(y)}" ${attributes}>${content.replace(/&/g, '&amp;').replace(/</g, '&lt;')}</text>`;
}

/** The heights of the labels beside the lines' ends, moved apart where they would overlap. */
function spreadLabels(heights: readonly number[]): number[] {
  const order = [...heights.keys()].sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0));
  const placed = [...heights];
  order.forEach((index, rank) => {
    const before = order[rank - 1];
    if (before !== undefined) placed[index] = Math.max(placed[index] ?? 0, (placed[before] ?? 0) + LABEL_HEIGHT);
  });
  return placed;
}

function drawSeries(panel: Panel, { colour, points, isFloor }: Series, largest: number): string {
  const places = points.map(([size, value]) => `${number(placeSize(size, largest))},${number(placeValue(panel, value))}`);
  const line = `<polyline class="line ${colour}${isFloor ? ' floor' : ''}" points="${places.join(' ')}"/>`;
  if (isFloor) return line;
  return line + places.map((place) => `<circle class="${colour}" r="3.5" cx="${place.replace(',', '" cy="')}"/>`).join('');
}

function drawPanel(panel: Panel, sizes: readonly number[]): string {
  const largest = Math.max(...sizes);
  const grid = panel.ticks.map((tick) => {
    const y = placeValue(panel, tick);
    return `<path class="grid" d="M${String(LEFT)} ${number(y)}H${String(RIGHT)}"/>${text(LEFT - 8, y + 4, String(tick), 'text-anchor="end"')}`;
  });
  const axis = sizes.map((size) => text(placeSize(size, largest), panel.bottom + 20, String(size), 'text-anchor="middle"'));
  const ends = spreadLabels(panel.series.map(({ points }) => placeValue(panel, points.at(-1)?.[1] ?? 0) + 4));
  const labels = panel.series.map(({ label, colour }, index) => text(RIGHT + 12, ends[index] ?? 0, label, `class="${colour} label"`));
  return [
    text(LEFT, panel.top - 16, panel.title),
    ...grid,
    ...axis,
    ...panel.series.map((series) => drawSeries(panel, series, largest)),
    ...labels,
  ].join('\n');
}

/** 0, and the powers of ten and 2 and 5 times them up to the first that no value exceeds; those under a fiftieth of it are left out. */
function squareRootTicks(values: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = -3; power <= 6; power += 1) ticks.push(...[1, 2, 5].map((factor) => Number((factor * 10 ** power).toPrecision(1))));
  const top = ticks.find((tick) => tick >= Math.max(...values)) ?? Infinity;
  return [0, ...ticks.filter((tick) => tick >= top / 50 && tick <= top)];
}

/**
 * The latent-dim table as an SVG for light and dark pages: above kernel distance, beside that of DCGANs of that size where they were
 * measured, below precision and recall; dashed: the floors. Throws when the figures have no such table.
 */
export function formatLatentPlot(model: string, figures: readonly Figure[]): string {
  const valueOf = (name: string): number | undefined => figures.find((figure) => figure.name === name)?.value;
  const prefix = `quality.${model}`;
  const points = (start: string, metric: string): Point[] =>
    figures.flatMap(({ name, value }) => {
      const size =
        name.startsWith(`${start}.`) && name.endsWith(`.${metric}`) ? Number(name.slice(start.length + 1, -metric.length - 1)) : NaN;
      return Number.isInteger(size) ? [[size, value] as const] : [];
    });
  const nested = points(`${prefix}.latent-dim`, 'kernel_distance');
  const sizes = nested.map(([size]) => size);
  if (sizes.length === 0) throw new Error(`There are no figures ${prefix}.latent-dim to plot.`);
  const floor = (metric: string): Point[] => sizes.map((size) => [size, valueOf(`${prefix}.table.floor.${metric}`) ?? 0]);
  const dcgans = points('quality.dcgan', 'kernel_distance');
  const distances: Series[] = [
    { label: `${model}`, colour: 'first', points: nested, isFloor: false },
    ...(dcgans.length > 0 ? [{ label: 'DCGAN of that size', colour: 'second', points: dcgans, isFloor: false } as const] : []),
    { label: 'real pictures', colour: 'third', points: floor('kernel_distance'), isFloor: true },
  ];
  const ticks = squareRootTicks(distances.flatMap((series) => series.points.map(([, value]) => value)));
  const upper: Panel = {
    ...UPPER,
    title: 'Kernel distance × 1000 (less is better; square-root scale)',
    ticks,
    scale: (value) => Math.sqrt(Math.max(0, value) / (ticks.at(-1) ?? 1)),
    series: distances,
  };
  const lower: Panel = {
    ...LOWER,
    title: 'Precision and recall (more is better; dashed: real pictures)',
    ticks: [0, 0.25, 0.5, 0.75, 1],
    scale: (value) => value,
    series: [
      { label: 'precision', colour: 'first', points: points(`${prefix}.latent-dim`, 'precision'), isFloor: false },
      { label: 'recall', colour: 'second', points: points(`${prefix}.latent-dim`, 'recall'), isFloor: false },
      { label: 'precision, real', colour: 'first', points: floor('precision'), isFloor: true },
      { label: 'recall, real', colour: 'second', points: floor('recall'), isFloor: true },
    ],
  };
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(HEIGHT)}" role="img" aria-label="${model}: quality by latent-dim">
<style>${STYLE}
</style>
<rect class="paper" width="100%" height="100%" rx="8"/>
${text(LEFT, 28, `${model}: what the size of the vector does`, 'class="title"')}
${drawPanel(upper, sizes)}
${drawPanel(lower, sizes)}
${text((LEFT + RIGHT) / 2, HEIGHT - 12, 'latent-dim: components of z that count', 'text-anchor="middle"')}
</svg>
`;
}
