// Compiles the AssemblyScript kernels to build/kernels.wasm (for TF.js's one-thread build) and build/kernels-shared.wasm (for its threaded build, whose
// memory is shared), and both once more with relaxed SIMD (-relaxed), for browsers that have it. Does nothing when all are newer than every
// source. Run: node src/runtime/wasm/build.mjs
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, 'build');
/** The threaded build's memory: shared, with this most. */
const SHARED_PAGES = 65536;
const SHARED = ['--enable', 'threads', '--sharedMemory', '--maximumMemory', String(SHARED_PAGES)];
const RELAXED = ['--enable', 'relaxed-simd'];

/** Compiles one variant; throws with the compiler's messages. */
async function compile(name, flags) {
  const text = join(out, `${name}.wat`);
  const { error, stderr } = await asc.main(
    [
      join(here, 'assembly/index.ts'),
      ...['-o', join(out, `${name}.wasm`), '--textFile', text, '--optimizeLevel', '3', '--converge', '--noAssert'],
      ...['--runtime', 'stub', '--importMemory', '--enable', 'simd', ...flags],
    ],
    { baseDir: '/' },
  );
  if (error) throw new Error(`${name}: ${error.message}\n${stderr.toString()}`);
  // A data segment would be written over TF.js's own data.
  if (readFileSync(text, 'utf8').includes('(data ')) throw new Error(`${name}.wasm has a data segment; kernels must not have any.`);
}

const sources = [...readdirSync(join(here, 'assembly')).map((file) => join(here, 'assembly', file)), join(here, 'build.mjs')];
const VARIANTS = [
  ['kernels', []],
  ['kernels-relaxed', RELAXED],
  ['kernels-shared', SHARED],
  ['kernels-shared-relaxed', [...SHARED, ...RELAXED]],
];
const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
const isFresh = (file) => existsSync(file) && statSync(file).mtimeMs >= newest;
if (!VARIANTS.every(([name]) => isFresh(join(out, `${name}.wasm`)))) {
  mkdirSync(out, { recursive: true });
  for (const [name, flags] of VARIANTS) await compile(name, flags);
}
