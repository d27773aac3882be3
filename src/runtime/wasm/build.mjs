// Compiles the AssemblyScript kernels to build/kernels.wasm (TF.js's one-thread build) and build/kernels-shared.wasm (its threaded build, whose
// memory is shared). Does nothing when both are newer than every source. Run: node src/runtime/wasm/build.mjs
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = fileURLToPath(new URL('.', import.meta.url));
const out = join(here, 'build');
/** The threaded build's memory: shared, with this most. */
const SHARED_PAGES = 65536;

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
const targets = ['kernels', 'kernels-shared'].map((name) => join(out, `${name}.wasm`));
const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
if (!targets.every((file) => existsSync(file) && statSync(file).mtimeMs >= newest)) {
  mkdirSync(out, { recursive: true });
  await compile('kernels', []);
  await compile('kernels-shared', ['--enable', 'threads', '--sharedMemory', '--maximumMemory', String(SHARED_PAGES)]);
}
