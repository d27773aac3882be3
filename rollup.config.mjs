/**
 * Builds dist/ from src/:
 *   dist/*.js             ES modules for bundlers: element, core, worker; lit is external, the backends are lazy chunks
 *   dist/assets/          .wasm files and weights, named by `new URL('./assets/…', import.meta.url)` in the chunks
 *   dist/cdn/             one script for <script type="module">, its .wasm and .safetensors beside it
 *   dist/node/            `gan-canvas/core` for Node and the shell command; TensorFlow.js is external
 *   dist/demo/            the page of `npm start`; not in the package (`rollup -c --demo` builds only this and dist/node/)
 */
import commonjs from '@rollup/plugin-commonjs';
import resolve from '@rollup/plugin-node-resolve';
import { build as esbuildBuild } from 'esbuild';
import { existsSync } from 'node:fs';
import { chmod, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import esbuild from 'rollup-plugin-esbuild';

const ASSET = /new URL\((\s*(?:\/\*[^*]*\*\/\s*)*)'(\.{1,2}\/[^']+)',\s*import\.meta\.url,?\s*\)/g;
const target = 'es2022';

/** What `new URL('…', import.meta.url)` names, told apart by its ending: an entry (.ts) or a file to ship. */
function rewriteAssetUrls(code, id, { assetFolder, workerUrl, onAsset }) {
  return code.replace(ASSET, (whole, comments, path) => {
    if (path.endsWith('.ts')) return workerUrl(comments, path);
    const name = basename(path);
    onAsset(name, join(dirname(id), path));
    return `new URL(${comments}'${assetFolder}${name}', import.meta.url)`;
  });
}

/** The files to ship for an asset: itself and, for a generator, the names of the photographers where its credit speaks of them. */
async function readAssets(assets) {
  const files = [];
  for (const [name, file] of assets) {
    files.push({ name, source: await readFile(file) });
    if (!name.endsWith('.safetensors')) continue;
    const stem = file.replace(/\.safetensors$/, '');
    const names = `${stem}.photographers.txt`;
    if (existsSync(names)) files.push({ name: basename(names), source: await readFile(names) });
  }
  return files;
}

/** Rewrites asset URLs and emits the files. */
function assetUrls({ assetFolder = './assets/' } = {}) {
  return {
    name: 'asset-urls',
    async transform(code, id) {
      if (!id.endsWith('.ts')) return null;
      const found = new Map();
      const rewritten = rewriteAssetUrls(code, id, {
        assetFolder,
        workerUrl: (comments, path) => `new URL(${comments}'${path.replace(/\.ts$/, '.js')}', import.meta.url)`,
        onAsset: (name, file) => found.set(name, file),
      });

      for (const { name, source } of await readAssets(found)) this.emitFile({ type: 'asset', fileName: `assets/${name}`, source });
      return rewritten === code ? null : { code: rewritten, map: null };
    },
  };
}

/** The style sheet for pages whose markup is there before the element's script. */
const pageStyles = {
  name: 'page-styles',
  async generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'gan-canvas.css', source: await readFile('src/gan-canvas.css') });
  },
};

/** Fails the build when code that no page needs (layers, data, converter, webgl) has got in. */
function forbidPackages(pattern) {
  return {
    name: 'forbid-packages',
    generateBundle() {
      for (const id of this.getModuleIds()) if (pattern.test(id)) this.error(`${id} must not be bundled.`);
    },
  };
}

/** TensorFlow.js's code for Node, which a browser never reaches, but whose require() calls bundlers would try to follow. */
const withoutNode = {
  name: 'without-node',
  load: (id) => (/tfjs-core\/dist\/platforms\/platform_node\.js$/.test(id) ? 'export {};' : null),
  transform: (code, id) =>
    /tfjs-backend-wasm\/wasm-out\/|\/seedrandom\/seedrandom\.js/.test(id)
      ? { code: code.replace(/\brequire\((["'])[a-z_]+\1\)/g, '({})').replace(/\b__(file|dir)name\b/g, 'undefined'), map: null }
      : null,
};

const browserPlugins = (options) => [
  withoutNode,
  assetUrls(options),
  resolve({ browser: true, extensions: ['.mjs', '.js', '.ts'], exportConditions: ['production'] }),
  commonjs(),
  esbuild({ target, tsconfig: 'tsconfig.json', minify: true, legalComments: 'none' }),
  forbidPackages(/@tensorflow\/tfjs(-layers|-data|-converter|-backend-webgl)?\/(?!.*node_modules)/),
];

/** Workers and pages share chunks, all in one folder, so that every relative URL is right for all of them. */
export const chunked = (input, dir, external) => ({
  input,
  external,
  plugins: browserPlugins(),
  preserveEntrySignatures: 'strict',
  output: {
    dir,
    format: 'es',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
    sourcemap: dir === 'dist',
    sourcemapExcludeSources: false,
    hoistTransitiveImports: false,
  },
  onwarn,
});

function onwarn(warning, warn) {
  // TensorFlow.js: cycles between its files, `this` at top level of its down-levelled classes, and eval-free emscripten glue.
  if (['CIRCULAR_DEPENDENCY', 'THIS_IS_UNDEFINED'].includes(warning.code) && /node_modules/.test(warning.id ?? warning.ids?.join() ?? ''))
    return;
  warn(warning);
}

const bundlers = chunked(
  { index: 'src/index.ts', element: 'src/element.ts', core: 'src/core.ts', react: 'src/react.ts', worker: 'src/engine/worker.ts' },
  'dist',
  /^(lit|@lit|react)(\/|$)/,
);
bundlers.plugins.push(pageStyles);

/** npx runs the command's file itself. */
const executableCommand = { name: 'executable-command', writeBundle: () => chmod('dist/node/cli.js', 0o755) };

const node = {
  input: { core: 'src/core.ts', cli: 'src/cli/cli.ts' },
  external: [/^@tensorflow\//, /^node:/, 'fast-png', 'cli-progress'],
  plugins: [
    assetUrls({ assetFolder: '../assets/' }),
    resolve({ extensions: ['.mjs', '.js', '.ts'] }),
    esbuild({ target: 'node20', tsconfig: 'tsconfig.json' }),
    executableCommand,
  ],
  output: {
    dir: 'dist',
    format: 'es',
    banner: (chunk) => (chunk.isEntry && chunk.name === 'cli' ? '#!/usr/bin/env node' : ''),
    entryFileNames: 'node/[name].js',
    chunkFileNames: 'node/[name]-[hash].js',
    sourcemap: true,
  },
  onwarn,
};

/**
 * The one script for CDNs. The page and the worker are the same file, which looks at where it runs and starts the one or the
 * other; Rollup would evaluate both, esbuild keeps inlined import()s lazy, so it does the bundling here.
 */
function lazySingleFile(entry, fileName) {
  return {
    name: 'lazy-single-file',
    resolveId: (id) => (id === 'virtual:cdn' ? id : null),
    load: (id) => (id === 'virtual:cdn' ? 'export {}' : null),
    async generateBundle(_, bundle) {
      for (const name of Object.keys(bundle)) delete bundle[name];
      const assets = new Map();
      const plugin = {
        name: 'asset-urls',
        setup: (build) =>
          build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => ({
            contents: rewriteAssetUrls(await readFile(path, 'utf8'), path, {
              assetFolder: './',
              workerUrl: () => 'new URL(import.meta.url)',
              onAsset: (name, file) => assets.set(name, file),
            }),
            loader: 'ts',
          })),
      };
      const result = await esbuildBuild({
        entryPoints: [entry],
        bundle: true,
        splitting: false,
        format: 'esm',
        platform: 'browser',
        target,
        minify: true,
        write: false,
        outfile: fileName,
        mainFields: ['browser', 'module', 'main'],
        conditions: ['production'],
        legalComments: 'none',
        plugins: [plugin],
        define: { 'process.env.NODE_ENV': '"production"' },
      });
      this.emitFile({ type: 'asset', fileName, source: result.outputFiles[0].text });
      for (const { name, source } of await readAssets(assets)) this.emitFile({ type: 'asset', fileName: name, source });
    },
  };
}

const cdn = {
  input: 'virtual:cdn',
  plugins: [lazySingleFile('src/cdn.ts', 'gan-canvas.js')],
  output: { dir: 'dist/cdn', format: 'es' },
  onwarn,
};

/** Copies the demo's page and styles beside its script. */
const demoPage = {
  name: 'demo-page',
  async generateBundle() {
    const page = await readFile('stories/demo/index.html', 'utf8');
    const html = page.replace('./demo.ts', './demo.js').replace('../../src/gan-canvas.css', './gan-canvas.css');
    this.emitFile({ type: 'asset', fileName: 'index.html', source: html });
    this.emitFile({ type: 'asset', fileName: 'demo.css', source: await readFile('stories/demo/demo.css') });
    this.emitFile({ type: 'asset', fileName: 'gan-canvas.css', source: await readFile('src/gan-canvas.css') });
  },
};
const demo = chunked({ demo: 'stories/demo/demo.ts', worker: 'src/engine/worker.ts' }, 'dist/demo', []);
demo.plugins.push(demoPage);

export default (args) => {
  const only = args.demo;
  delete args.demo;
  return only ? [demo, node] : [bundlers, node, cdn, demo];
};
