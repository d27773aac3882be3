/**
 * The site that the benchmarks visit, built like a user's: the project's own rollup configuration over a page that imports the element,
 * beside a page that runs the same network on onnxruntime-web; and the site of the peers of `bench -- generate`. Kept in .cache/bench until
 * a source changes.
 */
import { build as esbuild } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { rollup, type OutputOptions, type RollupOptions } from 'rollup';
import { decodeWeights } from '../../src/weights/weights-file.ts';
import { encodeOnnxModel } from './onnx/encode-model.ts';
import { buildStyleGan2Graph, UPSAMPLING_FORMS } from './onnx/stylegan2-graph.ts';

const SITE = '.cache/bench/site';
const GENERATE_SITE = '.cache/bench/generate-site';
const DEMO_SITE = '.cache/bench/demo-site';
const FINE_TUNE_SITE = '.cache/bench/fine-tune-site';
const PAGES = 'test/bench/pages';
const ORT = 'node_modules/onnxruntime-web/dist';
const ORT_WASM = ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm'];
const TFJS_WASM = 'node_modules/@tensorflow/tfjs-backend-wasm/dist';
/** How peers are bundled that our configuration is not for. */
const PEER_BUNDLE = { bundle: true, splitting: true, format: 'esm', minify: true, target: 'es2022' } as const;
const SOURCES = ['src', 'stories', 'weights', 'test/bench', 'rollup.config.mjs', 'package-lock.json'];

interface BuildConfig {
  chunked(input: Record<string, string>, dir: string, external: readonly string[]): RollupOptions & { output: OutputOptions };
}

/** When the newest file under a path was changed, in milliseconds; what is hidden or built does not count. */
async function newest(path: string): Promise<number> {
  const found = await stat(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const names = (await readdir(path)).filter((name) => !name.startsWith('.') && name !== 'build');
  return Math.max(0, ...(await Promise.all(names.map((name) => newest(join(path, name))))));
}

/** Builds a site into its folder if a source is newer than the stamp beside it. */
async function prepare(site: string, build: () => Promise<void>): Promise<string> {
  const stamp = `${site}.stamp`;
  const built = (await stat(stamp).catch(() => undefined))?.mtimeMs ?? 0;
  if (built > Math.max(...(await Promise.all(SOURCES.map(newest))))) return site;
  console.error('Building the site of the benchmarks …');
  await rm(site, { recursive: true, force: true });
  await build();
  await writeFile(stamp, '');
  return site;
}

async function buildElement(): Promise<void> {
  await buildChunks({ page: `${PAGES}/element.ts`, worker: 'src/engine/worker.ts' }, SITE);
}

function buildKernels(): void {
  const kernels = spawnSync(process.execPath, ['src/runtime/wasm/build.mjs'], { stdio: 'inherit' });
  if (kernels.status !== 0) throw new Error('The WASM kernels could not be built (src/runtime/wasm/build.mjs).');
}

/** Bundles entries by the project's own configuration, with the files that their code names. */
async function buildChunks(entries: Record<string, string>, folder: string): Promise<void> {
  buildKernels();
  const { chunked } = (await import(new URL('../../rollup.config.mjs', import.meta.url).href)) as BuildConfig;
  const { output, ...input } = chunked(entries, folder, []);
  const bundle = await rollup(input);
  await bundle.write(output);
  await bundle.close();
}

async function buildPeer(): Promise<void> {
  const folder = join(SITE, 'ort');
  await mkdir(folder, { recursive: true });
  for (const file of ORT_WASM) await cp(join(ORT, file), join(folder, file));
  await esbuild({ entryPoints: [`${PAGES}/ort.ts`], outdir: folder, bundle: true, format: 'esm', minify: true, target: 'es2022' });
  const { info, tensors } = decodeWeights(new Uint8Array(await readFile('weights/pomona.safetensors')));
  if (info.architecture.kind !== 'stylegan2') throw new Error('The ONNX peer draws StyleGAN2 only.');
  for (const form of UPSAMPLING_FORMS) {
    const graph = buildStyleGan2Graph(info.architecture, tensors, { form, truncation: info.truncation });
    await writeFile(join(folder, `${form}.onnx`), encodeOnnxModel(graph));
  }
}

/** The folder of the site: `hidden.html` (a lazy tag far below), `visible.html` (a tag on WASM), `ort.html`. */
export async function prepareSite(): Promise<string> {
  return prepare(SITE, async () => {
    await buildElement();
    await buildPeer();
    for (const name of ['hidden.html', 'visible.html', 'ort.html']) await cp(join(PAGES, name), join(SITE, name));
  });
}

/**
 * What the sites of peers have in common: `peer.html?peer=NAME`, our peer and stock TensorFlow.js's, bundled as the element is, what says which GPU
 * there is, and the page for Node (dawn.js).
 */
async function buildPeers(pages: string, site: string, more: Record<string, string> = {}): Promise<void> {
  await buildChunks({ ...more, ours: `${pages}/ours.ts`, tfjs: `${pages}/tfjs.ts`, adapter: `${PAGES}/adapter.ts` }, site);
  await cp(TFJS_WASM, join(site, 'tfjs'), { recursive: true, filter: (path) => path === TFJS_WASM || path.endsWith('.wasm') });
  await cp(`${PAGES}/peer.html`, join(site, 'peer.html'));
  await esbuild({ entryPoints: [`${PAGES}/dawn.ts`], outdir: site, bundle: true, format: 'esm', platform: 'node', target: 'node20' });
}

/** The folder of the site of `bench -- generate`: the scripts and binaries of all peers, and pomona's weights. */
export async function prepareGenerateSite(): Promise<string> {
  return prepare(GENERATE_SITE, async () => {
    const pages = `${PAGES}/generate`;
    await buildPeers(pages, GENERATE_SITE);
    await esbuild({ ...PEER_BUNDLE, outdir: GENERATE_SITE, entryPoints: ['ort', 'jax'].map((name) => `${pages}/${name}.ts`) });
    const ort = [...ORT_WASM, 'ort.webgpu.bundle.min.mjs', 'ort-wasm-simd-threaded.asyncify.wasm'];
    for (const file of ort) await cp(join(ORT, file), join(GENERATE_SITE, file));
    await cp('weights/pomona.safetensors', join(GENERATE_SITE, 'pomona.safetensors'));
  });
}

/** The folder of the site of `bench -- fine-tune`: all peers, and both of pomona's networks. */
export async function prepareFineTuneSite(): Promise<string> {
  return prepare(FINE_TUNE_SITE, async () => {
    await buildPeers(`${PAGES}/fine-tune`, FINE_TUNE_SITE, { pictures: `${PAGES}/fine-tune/pictures.ts` });
    await esbuild({ ...PEER_BUNDLE, outdir: FINE_TUNE_SITE, entryPoints: [`${PAGES}/fine-tune/jax.ts`] });
    for (const name of ['pomona.safetensors', 'pomona.discriminator.safetensors'])
      await cp(join('weights', name), join(FINE_TUNE_SITE, name));
  });
}

/** The folder of the demo page, as `npm start` serves it. */
export async function prepareDemoSite(): Promise<string> {
  return prepare(DEMO_SITE, async () => {
    buildKernels();
    const built = spawnSync('node_modules/.bin/rollup', ['-c', '--demo', '--silent'], { stdio: 'inherit' });
    if (built.status !== 0) throw new Error('The demo page could not be built; the messages above say why.');
    await cp('dist/demo', DEMO_SITE, { recursive: true });
  });
}
