/**
 * Writes dist/custom-elements.json (custom-elements-manifest, schema 1) from the element's source, and from it what editors read. Fails
 * when anything public of the element has no description; `--check` only looks.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { BACKEND_NAMES } from '../../src/runtime/backend.ts';
import { BUNDLED_MODELS } from '../../src/weights/bundled-models.ts';
import { NOISE_MODES } from '../../src/weights/model-info.ts';
import { describeForJetBrains, describeForVsCode } from './editor-data.ts';
import { findElement, findUndocumented, removePrivateMembers, type Manifest } from './manifest-checks.ts';

const SOURCES = [
  'src/element/gan-canvas.ts',
  'src/element/gan-canvas-methods.ts',
  'src/element/gan-canvas-settings.ts',
  'src/element/gan-direction.ts',
  'src/element/events.ts',
  'src/element.ts',
  'src/index.ts',
];
const TAGS = ['gan-canvas', 'gan-direction'];
const NAMED_VALUES = { NoiseMode: NOISE_MODES, BackendChoice: ['auto', ...BACKEND_NAMES], ModelName: Object.keys(BUNDLED_MODELS) };

function analyse(folder: string): Manifest {
  mkdirSync(folder, { recursive: true });
  const { status } = spawnSync(
    'node_modules/.bin/cem',
    [
      'analyze',
      '--config',
      'test/custom-elements-manifest.config.mjs',
      '--litelement',
      '--quiet',
      '--globs',
      ...SOURCES,
      '--outdir',
      folder,
    ],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) throw new Error('The analyser failed; see its messages above.');
  const manifest = JSON.parse(readFileSync(`${folder}/custom-elements.json`, 'utf8')) as Manifest;
  const isDefined = (tag: string): boolean =>
    manifest.modules.some(({ exports }) => exports?.some(({ kind, name }) => kind === 'custom-element-definition' && name === tag));
  const missing = TAGS.filter((tag) => !isDefined(tag));
  if (missing.length > 0) throw new Error(`custom-elements.json lacks the definition of ${missing.join(', ')}.`);
  return removePrivateMembers(manifest);
}

const isCheck = process.argv.includes('--check');
const manifest = analyse(isCheck ? '.cache/manifest' : 'dist');
const elements = TAGS.map((tag) => findElement(manifest, tag));
for (const element of elements) {
  const undocumented = findUndocumented(element);
  if (undocumented.length === 0) continue;
  console.error(`<${element.tagName}> is not fully documented:\n  ${undocumented.join('\n  ')}`);
  process.exitCode = 1;
}
if (!isCheck) {
  const { name, version } = JSON.parse(readFileSync('package.json', 'utf8')) as { name: string; version: string };
  const write = (file: string, value: object): void => writeFileSync(`dist/${file}`, `${JSON.stringify(value, null, 2)}\n`);
  write('custom-elements.json', manifest);
  write('vscode.html-custom-data.json', describeForVsCode(elements, NAMED_VALUES));
  write('web-types.json', describeForJetBrains(elements, NAMED_VALUES, { name, version }));
}
