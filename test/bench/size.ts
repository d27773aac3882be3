/**
 * What a page pays: the bytes that a server really sends to a browser with an empty cache, for a page whose lazy tag is far off-screen,
 * then for one whose tag draws on WASM. The page itself (HTML) does not count; bodies only, no headers.
 */
import type { Browser } from 'puppeteer-core';
import { readdir } from 'node:fs/promises';
import { launchBrowser } from '../tools/browser.ts';
import { serveCompressed, type CompressingServer, type Encoding, type SentBody } from './compressing-server.ts';
import type { BenchOptions, Figure } from './figures.ts';
import { prepareSite } from './site.ts';

const isPlain = (path: string): boolean => path.endsWith('.safetensors');
const SUFFIX: Readonly<Record<Encoding, string>> = { gzip: 'gzip', br: 'brotli' };

/** Loads a page in a browser context of its own and gives what was sent for it. */
async function visit(browser: Browser, server: CompressingServer, name: string, isDone: () => boolean): Promise<readonly SentBody[]> {
  const before = server.sent.length;
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const failures: string[] = [];
  page.on('pageerror', (error) => failures.push(String(error)));
  await page.goto(`${server.url}${name}`, { waitUntil: 'networkidle0' });
  await page.waitForFunction(isDone, { timeout: 60_000 }).catch((error: unknown) => {
    throw new Error(`${name} was not done: ${failures.join('; ')}`, { cause: error });
  });
  await context.close();
  return server.sent.slice(before).filter(({ path }) => !path.endsWith('.html'));
}

const total = (sent: readonly SentBody[]): number => sent.reduce((sum, { bytes }) => sum + bytes, 0);

const figure = (name: string, value: number, note?: string): Figure => ({
  name,
  value,
  unit: 'bytes',
  runs: 1,
  spread: 0,
  ...(note !== undefined && { note }),
});

/** `create-generator-ElDVwW0g.js` is the chunk `create-generator`; other files keep their names. Weights are sent as they are. */
function nameFile(path: string, suffix: string): string {
  const chunk = /^(.+?)(-[\w-]{8})?\.js$/.exec(path)?.[1];
  if (chunk !== undefined) return `size.chunk.${chunk}.${suffix}`;
  return `size.file.${path.replace(/^.*\//, '')}${isPlain(path) ? '' : `.${suffix}`}`;
}

/** Every file of the site that the first visit did not pay for. */
async function measureRest(site: string, server: CompressingServer, paid: ReadonlySet<string>, suffix: string): Promise<Figure[]> {
  const names = [...(await readdir(site)), ...(await readdir(`${site}/assets`)).map((name) => `assets/${name}`)];
  const rest = names.filter((name) => /\.(js|wasm|safetensors)$/.test(name) && !paid.has(name));
  const figures: Figure[] = [];
  for (const name of rest) {
    await (await fetch(`${server.url}${name}`)).arrayBuffer();
    const bytes = server.sent.findLast(({ path }) => path === name)?.bytes;
    if (bytes === undefined) throw new Error(`The server did not send ${name}.`);
    figures.push(figure(nameFile(name, suffix), bytes));
  }
  return figures.sort((a, b) => a.name.localeCompare(b.name));
}

async function measureEncoding(browser: Browser, site: string, encoding: Encoding): Promise<Figure[]> {
  const suffix = SUFFIX[encoding];
  const server = await serveCompressed(site, encoding);
  try {
    const shell = await visit(browser, server, 'hidden.html', () => customElements.get('gan-canvas') !== undefined);
    const first = await visit(browser, server, 'visible.html', () => 'firstPictureMs' in globalThis);
    const lazy = await measureRest(site, server, new Set(shell.map(({ path }) => path)), suffix);
    const names = first.map(({ path }) => path.replace(/^assets\//, '')).join(', ');
    return [
      figure(`size.shell.${suffix}`, total(shell), shell.map(({ path }) => path).join(', ')),
      figure(encoding === 'gzip' ? 'size.first_picture.wasm' : 'size.first_picture.wasm.brotli', total(first), names),
      ...lazy,
    ];
  } finally {
    await server.close();
  }
}

/** `npm run bench -- size`. One run: sizes do not vary. The quick form leaves brotli out, which takes long to compress. */
export async function measureSize({ quick }: BenchOptions): Promise<readonly Figure[]> {
  const site = await prepareSite();
  const browser = await launchBrowser();
  try {
    const figures = await measureEncoding(browser, site, 'gzip');
    if (!quick)
      figures.push(...(await measureEncoding(browser, site, 'br')).filter(({ name }) => !figures.some((each) => each.name === name)));
    return figures;
  } finally {
    await browser.close();
  }
}
