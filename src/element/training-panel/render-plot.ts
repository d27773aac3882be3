import type { TemplateResult } from 'lit';
import { html, svg } from 'lit';
import type { StepHistory } from './step-history.ts';

export interface PlotView {
  readonly title: string;
  /** Names of the history's values, at most three, each with the word that the visitor reads. */
  readonly lines: readonly { readonly name: string; readonly title: string }[];
  readonly history: StepHistory;
  /** A value that the plot always reaches down to; left out: the least there is. */
  readonly from?: number;
}

const [WIDTH, HEIGHT] = [240, 60];

type Series = ReturnType<StepHistory['series']>;

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));

function placeLine(series: Series, [firstStep, lastStep]: readonly [number, number], [least, most]: readonly [number, number]): string {
  const across = Math.max(1, lastStep - firstStep);
  const up = most - least || 1;
  return series
    .map(({ step, value }) => {
      const [x, y] = [((step - firstStep) / across) * WIDTH, HEIGHT - 2 - ((value - least) / up) * (HEIGHT - 4)];
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    })
    .join(' ');
}

/** "Losses by step: generator 0.71, at first 1.02; …" */
function describe(title: string, lines: readonly { readonly title: string; readonly series: Series }[]): string {
  const told = lines.map(
    ({ title: name, series }) => `${name} ${round(series.at(-1)?.value ?? 0)}, at first ${round(series[0]?.value ?? 0)}`,
  );
  return `${title} by step: ${told.join('; ')}.`;
}

/** Lines over the steps of a training, with a legend of the latest values; nothing before there are two points. */
export function renderPlot({ title, lines, history, from }: PlotView): TemplateResult | null {
  const drawn = lines.map((line) => ({ ...line, series: history.series(line.name) })).filter(({ series }) => series.length > 1);
  if (drawn.length === 0) return null;
  const values = drawn.flatMap(({ series }) => series.map(({ value }) => value));
  const range = [Math.min(from ?? Infinity, ...values), Math.max(...values)] as const;
  const steps = drawn.flatMap(({ series }) => [series[0]?.step ?? 0, series.at(-1)?.step ?? 0]);
  const across = [Math.min(...steps), Math.max(...steps)] as const;
  return html`
    <figure class="plot" part="plot">
      <figcaption>${title}</figcaption>
      <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${describe(title, drawn)}>
        ${drawn.map(({ series }, index) => svg`<polyline class="line-${index}" points=${placeLine(series, across, range)} />`)}
      </svg>
      <ul class="legend" aria-hidden="true">
        ${drawn.map(
          ({ title: name, series }, index) => html`<li class="line-${index}">${name} <b>${round(series.at(-1)?.value ?? 0)}</b></li>`,
        )}
      </ul>
    </figure>
  `;
}
