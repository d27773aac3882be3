import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { STDOUT } from './plan-outputs.ts';

function writeStdout(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', reject);
    process.stdout.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/**
 * Writes a file in one step: beside its place under another name, then renamed, so that no half file is ever seen. Missing folders are
 * made. Pipes and devices are written as they are; `-` is stdout.
 */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  if (path === STDOUT) return writeStdout(bytes);
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) return writeFile(path, bytes);
  const target = found ? await realpath(path) : path;
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid.toString()}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
