// Bundles the third-party packages that are not plain ES modules, so that the tests can load src unbundled.
// One esbuild run with splitting, so that the backends share a single copy of tfjs-core.
import { build } from 'esbuild';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';

const PACKAGES = {
  'tfjs-core': '@tensorflow/tfjs-core',
  'tfjs-backend-cpu': '@tensorflow/tfjs-backend-cpu',
  'tfjs-backend-wasm': '@tensorflow/tfjs-backend-wasm',
  'tfjs-backend-webgpu': '@tensorflow/tfjs-backend-webgpu',
  chai: 'chai',
};
const OUT = '.cache/vendor';
const stamp = Object.values(PACKAGES)
  .map((name) => `${name}@${JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}`)
  .join('\n');

if (!existsSync(`${OUT}/stamp`) || readFileSync(`${OUT}/stamp`, 'utf8') !== stamp) {
  await mkdir(OUT, { recursive: true });
  await build({
    entryPoints: Object.fromEntries(Object.entries(PACKAGES).map(([out, name]) => [out, name])),
    outdir: OUT,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    mainFields: ['browser', 'module', 'main'],
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  await writeFile(`${OUT}/stamp`, stamp);
}
