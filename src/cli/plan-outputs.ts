import { UsageError } from './usage-error.ts';

/** What is to be written, and where. */
export interface OutputRequest {
  /** The `--out` option. */
  readonly out: string;
  /** True when `out` is a folder that exists. */
  readonly isFolder: boolean;
  /** Stem of the names of files in a folder. */
  readonly name: string;
  /** The seeds, each of which becomes a file; null: one sheet. */
  readonly seeds: readonly string[] | null;
}

/** Stands for stdout among the paths. */
export const STDOUT = '-';

/** A seed as part of a file name: what is no letter, digit, `_`, `-` or inner dot becomes `%XX`, so that different seeds stay different. */
export function encodeFileName(seed: string): string {
  return seed.replace(/^\.|[^\p{L}\p{N}._-]/gu, (character) =>
    [...new TextEncoder().encode(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

function fillPattern(pattern: string, seed: string, index: number, count: number): string {
  const padded = index.toString().padStart((count - 1).toString().length, '0');
  return pattern.replaceAll('{index}', padded).replaceAll('{seed}', () => encodeFileName(seed));
}

function assertDistinct(paths: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  for (const path of paths) {
    if (seen.has(path)) throw new UsageError(`Two pictures would be written to ${path}; name each seed once, or put {index} into --out.`);
    seen.add(path);
  }
  return paths;
}

/**
 * The path of every file to write, in the order of the seeds; `-` is stdout.
 * @throws UsageError when `out` names one file for several pictures, or none that is a PNG.
 */
export function planOutputs({ out, isFolder, name, seeds }: OutputRequest): readonly string[] {
  const count = seeds?.length ?? 1;
  const hasPattern = /\{(seed|index)\}/.test(out);
  if (isFolder || /[\\/]$/.test(out)) {
    const folder = /[\\/]$/.test(out) ? out : `${out}/`;
    return assertDistinct(seeds ? seeds.map((seed) => `${folder}${name}-${encodeFileName(seed)}.png`) : [`${folder}${name}-sheet.png`]);
  }
  if (count > 1 && !hasPattern) {
    throw new UsageError(
      `--out ${out} is one file for ${count.toString()} pictures; add --sheet 8x8, or name a folder (fruits/) or fruit-{seed}.png.`,
    );
  }
  if (out === STDOUT) return [STDOUT];
  if (!/\.png$/i.test(out) && !out.startsWith('/dev/'))
    throw new UsageError(`--out ${out} does not end in .png, the one format that is written.`);
  return seeds && hasPattern ? assertDistinct(seeds.map((seed, index) => fillPattern(out, seed, index, count))) : [out];
}
