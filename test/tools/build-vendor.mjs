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
  'axe-core': 'axe-core',
};
// A module of tfjs-core that its main entry leaves out.
const MODULES = { 'tfjs-core-gradients': '@tensorflow/tfjs-core/dist/register_all_gradients.js' };
const OUT = '.cache/vendor';
const versions = Object.values(PACKAGES).map(
  (name) => `${name}@${JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')).version}`,
);
const stamp = [...versions, ...Object.values(MODULES)].join('\n');

if (!existsSync(`${OUT}/stamp`) || readFileSync(`${OUT}/stamp`, 'utf8') !== stamp) {
  await mkdir(OUT, { recursive: true });
  await build({
    entryPoints: { ...PACKAGES, ...MODULES },
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
