import { writeFile } from 'node:fs/promises';
import { formatTable, type Figure } from './figures.ts';

/** Prints a table, and writes the figures into a file if one is named. */
export async function reportFigures(figures: readonly Figure[], json: string | undefined): Promise<void> {
  console.log(formatTable(figures));
  if (json !== undefined) await writeFile(json, `${JSON.stringify({ figures }, null, 2)}\n`);
}
