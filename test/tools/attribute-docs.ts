/**
 * The README's table of attributes, between `<!-- attributes -->` and `<!-- /attributes -->`, made from dist/custom-elements.json:
 * `npm run build && npx tsx test/tools/attribute-docs.ts` writes it anew, and test/node/attribute-docs.test.ts compares.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** What is read of a custom-elements manifest, schema 1. */
export interface Manifest {
  readonly modules: readonly { readonly declarations?: readonly Declaration[] }[];
}

interface Declaration {
  readonly tagName?: string;
  readonly attributes?: readonly { readonly name: string; readonly description?: string }[];
}

const MARKER = /<!-- attributes -->\n[^]*?<!-- \/attributes -->/;
const README = 'README.md';

/** A row for each attribute of `<gan-canvas>`, in the manifest's order, with its doc comment. */
export function formatAttributes({ modules }: Manifest): string {
  const element = modules.flatMap(({ declarations = [] }) => declarations).find(({ tagName }) => tagName === 'gan-canvas');
  if (!element?.attributes) throw new Error('The manifest has no attributes of <gan-canvas>.');
  const rows = element.attributes.map(({ name, description }) => {
    if (!description) throw new Error(`The attribute ${name} has no doc comment.`);
    return `| \`${name}\` | ${description.replaceAll('|', '\\|').replace(/\s+/g, ' ')} |`;
  });
  return ['| attribute | meaning |', '| --- | --- |', ...rows].join('\n');
}

/** The README with these attributes, formatted as the repository is. */
export async function fillReadme(readme: string, attributes: string): Promise<string> {
  if (!MARKER.test(readme)) throw new Error('The README has no <!-- attributes --> … <!-- /attributes -->.');
  const filled = readme.replace(MARKER, () => `<!-- attributes -->\n\n${attributes}\n\n<!-- /attributes -->`);
  return format(filled, { ...(await resolveConfig(README)), filepath: README });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = JSON.parse(await readFile('dist/custom-elements.json', 'utf8')) as Manifest;
  await writeFile(README, await fillReadme(await readFile(README, 'utf8'), formatAttributes(manifest)));
}
