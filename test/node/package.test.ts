/** What npm would publish: the files that the exports name, nothing that users do not need, and types that check. */
import { decode } from 'fast-png';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, it } from 'node:test';
import { BUNDLED_MODELS } from '../../src/weights/bundled-models.ts';
import { createProject, packPackage } from '../tools/packed-package.ts';

const RESOLUTIONS = [
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
] as const;

/** Every file that a value of `exports` or `bin` names. */
function namedFiles(value: unknown): string[] {
  if (typeof value === 'string') return [value.replace(/^\.\//, '')];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namedFiles) : [];
}

describe('the package', { timeout: 120_000 }, () => {
  let files: readonly string[];
  before(() => {
    files = packPackage(resolve('.cache/examples')).files;
  });

  it('holds every file that its exports and its command name', () => {
    const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { exports: unknown; bin: unknown };
    const missing = namedFiles([manifest.exports, manifest.bin]).filter((file) => !files.includes(file));
    assert.deepEqual(missing, []);
  });

  it('holds the weights, their photographers and .wasm files of both browser builds, and no sources, tests or demo', () => {
    const assets = [
      ...readdirSync('weights').filter((file) => Object.hasOwn(BUNDLED_MODELS, file.replace(/\..*/, '')) && !file.endsWith('.md')),
      'tfjs-backend-wasm-simd.wasm',
      'tfjs-backend-wasm-threaded-simd.wasm',
    ];
    assert.ok(assets.includes('pomona.safetensors'));
    for (const folder of ['dist/assets', 'dist/cdn']) {
      for (const name of assets) assert.ok(files.includes(`${folder}/${name}`), `${folder}/${name}`);
    }
    assert.deepEqual(
      files.filter((file) => !/^(dist\/(?!demo\/)|package\.json$|README\.md$|LICENSE$|CHANGELOG\.md$)/.test(file)),
      [],
    );
  });

  it('has a command that imports a checkpoint and draws it', () => {
    const folder = createProject('import', 'test/examples/types');
    cpSync('test/fixtures/tiny-stylegan2-ada.pkl', join(folder, 'tiny.pkl'));
    const command = 'node_modules/gan-canvas/dist/node/cli.js';
    const run = (...args: readonly string[]): Buffer =>
      execFileSync(process.execPath, [command, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
    run('import', 'tiny.pkl', '--out', 'tiny.safetensors');
    const { data, width } = decode(run('render', '--src', 'tiny.safetensors', '--out', '-'));
    assert.equal(width, 16);
    assert.ok(new Set(data).size > 50);
  });

  it('loads the import of checkpoints only when it is asked for', () => {
    const loaded = new Set<string>();
    const visit = (name: string): void => {
      if (loaded.has(name)) return;
      loaded.add(name);
      const code = readFileSync(join('dist', name), 'utf8');
      for (const [, found = ''] of code.matchAll(/(?:from|import)\s*["']\.\/([\w.-]+\.js)["']/g)) visit(found);
    };
    for (const entry of ['index.js', 'core.js', 'worker.js']) visit(entry);
    assert.ok(loaded.size > 5);
    const importers = files.filter((file) => /^dist\/import-checkpoint-[\w-]+\.js$/.test(file));
    assert.equal(importers.length, 1);
    assert.ok(!loaded.has((importers[0] ?? '').replace('dist/', '')));
  });

  for (const compilerOptions of RESOLUTIONS) {
    it(`has types that a strict program finds by moduleResolution "${compilerOptions.moduleResolution}"`, () => {
      const folder = createProject(`types-${compilerOptions.moduleResolution}`, 'test/examples/types');
      const options = {
        ...compilerOptions,
        noEmit: true,
        strict: true,
        target: 'es2022',
        lib: ['es2023', 'dom', 'dom.iterable'],
        types: [],
        jsx: 'react-jsx',
        useDefineForClassFields: false,
      };
      cpSync('stories/examples/lit/main.ts', join(folder, 'lit.ts'));
      cpSync('stories/examples/react/seed-picker.tsx', join(folder, 'react.tsx'));
      const files = ['consumer.ts', 'templates.tsx', 'lit.ts', 'react.tsx'];
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions: options, files }));
      execFileSync('node_modules/.bin/tsc', ['-p', folder], { encoding: 'utf8' });
    });
  }
});
