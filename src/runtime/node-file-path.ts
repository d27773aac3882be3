/** What some modules of Node give, as far as it is used here. */
interface NodeModules {
  'node:url': { fileURLToPath(url: string): string };
  'node:fs/promises': { readFile(path: string): Promise<Uint8Array> };
  'node:module': { createRequire(url: string): (name: string) => unknown };
}

/** A module of Node without an import that a browser's bundler would trip over; undefined outside Node. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  const host = (globalThis as { process?: { getBuiltinModule?(name: string): unknown } }).process;
  return host?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}

/** The path of a `file:` URL in Node; every other URL unchanged. */
export function nodeFilePath(url: string): string {
  return url.startsWith('file:') ? (nodeModule('node:url')?.fileURLToPath(url) ?? url) : url;
}
