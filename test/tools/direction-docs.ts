/**
 * The parts of stories/docs/directions.md that are made from the weights: between `<!-- sheets MODEL -->` and `<!-- /sheets -->`; the prose
 * around them is written by hand. test/node/direction-docs.test.ts makes them anew and compares.
 */
import type { DiscoveredDirection } from '../../src/engine/generator.ts';
import type { DirectionInfo } from '../../src/weights/model-info.ts';

/** What a model's part is made from. */
export interface SheetFacts {
  readonly model: string;
  /** Of the weights that drew the sheets. */
  readonly checksum: string;
  readonly named: readonly DirectionInfo[];
  readonly pca: readonly DiscoveredDirection[];
  readonly sefa: readonly DiscoveredDirection[];
}

const MARKER = /<!-- sheets ([a-z0-9-]+) -->\n[^]*?<!-- \/sheets -->/g;

/** Where a sheet lies, from stories/docs/. */
export function sheetPath(model: string, sheet: string): string {
  return `images/directions/${model}/${sheet}.png`;
}

function formatNumber(value: unknown): string {
  return typeof value === 'number' ? value.toFixed(2).replace(/^-/, '−') : '?';
}

function formatFigures({ layers, range, validation }: DirectionInfo): string {
  const { effect, curve, monotone, sideEffects, ratio, seeds } = validation;
  const moved = layers ? `Moves layers ${layers.join(' to ')}` : 'Moves all layers';
  const [least, most] = range.map((size) => formatNumber(size).replace(/\.?0+$/, ''));
  const sides = Object.entries((sideEffects ?? {}) as Record<string, number>).sort(([, a], [, b]) => Math.abs(b) - Math.abs(a));
  const lines = [
    `${moved}; from size ${least ?? ''} to ${most ?? ''} its own attribute changes by ${formatNumber(effect)} standard deviations`,
  ];
  if (Array.isArray(curve)) lines.push(` (${curve.map(formatNumber).join(', ')}${monotone === true ? '; monotone' : '; not monotone'})`);
  lines.push(`, ${formatNumber(ratio)} times as much as any other, on ${String(seeds)} seeds that it was not fitted on.`);
  if (sides.length > 0) lines.push(` The others: ${sides.map(([name, value]) => `\`${name}\` ${formatNumber(value)}`).join(', ')}.`);
  return lines.join('');
}

function formatShares(found: readonly DiscoveredDirection[]): string {
  return found
    .map(({ validation }) => `${(100 * Number(validation.explainedVariance ?? validation.explainedStyle)).toFixed(1)} %`)
    .join(', ');
}

/** A model's part. */
export function formatSheets({ model, checksum, named, pca, sefa }: SheetFacts): string {
  const picture = (sheet: string, alt: string): string => `![${alt}](${sheetPath(model, sheet)})`;
  const parts = named.map((direction) => {
    const { name, range } = direction;
    return [`### \`${name}\``, picture(name, `${name}, from ${range.join(' to ')}`), formatFigures(direction)].join('\n\n');
  });
  return [
    `Drawn with the weights \`${checksum}\`.`,
    ...parts,
    `### Found by PCA`,
    picture('pca', `The first ${String(pca.length)} principal components, one a row`),
    `Shares of what varies: ${formatShares(pca)}.`,
    `### Found by SeFa`,
    picture('sefa', `The first ${String(sefa.length)} directions of SeFa, one a row`),
    `Shares of all change of styles: ${formatShares(sefa)}.`,
  ].join('\n\n');
}

/** The models that have a part. */
export function listModels(docs: string): string[] {
  return [...docs.matchAll(MARKER)].map(([, model]) => model ?? '');
}

/** The page with a model's part made anew; a model that has none gets one at the end. */
export function fillDocs(docs: string, model: string, sheets: string): string {
  const part = `<!-- sheets ${model} -->\n\n${sheets}\n\n<!-- /sheets -->`;
  if (!listModels(docs).includes(model)) return `${docs.trimEnd()}\n\n## ${model}\n\n${part}\n`;
  return docs.replace(MARKER, (old, name: string) => (name === model ? part : old));
}
