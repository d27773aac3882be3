import { mkdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { STDOUT } from './plan-outputs.ts';

/** True for a folder that exists. */
export async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

function writeStdout(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.once('error', reject);
    process.stdout.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Makes a folder and those above it. Node's own `recursive` never ends where a folder cannot be made in one that exists (/proc). */
async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const parent = dirname(path);
  if (parent !== path && !(await isFolder(parent))) await makeFolder(parent);
  await mkdir(path).catch(async (error: unknown) => {
    if (!(await isFolder(path))) throw error;
  });
}

async function replaceFile(path: string, bytes: Uint8Array): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) return writeFile(path, bytes);
  const target = found ? await realpath(path) : path;
  await makeFolder(dirname(target));
  const temporary = `${target}.${process.pid.toString()}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/**
 * Writes a file in one step: beside its place under another name, then renamed, so that no half file is ever seen. Missing folders are
 * made. Pipes and devices are written as they are; `-` is stdout.
 */
export async function writeOutput(path: string, bytes: Uint8Array): Promise<void> {
  if (path === STDOUT) return writeStdout(bytes);
  try {
    await replaceFile(path, bytes);
  } catch (error) {
    throw new Error(`${path} could not be written (${error instanceof Error ? error.message : String(error)}). Check --out.`, {
      cause: error,
    });
  }
}
