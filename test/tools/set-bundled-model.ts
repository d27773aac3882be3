/** What `src/weights/bundled-models.ts` says of a model. */
export interface BundledEntry {
  readonly name: string;
  readonly integrity: string;
  readonly sizeBytes: number;
}

const LIST = /(BUNDLED_MODELS: [^=]+= Object\.freeze\(\{\n)([^]*?)(\n\}\);)/;

function formatEntry({ name, integrity, sizeBytes }: BundledEntry): string {
  return `  ${name}: Object.freeze({
    url: () => new URL('../../weights/${name}.safetensors', import.meta.url).href,
    discriminatorUrl: () => new URL('../../weights/${name}.discriminator.safetensors', import.meta.url).href,
    integrity: '${integrity}',
    sizeBytes: ${String(sizeBytes)},
  }),`;
}

/** The source with that entry in the place of the model's own, or after the others. Throws when the list is not found. */
export function setBundledModel(source: string, entry: BundledEntry): string {
  if (!/^[a-z][a-z0-9]*$/.test(entry.name))
    throw new Error(`"${entry.name}" is no name of a model; expected lower-case letters and digits.`);
  const list = LIST.exec(source);
  if (!list) throw new Error('The list BUNDLED_MODELS is not found; its form has changed.');
  const [whole, head = '', entries = '', tail = ''] = list;
  const own = new RegExp(`^  ${entry.name}: Object\\.freeze\\(\\{\\n[^]*?\\n  \\}\\),`, 'm');
  const text = formatEntry(entry);
  const next = own.test(entries) ? entries.replace(own, () => text) : `${entries}\n${text}`;
  return source.replace(whole, () => head + next + tail);
}
