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
const isDefined = (name: string): boolean =>
  manifest.modules.some((module) => module.exports?.some((each) => each.kind === 'custom-element-definition' && each.name === name));
const missing = ['gan-canvas', 'gan-direction'].filter((name) => !isDefined(name));
if (status !== 0 || missing.length > 0) {
  console.error(`dist/custom-elements.json lacks the definition of ${missing.join(', ')}; see the messages of the analyser above.`);
  process.exitCode = 1;
}
