/** The one-file script draws wherever a page puts it: under strict policies, from another origin, in frames, from file:, for visitors who save data. */
import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Frame, Page } from 'puppeteer-core';
import { launchBrowser } from '../tools/browser.ts';
import { serveFolder, type RunningServer } from '../tools/static-server.ts';

const ROOT = resolve('.cache/hosts');
const STRICT = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src 'self' blob: data:; style-src 'self'";

/** Pages by name, each with its policy. */
const POLICIES: Readonly<Record<string, string>> = {
  'plain.html': '',
  'strict.html': `${STRICT}; worker-src 'self' blob:`,
  'no-blob.html': `${STRICT}; worker-src 'self'`,
  'trusted.html': `${STRICT}; worker-src 'self'; require-trusted-types-for 'script'; trusted-types gan-canvas lit-html`,
};

/** Chromium lets no page of the origin null import another origin's script into a module worker. */
const NO_WORKER = /^refused: .*module worker from a Blob: its script could not be loaded/;

const FALLBACK = 'No fruit today.';

const describePage = (script: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>A host</title><script type="module" src="${script}"></script></head>
<body><gan-canvas seed="42" backend="wasm"><p>${FALLBACK}</p></gan-canvas></body></html>`;

interface Shown {
  readonly error: string | null;
  readonly worker: string;
  readonly pixels: readonly number[];
}

/** What the frame's element shows once it has drawn or failed. */
async function readShown(frame: Frame): Promise<Shown> {
  // One script that waits: polling by Puppeteer needs eval, which strict policies forbid.
  return frame.evaluate(async () => {
    await customElements.whenDefined('gan-canvas');
    const tag = document.querySelector('gan-canvas') as unknown as HTMLElement & {
      readonly ready: boolean;
      readonly shadowRoot: ShadowRoot;
      readonly backendReport: readonly { name: string; ok: boolean; detail: string }[];
    };
    if (!tag.ready && !tag.shadowRoot.querySelector('.failed')) {
      await new Promise((resolve) => {
        for (const type of ['load', 'error']) tag.addEventListener(type, resolve, { once: true });
      });
    }
    const error = tag.shadowRoot.querySelector('[part="message"]')?.textContent ?? null;
    const worker = tag.backendReport.find(({ name }) => name === 'worker');
    const canvas = tag.shadowRoot.querySelector('canvas') as HTMLCanvasElement;
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(canvas, 0, 0);
    const pixels = [...context.getImageData(0, 0, canvas.width, canvas.height).data];
    return { error, worker: worker ? `${worker.ok ? 'ok' : 'refused'}: ${worker.detail}` : 'none', pixels };
  });
}

describe('a page', { timeout: 300_000 }, () => {
  let browser: Browser;
  let server: RunningServer;
  let cdn: RunningServer;
  let expected: readonly number[];
  let page: Page;
  let violations: string[];

  before(async () => {
    rmSync(ROOT, { recursive: true, force: true });
    mkdirSync(ROOT, { recursive: true });
    symlinkSync(resolve('dist/cdn'), resolve(ROOT, 'gan-canvas'));
    cdn = await serveFolder('dist/cdn', { headers: () => ({ 'Access-Control-Allow-Origin': '*' }) });
    server = await serveFolder(ROOT, {
      headers: (path) => {
        const policy = POLICIES[path.slice(ROOT.length + 1)];
        return policy ? { 'Content-Security-Policy': policy } : {};
      },
    });
    const write = (name: string, text: string): void => writeFileSync(resolve(ROOT, name), text);
    for (const name of Object.keys(POLICIES)) write(name, describePage('./gan-canvas/gan-canvas.js'));
    write('other-origin.html', describePage(`${cdn.url}gan-canvas.js`));
    write('local.html', describePage('./gan-canvas/gan-canvas.js'));
    write('frame.html', '<!doctype html><title>A frame</title><iframe src="plain.html"></iframe>');
    write('sandbox.html', '<!doctype html><title>A sandbox</title><iframe sandbox="allow-scripts" src="other-origin.html"></iframe>');
    browser = await launchBrowser();
    page = await openPage();
    await page.goto(`${server.url}plain.html`);
    const shown = await readShown(page.mainFrame());
    assert.match(shown.worker, /^ok: module worker$/);
    expected = shown.pixels;
    assert.ok(new Set(expected).size > 50);
  });
  after(async () => {
    await browser.close();
    await server.close();
    await cdn.close();
  });

  async function openPage(): Promise<Page> {
    const opened = await browser.newPage();
    violations = [];
    opened.on('console', (message) => {
      if (/Content Security Policy|Trusted/i.test(message.text())) violations.push(message.text());
    });
    return opened;
  }

  async function assertDraws(url: string, worker: RegExp, frameName = url): Promise<void> {
    await page.close();
    page = await openPage();
    await page.goto(url);
    const frame = page.frames().find((each) => each.url().endsWith(frameName)) ?? page.mainFrame();
    const shown = await readShown(frame);
    assert.equal(shown.error, null);
    assert.match(shown.worker, worker);
    assert.deepEqual(shown.pixels, expected);
  }

  it('with a strict policy draws in a worker, and violates nothing', async () => {
    await assertDraws(`${server.url}strict.html`, /^ok: module worker$/);
    assert.deepEqual(violations, []);
  });

  it('with a strict policy without blob: draws in a worker, and violates nothing', async () => {
    await assertDraws(`${server.url}no-blob.html`, /^ok: module worker$/);
    assert.deepEqual(violations, []);
  });

  it('that requires trusted types draws in a worker by the policies gan-canvas and lit-html', async () => {
    await assertDraws(`${server.url}trusted.html`, /^ok: module worker, trusted URL$/);
  });

  it('that has the script from another origin draws in a worker', async () => {
    await assertDraws(`${server.url}other-origin.html`, /^ok: module worker from a Blob$/);
  });

  it('in a frame draws in a worker', async () => {
    await assertDraws(`${server.url}frame.html`, /^ok: module worker$/, 'plain.html');
  });

  it('in a sandboxed frame, of no origin, draws in the page itself, and says why', async () => {
    await assertDraws(`${server.url}sandbox.html`, NO_WORKER, 'other-origin.html');
  });

  it('opened from file: draws by a script from a server, in the page itself, and says why', async () => {
    await assertDraws(pathToFileURL(resolve(ROOT, 'other-origin.html')).href, NO_WORKER);
  });

  it('opened from file:, with a script beside it that the browser refuses, shows its own content', async () => {
    await page.goto(pathToFileURL(resolve(ROOT, 'local.html')).href);
    const seen = await page.evaluate(() => {
      const paragraph = document.querySelector<HTMLElement>('gan-canvas > p');
      return { defined: customElements.get('gan-canvas') !== undefined, text: paragraph?.innerText, height: paragraph?.offsetHeight ?? 0 };
    });
    assert.equal(seen.defined, false);
    assert.equal(seen.text, FALLBACK);
    assert.ok(seen.height > 0);
  });

  it('is kept for Back with its picture, and nothing of ours forbids that', async () => {
    await page.goto(`${server.url}plain.html`);
    await readShown(page.mainFrame());
    await page.evaluate(() => {
      addEventListener('pageshow', ({ persisted }) => Object.assign(globalThis, { persisted }));
    });
    await page.goto(`${server.url}frame.html`);
    await page.goBack();
    await page.waitForFunction(() => document.querySelector('gan-canvas') !== null);
    const reasons = await page.evaluate(() => {
      const [entry] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & { notRestoredReasons?: unknown })[];
      return { persisted: (globalThis as { persisted?: boolean }).persisted, why: JSON.stringify(entry?.notRestoredReasons ?? null) };
    });
    assert.equal(reasons.persisted, true, reasons.why);
    assert.deepEqual((await readShown(page.mainFrame())).pixels, expected);
    await page.evaluate(async () => {
      const tag = document.querySelector('gan-canvas') as HTMLElement;
      const drawn = new Promise((done) => tag.addEventListener('render', done, { once: true }));
      tag.setAttribute('seed', '43');
      await drawn;
    });
  });

  it('prints its picture', async () => {
    await page.goto(`${server.url}plain.html`);
    await readShown(page.mainFrame());
    const pdf = Buffer.from(await page.pdf()).toString('latin1');
    const images = [...pdf.matchAll(/\/Subtype \/Image[^>]*?\/Width (\d+)[^>]*?\/Height (\d+)/g)].map(
      ([, width, height]) => `${width}x${height}`,
    );
    assert.ok(images.length > 0, 'the PDF has no image');
  });

  it('in forced colours, and from right to left, shows the same pixels', async () => {
    await page.goto(`${server.url}plain.html`);
    await readShown(page.mainFrame());
    const tag = await page.$('gan-canvas');
    const seen = await tag?.screenshot({ encoding: 'base64' });
    await (await page.createCDPSession()).send('Emulation.setEmulatedMedia', { features: [{ name: 'forced-colors', value: 'active' }] });
    assert.equal(await page.evaluate(() => matchMedia('(forced-colors: active)').matches), true);
    assert.equal(await tag?.screenshot({ encoding: 'base64' }), seen);
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    assert.ok(((await tag?.boundingBox())?.x ?? 0) > 256);
    assert.equal(await tag?.screenshot({ encoding: 'base64' }), seen);
  });

  it('of a visitor who saves data loads nothing before a click, or a press of Enter', async () => {
    await page.close();
    page = await openPage();
    await page.evaluateOnNewDocument("Object.defineProperty(Navigator.prototype, 'connection', { value: { saveData: true } })");
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    await page.goto(`${server.url}plain.html`);
    const button = await page.waitForSelector('>>> [part="load"]');
    assert.deepEqual(
      fetched.filter((path) => /wasm|safetensors/.test(path)),
      [],
    );
    assert.equal(await button?.evaluate((each) => each.textContent), 'Load pictureData saver is on');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    assert.deepEqual((await readShown(page.mainFrame())).pixels, expected);
    assert.equal(await page.$('>>> [part="load"]'), null);
  });
});
