import { html, svg, type TemplateResult } from 'lit';
import type { ModelInfo } from '../../src/index.ts';
import { formatFigure, readFigures, readTable, type Figures } from './measured-figures.ts';

const COLUMNS = [
  ['kernel_distance', 'kernel distance ×1000'],
  ['precision', 'precision'],
  ['recall', 'recall'],
  ['coverage', 'coverage'],
] as const;

/** Where one finds them: `latent_dim` or `truncation`. */
type Setting = 'latent_dim' | 'truncation';
const TITLES = { latent_dim: 'latent-dim', truncation: 'truncation' } as const satisfies Record<Setting, string>;

function renderRow(title: string, figures: Figures, isChosen = false): TemplateResult {
  return html`<tr class=${isChosen ? 'chosen' : ''}>
    <th scope="row">${title}</th>
    ${COLUMNS.map(([name]) => html`<td>${formatFigure(figures[name])}</td>`)}
  </tr>`;
}

/** The table of a model's card for one of its settings, out of the weights file; the row of `chosen` stands out. */
export function renderMeasuredTable(info: ModelInfo, setting: Setting, chosen: number | null = null): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Measured figures">
    <table>
      <caption>
        ${info.name}, measured on ${String(info.metrics['table_samples'])} pictures on each side. Kernel distance: less is better.
      </caption>
      <thead>
        <tr>
          <th scope="col"><code>${TITLES[setting]}</code></th>
          ${COLUMNS.map(([, title]) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${readTable(info, setting).map(([value, figures]) => renderRow(String(value), figures, value === chosen))}
        ${renderRow('real pictures', readFigures(info, 'table_floor'))}
      </tbody>
    </table>
  </div>`;
}

const [WIDTH, HEIGHT] = [520, 210];
const [LEFT, RIGHT, TOP, BOTTOM] = [34, 16, 12, 46];

interface Line {
  readonly name: string;
  readonly title: string;
  readonly colour: string;
  readonly dash: string;
}
const LINES: readonly Line[] = [
  { name: 'precision', title: 'precision', colour: '#5f5648', dash: '6 4' },
  { name: 'recall', title: 'recall', colour: '#a2341f', dash: '' },
  { name: 'coverage', title: 'coverage', colour: '#3d6a36', dash: '2 3' },
];

/** Precision, recall and coverage over the size of the vector, from the figures in the weights file. */
export function renderMeasuredPlot(info: ModelInfo): TemplateResult {
  const table = readTable(info, 'latent_dim');
  const most = Math.log2(table.at(-1)?.[0] ?? 2);
  const x = (size: number): number => LEFT + (Math.log2(size) / most) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => TOP + (1 - value) * (HEIGHT - TOP - BOTTOM);
  const path = (name: string): string => table.map(([size, figures]) => `${x(size)},${y(figures[name] ?? 0)}`).join(' ');
  const legend = LINES.map(({ title, colour, dash }, index) => {
    const at = LEFT + 12 + index * 140;
    return svg`<line x1=${at} x2=${at + 24} y1=${HEIGHT - 8} y2=${HEIGHT - 8} stroke=${colour} stroke-width="2" stroke-dasharray=${dash} />
      <text x=${at + 30} y=${HEIGHT - 3} fill="currentColor">${title}</text>`;
  });
  return html`<svg
    class="plot"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="img"
    aria-label="Precision, recall and coverage of ${info.name} over latent-dim; the table has the numbers"
  >
    ${[0, 0.5, 1].map(
      (value) =>
        svg`<line x1=${LEFT} x2=${WIDTH - RIGHT} y1=${y(value)} y2=${y(value)} stroke="#cfc5b1" /><text x=${LEFT - 6} y=${y(value) + 4} text-anchor="end" fill="currentColor">${value}</text>`,
    )}
    ${table.map(([size]) => svg`<text x=${x(size)} y=${HEIGHT - 28} text-anchor="middle" fill="currentColor">${size}</text>`)}
    ${LINES.map(
      ({ name, colour, dash }) =>
        svg`<polyline points=${path(name)} fill="none" stroke=${colour} stroke-width="2" stroke-dasharray=${dash} />`,
    )}
    ${legend}
  </svg>`;
}
