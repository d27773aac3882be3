/**
 * The site that the benchmarks visit, built like a user's: the project's own rollup configuration over a page that imports the element,
 * beside a page that runs the same network on onnxruntime-web. Kept in .cache/bench until a source changes.
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
const STAMP = '.cache/bench/stamp';
const PAGES = 'test/bench/pages';
const ORT = 'node_modules/onnxruntime-web/dist';
const SOURCES = ['src', 'weights', 'test/bench', 'rollup.config.mjs', 'package-lock.json'];

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

async function isCurrent(): Promise<boolean> {
  const built = (await stat(STAMP).catch(() => undefined))?.mtimeMs ?? 0;
  return built > Math.max(...(await Promise.all(SOURCES.map(newest))));
}

async function buildElement(): Promise<void> {
  const kernels = spawnSync(process.execPath, ['src/runtime/wasm/build.mjs'], { stdio: 'inherit' });
  if (kernels.status !== 0) throw new Error('The WASM kernels could not be built (src/runtime/wasm/build.mjs).');
  const { chunked } = (await import(new URL('../../rollup.config.mjs', import.meta.url).href)) as BuildConfig;
  const { output, ...input } = chunked({ page: `${PAGES}/element.ts`, worker: 'src/engine/worker.ts' }, SITE, []);
  const bundle = await rollup(input);
  await bundle.write(output);
  await bundle.close();
}

async function buildPeer(): Promise<void> {
  const folder = join(SITE, 'ort');
  await mkdir(folder, { recursive: true });
  for (const file of ['ort.wasm.bundle.min.mjs', 'ort-wasm-simd-threaded.wasm']) await cp(join(ORT, file), join(folder, file));
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
  if (await isCurrent()) return SITE;
  console.error('Building the site of the benchmarks …');
  await rm(SITE, { recursive: true, force: true });
  await buildElement();
  await buildPeer();
  for (const name of await readdir(PAGES)) if (name.endsWith('.html')) await cp(join(PAGES, name), join(SITE, name));
  await writeFile(STAMP, '');
  return SITE;
}
