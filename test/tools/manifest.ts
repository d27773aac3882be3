/** Writes dist/custom-elements.json from the element's source (custom-elements-manifest, schema 1). */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

mkdirSync('dist', { recursive: true });
const { status } = spawnSync(
  'node_modules/.bin/cem',
  ['analyze', '--litelement', '--quiet', '--globs', 'src/element/**/*.ts', 'src/element.ts', 'src/index.ts', '--outdir', 'dist'],
  { stdio: 'inherit' },
);
const manifest = JSON.parse(readFileSync('dist/custom-elements.json', 'utf8')) as {
  modules: { exports?: { kind: string; name: string }[] }[];
};
const defined = manifest.modules.some((module) =>
  module.exports?.some((each) => each.kind === 'custom-element-definition' && each.name === 'gan-canvas'),
);
if (status !== 0 || !defined) {
  console.error('dist/custom-elements.json lacks the definition of <gan-canvas>; see the messages of the analyser above.');
  process.exitCode = 1;
}
