/**
 * `npx tsx test/tools/pack-dawn-bench.ts FOLDER`: packs the benchmarks of WebGPU on Dawn, with this machine's node, for a Linux machine of the same
 * processor that has a GPU and Vulkan, but neither Node nor a browser nor a network. There: `bash FOLDER/run.sh RESULTS [--quick]`. Needs `xz` and
 * the package `webgpu` (`npm install --no-save webgpu`).
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { prepareFineTuneSite, prepareGenerateSite } from '../bench/site.ts';

const DAWN = 'node_modules/webgpu';
/** What only browsers and WASM need of a site. */
const LEFT_OUT = /\.(wasm|html|map)$|^ort|^tfjs$|^assets$/;

/**
 * Vulkan's loader is taken from .gl/*.deb where the machine has none, and NVIDIA's driver from where this project's lent machines keep it. Each
 * benchmark has a process and a time limit of its own, so that each reports whatever became of the other.
 */
const RUN = `#!/usr/bin/env bash
set -u
results=\${1:?usage: run.sh RESULTS [--quick]}; shift
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$results"
tar -C "$work" -xJf "$here/bench.tar.xz" 2>/dev/null ||
  python3 -c 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])' "$here/bench.tar.xz" "$work" || exit
if ! ldconfig -p | grep -q libvulkan; then
  for deb in .gl/*.deb; do [ -e "$deb" ] && dpkg -x "$deb" /; done
  ldconfig
fi
icd=/usr/local/nvidia/share/vulkan/icd.d/nvidia_icd.json
[ -z "\${VK_DRIVER_FILES:-}" ] && [ -e "$icd" ] && export VK_DRIVER_FILES=$icd
egl=/usr/local/nvidia/share/glvnd/egl_vendor.d/10_nvidia.json
[ -z "\${__EGL_VENDOR_LIBRARY_FILENAMES:-}" ] && [ -e "$egl" ] && export __EGL_VENDOR_LIBRARY_FILENAMES=$egl
export XDG_RUNTIME_DIR=\${XDG_RUNTIME_DIR:-$work}
status=0
for name in generate fine-tune; do
  timeout 280 "$work/node" "$work/driver.js" "$name" --json "$results/$name.json" "$@" 2>&1 | tee "$results/$name.txt"
  [ "\${PIPESTATUS[0]}" = 0 ] || { echo "$name failed (\${PIPESTATUS[0]})"; status=1; }
done
exit $status
`;

async function copySite(site: string, to: string): Promise<void> {
  await cp(site, to, { recursive: true, filter: (path) => !LEFT_OUT.test(basename(path)) });
}

async function fill(folder: string): Promise<void> {
  await copySite(await prepareGenerateSite(), join(folder, 'generate'));
  await copySite(await prepareFineTuneSite(), join(folder, 'fine-tune'));
  const bundle = { bundle: true, format: 'esm', platform: 'node', target: 'node20' } as const;
  await build({ ...bundle, entryPoints: ['test/bench/packed-dawn.ts'], outfile: join(folder, 'driver.js') });
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }\n');
  await cp(process.execPath, join(folder, 'node'));
  for (const file of ['package.json', 'index.js', `dist/${process.platform}-${process.arch}`])
    await cp(join(DAWN, file), join(folder, DAWN, file), { recursive: true });
}

async function pack(out: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'dawn-bench-'));
  try {
    await fill(folder);
    await mkdir(out, { recursive: true });
    const { status } = spawnSync('tar', ['-C', folder, '-cJf', join(process.cwd(), out, 'bench.tar.xz'), '.'], {
      env: { ...process.env, XZ_OPT: '-T0' },
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error('tar with xz failed.');
    await writeFile(join(out, 'run.sh'), RUN);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('Usage: npx tsx test/tools/pack-dawn-bench.ts FOLDER');
await pack(out);
