import { readFile } from 'node:fs/promises';
import { UsageError } from './usage-error.ts';

/**
 * z from JSON: an array of finite numbers, of the length that the model wants (which the engine checks).
 * @throws UsageError naming the file.
 */
export function parseLatent(text: string, file: string): Float32Array {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`--latent ${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const numbers: unknown[] | undefined = Array.isArray(value) ? value : undefined;
  const bad = numbers?.findIndex((each) => typeof each !== 'number' || !Number.isFinite(Math.fround(each)));
  if (numbers === undefined || numbers.length === 0)
    throw new UsageError(`--latent ${file} holds no array of numbers; expected z as [0.1, -1.2, …].`);
  if (bad !== undefined && bad >= 0)
    throw new UsageError(`--latent ${file}: entry ${bad.toString()} is ${JSON.stringify(numbers[bad])}; expected a number.`);
  return Float32Array.from(numbers as number[]);
}

/** Reads z from a JSON file. */
export async function readLatent(file: string): Promise<Float32Array> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`--latent ${file} could not be read (${error instanceof Error ? error.message : String(error)}).`, { cause: error });
  });
  return parseLatent(text, file);
}
