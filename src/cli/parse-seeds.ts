import { UsageError } from './usage-error.ts';

/** The most pictures of one command. */
export const MAX_SEEDS = 100_000;

const RANGE = /^(-?\d{1,15})\.\.(-?\d{1,15})$/;

function countFromTo(first: number, last: number): string[] {
  const count = Math.abs(last - first) + 1;
  if (count > MAX_SEEDS)
    throw new UsageError(
      `--seed ${first.toString()}..${last.toString()} are ${count.toString()} pictures; at most ${MAX_SEEDS.toString()} go into one command.`,
    );
  const step = first <= last ? 1 : -1;
  return Array.from({ length: count }, (_, index) => (first + index * step).toString());
}

/** Splits at commas; `\,` is a comma within a seed. */
function splitList(text: string): string[] {
  return text.split(/(?<!\\),/).map((part) => part.replaceAll('\\,', ','));
}

/**
 * The seeds that a `--seed` option names: one seed (any string), a range of whole numbers `0..63` (either way, ends included), or a
 * list of both parted by commas.
 * @throws UsageError for an empty entry of a list, or too many seeds.
 */
export function parseSeeds(text: string): string[] {
  const parts = splitList(text);
  return parts.flatMap((part) => {
    if (part === '' && parts.length > 1) throw new UsageError(`--seed ${text} has an empty entry; expected for example 1,2,5..9.`);
    const [, first, last] = RANGE.exec(part) ?? [];
    return first === undefined || last === undefined ? [part] : countFromTo(Number(first), Number(last));
  });
}
