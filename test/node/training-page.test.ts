/** The built library in a page that trains: what goes over the network, and what happens when that fails. */
import { build } from 'esbuild';
import { encode } from 'fast-png';
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, ElementHandle, Page } from 'puppeteer-core';
import { loadFixtureWeights } from '../support/fixture-weights.ts';
import { launchBrowser } from '../tools/browser.ts';
import { serveFolder, type RunningServer } from '../tools/static-server.ts';

const SITE = '.cache/examples/training-page';
const PICTURES = '.cache/examples/training-pictures';
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob:; style-src 'self'";
const PAGE = `<!doctype html><title>A page that trains</title><link rel="icon" href="icon.svg"><script type="module" src="index.js"></script>
<gan-canvas src="g.safetensors" backend="wasm"></gan-canvas>`;

interface Tag extends HTMLElement {
  seed: string;
  ready: boolean;
  trainable: boolean;
}

/** A page's files: the library as a bundler writes it, in chunks that are loaded when they are wanted, and a small network. */
async function buildSite(): Promise<void> {
  for (const folder of [SITE, PICTURES]) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
  const entryPoints = ['dist/index.js', 'dist/worker.js'];
  await build({ entryPoints, outdir: SITE, bundle: true, splitting: true, format: 'esm', chunkNames: '[name]-[hash]', logLevel: 'error' });
  cpSync('dist/assets', join(SITE, 'assets'), { recursive: true, filter: (path) => !/\.(safetensors|txt|csv)$/.test(path) });
  writeFileSync(join(SITE, 'index.html'), PAGE);
  writeFileSync(join(SITE, 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  const discriminator = { url: 'd.safetensors', integrity: null };
  writeFileSync(join(SITE, 'g.safetensors'), await loadFixtureWeights('stylegan2-tiny-classes', 'generator', { discriminator }));
  writeFileSync(join(SITE, 'd.safetensors'), await loadFixtureWeights('stylegan2-tiny-classes', 'discriminator'));
  for (let index = 0; index < 12; index++) {
    const data = Uint8Array.from({ length: 20 * 20 * 3 }, (_, at) => (index * 20 + at * 7) % 256);
    writeFileSync(join(PICTURES, `mine-${index}.png`), encode({ width: 20, height: 20, data, channels: 3 }));
  }
}

/** Waits for something in the element, or in its panel. It asks by the clock: a page without frames is none to wait for. */
async function waitIn(page: Page, selector: string): Promise<ElementHandle<HTMLElement>> {
  const find = (wanted: string) => {
    const root = document.querySelector('gan-canvas')?.shadowRoot;
    const panel = root?.querySelector('[part="training-panel"]')?.shadowRoot;
    return panel?.querySelector(wanted) ?? root?.querySelector(wanted) ?? false;
  };
  return (await page.waitForFunction(find, { polling: 50, timeout: 90_000 }, selector)) as ElementHandle<HTMLElement>;
}

async function readText(page: Page, selector: string): Promise<string> {
  return (await waitIn(page, selector)).evaluate(({ textContent }) => textContent);
}

async function press(page: Page, selector: string): Promise<void> {
  await (await waitIn(page, selector)).evaluate((button) => button.click());
}

interface Heard {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
}

describe('a page that trains', { timeout: 240_000 }, () => {
  let browser: Browser;
  let server: RunningServer;
  let heard: Heard[] = [];
  let isCut: (path: string) => boolean = () => false;

  function hear({ method = '', url = '', headers }: IncomingMessage): boolean {
    heard.push({ method, path: url, hasBody: Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined });
    return !isCut(url);
  }

  before(async () => {
    await buildSite();
    server = await serveFolder(SITE, { onRequest: hear, headers: () => ({ 'Content-Security-Policy': POLICY }) });
    browser = await launchBrowser('none');
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  /** Opens the page and waits for its picture; gives all that it and its workers ask for, as the browser tells it. */
  async function open(): Promise<{ readonly page: Page; readonly asked: string[]; readonly problems: string[] }> {
    heard = [];
    const page = await browser.newPage();
    const asked: string[] = [];
    const problems: string[] = [];
    page.on('request', (request) => asked.push(`${request.method()} ${request.url()}${request.hasPostData() ? ' with a body' : ''}`));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    await page.goto(server.url);
    await page.waitForFunction(() => document.querySelector<Tag>('gan-canvas')?.ready, { polling: 50, timeout: 90_000 });
    return { page, asked, problems };
  }

  async function showPanel(page: Page): Promise<void> {
    await page.evaluate(() => (document.querySelector<Tag>('gan-canvas') as Tag).toggleAttribute('trainable', true));
  }

  it('sends nothing: with a policy of connect-src self, every request of its and its workers is a GET of one of its files', async () => {
    const { page, asked, problems } = await open();
    await showPanel(page);
    const input = (await waitIn(page, '#files')) as ElementHandle<HTMLInputElement>;
    await input.uploadFile(...readdirSync(PICTURES).map((name) => resolve(PICTURES, name)));
    await waitIn(page, '.thumbnails');
    await page.evaluate(() => {
      const panel = document.querySelector('gan-canvas')?.shadowRoot?.querySelector('[part="training-panel"]')?.shadowRoot;
      for (const [name, value] of Object.entries({ steps: '6', batch: '2' })) {
        const field = panel?.querySelector<HTMLInputElement>(`[name="${name}"]`) as HTMLInputElement;
        field.value = value;
        field.dispatchEvent(new Event('change'));
      }
    });
    await press(page, '#start');
    assert.match(await readText(page, '#outcome'), /Done: 6 steps/);
    // Pictures that are shown come from the page's own memory.
    const sent = asked.filter((each) => !each.startsWith(`GET blob:${server.url}`));

    const files = new Set(readdirSync(SITE, { recursive: true }).map((name) => `/${String(name).replaceAll('\\', '/')}`).concat('/')); // prettier-ignore
    assert.deepEqual(
      heard.filter(({ method, path, hasBody }) => method !== 'GET' || hasBody || !files.has(path)),
      [],
    );
    assert.deepEqual(
      sent.filter((each) => !files.has(each.replace(`GET ${server.url}`, '/'))),
      [],
    );
    // The training's worker was listened to as well.
    assert.ok(sent.includes(`GET ${server.url}d.safetensors`), sent.join('\n'));
    assert.ok(heard.some(({ path }) => path === '/d.safetensors'));
    assert.deepEqual(problems, []);

    await page.evaluate(() => fetch('/leak?picture', { method: 'POST', body: 'pixels' }));
    assert.deepEqual(heard.at(-1), { method: 'POST', path: '/leak?picture', hasBody: true });
    assert.equal(asked.at(-1), `POST ${server.url}leak?picture with a body`);
    await page.close();
  });

  it('goes on drawing when the panel cannot be loaded, says so, and loads it when it is tried again', async () => {
    const { page } = await open();
    isCut = (path) => path.includes('training-panel');
    await showPanel(page);
    assert.match(await readText(page, '[part="message"]'), /The panel for training could not be loaded\./);
    assert.ok(heard.some(({ path }) => isCut(path)));
    const rendered = await page.evaluate(async () => {
      const tag = document.querySelector<Tag>('gan-canvas') as Tag;
      const drawn = new Promise<Event>((resolve) => tag.addEventListener('render', resolve, { once: true }));
      tag.seed = 'another';
      const { seed } = (await drawn) as Event & { seed: string };
      return { seed, ready: tag.ready };
    });
    assert.deepEqual(rendered, { seed: 'another', ready: true });
    isCut = () => false;
    await press(page, '[part="message"] button');
    assert.equal((await readText(page, '#start')).trim(), 'Start');
    assert.ok(await page.evaluate(() => !document.querySelector('gan-canvas')?.shadowRoot?.querySelector('[part="message"]')));
    await page.close();
  });
});
