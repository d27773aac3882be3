/** Packs the package as npm would publish it, and unpacks it where an example can import it. Needs a finished build. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

interface PackResult {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** The files of the package, and its tarball in `folder`. */
export function packPackage(folder: string): { readonly tarball: string; readonly files: readonly string[] } {
  mkdirSync(folder, { recursive: true });
  const output = execFileSync('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [result] = JSON.parse(output) as PackResult[];
  if (!result) throw new Error('npm pack named no package.');
  return { tarball: join(folder, result.filename), files: result.files.map((file) => file.path) };
}

/**
 * A fresh project in .cache/examples/NAME: the files of `from`, and the packed package in its node_modules; the package's own
 * dependencies are found in the repository's node_modules above it.
 */
export function createProject(name: string, from: string): string {
  const folder = resolve('.cache/examples', name);
  rmSync(folder, { recursive: true, force: true });
  cpSync(from, folder, { recursive: true });
  const { tarball } = packPackage(folder);
  const installed = join(folder, 'node_modules/gan-canvas');
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed, '--strip-components=1']);
  return folder;
}
