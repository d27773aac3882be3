/** The README says of the attributes what their doc comments say. After a change of them: `npm run build && npx tsx test/tools/attribute-docs.ts`. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { fillReadme, formatAttributes, type Manifest } from '../tools/attribute-docs.ts';

const element = (attributes: readonly { name: string; description?: string }[]): Manifest => ({
  modules: [{ declarations: [{ tagName: 'gan-direction' }] }, { declarations: [{ tagName: 'gan-canvas', attributes }] }],
});

describe('the README’s table of attributes', () => {
  it('is made from the manifest', async () => {
    const readme = await readFile('README.md', 'utf8');
    const manifest = JSON.parse(await readFile('dist/custom-elements.json', 'utf8')) as Manifest;
    assert.equal(await fillReadme(readme, formatAttributes(manifest)), readme);
  });

  it('has a row for each attribute, with what its doc comment says', () => {
    const table = formatAttributes(element([{ name: 'seed', description: 'Any string;\nnot a | though.' }]));
    assert.equal(table, '| attribute | meaning |\n| --- | --- |\n| `seed` | Any string; not a \\| though. |');
  });

  it('refuses an attribute without doc comment', () => {
    assert.throws(() => formatAttributes(element([{ name: 'seed' }])), /seed has no doc comment/);
  });

  it('refuses a README without a place for it', async () => {
    await assert.rejects(fillReadme('# A title\n', '| a |'), /no <!-- attributes -->/);
  });
});
