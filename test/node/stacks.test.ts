/** The examples of each stack, built from the packed package, draw the same pictures and hear of them; so does markup from a server. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import vue from '@vitejs/plugin-vue';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { build as viteBuild } from 'vite';
import { launchBrowser } from '../tools/browser.ts';
import { createProject } from '../tools/packed-package.ts';
import { serveFolder, type RunningServer } from '../tools/static-server.ts';

const BUILT = ['lit', 'react', 'vue', 'svelte', 'server'];
const CDN = 'https://cdn.jsdelivr.net/npm/gan-canvas/';

let browser: Browser;
let root: string;
let pages: RunningServer;
let cdn: RunningServer;

/** Builds all examples at once: each is a page of its own, what they share is built once. React's is built once more, with React 18. */
async function buildExamples(): Promise<void> {
  cpSync('test/examples/server', join(root, 'server'), { recursive: true });
  cpSync(join(root, 'node_modules/gan-canvas/dist/gan-canvas.css'), join(root, 'server/gan-canvas.css'));
  await viteBuild({
    root,
    logLevel: 'warn',
    configFile: false,
    plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'gan-canvas' } } }), svelte({ configFile: false })],
    build: { rollupOptions: { input: BUILT.map((name) => join(root, name, 'index.html')) } },
  });
  await viteBuild({
    root: join(root, 'react'),
    base: './',
    logLevel: 'warn',
    configFile: false,
    resolve: { alias: [{ find: /^react(-dom)?(?=\/|$)/, replacement: 'react$1-18' }] },
    build: { outDir: join(root, 'dist/react-18') },
  });
}

/** Waits until the example says this, and gives the pixels that it shows. */
async function readPicture(page: Page, told: string): Promise<number[]> {
  await page.waitForFunction(
    (text) => (document.querySelector('seed-picker')?.shadowRoot ?? document).querySelector('output')?.textContent?.startsWith(text),
    { timeout: 60_000 },
    told,
  );
  return page.evaluate(() => {
    const tree = document.querySelector('seed-picker')?.shadowRoot ?? document;
    const canvas = tree.querySelector('gan-canvas')?.shadowRoot?.querySelector('canvas') as HTMLCanvasElement;
    const context = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d') as OffscreenCanvasRenderingContext2D;
    context.drawImage(canvas, 0, 0);
    return [...context.getImageData(0, 0, canvas.width, canvas.height).data];
  });
}

/** The example's pictures before and after its button was pressed. */
async function driveExample(url: string): Promise<{ first: number[]; second: number[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  const first = await readPicture(page, 'seed 42 on ');
  await page.click('>>> button:not([part])');
  const second = await readPicture(page, 'seed 43 on ');
  await page.close();
  assert.deepEqual(errors, []);
  return { first, second };
}

describe('the examples', { timeout: 300_000 }, () => {
  let expected: { first: number[]; second: number[] };
  before(async () => {
    browser = await launchBrowser();
    root = createProject('stacks', 'stories/examples');
    await buildExamples();
    pages = await serveFolder(join(root, 'dist'));
    cdn = await serveFolder(join(root, 'node_modules/gan-canvas'), { headers: () => ({ 'Access-Control-Allow-Origin': '*' }) });
    const html = readFileSync(join(root, 'html/index.html'), 'utf8');
    assert.ok(html.includes(CDN));
    writeFileSync(join(root, 'dist/plain.html'), html.replace(CDN, cdn.url));
    expected = await driveExample(`${pages.url}plain.html`);
  });
  after(async () => {
    await browser.close();
    await pages.close();
    await cdn.close();
  });

  it('in plain HTML, with the script of another origin: a picture, and another one for another seed', () => {
    assert.ok(new Set(expected.first).size > 50);
    assert.notDeepEqual(expected.first, expected.second);
  });

  for (const name of ['lit', 'react', 'react-18', 'vue', 'svelte']) {
    it(`in ${name}: the same two pictures`, async () => {
      assert.deepEqual(await driveExample(`${pages.url}${name}/`), expected);
    });
  }
});

interface ServerOutput {
  readonly markup: string;
  readonly added: readonly string[];
}

interface Layout {
  readonly boxes: readonly (readonly number[])[];
  readonly posterHeight: number;
  readonly fallbackHeight: number;
}

/** Where the elements and the paragraph after them stand, and what is seen in the first. */
const describeLayout = (page: Page): Promise<Layout> =>
  page.evaluate(() => {
    const boxes = ['gan-canvas', '#narrow', '#wide', '#after'].map((selector) => {
      const { x, y, width, height } = (document.querySelector(selector) as Element).getBoundingClientRect();
      return [x, y, width, height];
    });
    const [posterHeight = -1, fallbackHeight = -1] = ['img', 'p'].map(
      (name) => document.querySelector<HTMLElement>(`gan-canvas > ${name}`)?.offsetHeight,
    );
    return { boxes, posterHeight, fallbackHeight };
  });

describe('markup from a server', { timeout: 120_000 }, () => {
  let output: ServerOutput;
  let server: RunningServer;
  before(async () => {
    browser = await launchBrowser();
    output = JSON.parse(execFileSync(process.execPath, ['render.js'], { cwd: join(root, 'server'), encoding: 'utf8' })) as ServerOutput;
    const page = join(root, 'dist/server/index.html');
    writeFileSync(page, readFileSync(page, 'utf8').replace('<!-- markup -->', output.markup));
    server = await serveFolder(join(root, 'dist'));
  });
  after(async () => {
    await browser.close();
    await server.close();
  });

  it('comes of imports that leave the realm as it was, but for what Lit and TensorFlow.js note there', () => {
    const others = output.added.filter((name) => !/^(_tf|lit|reactiveElement|customElements$)/.test(name));
    assert.deepEqual(others, []);
  });

  it('says in attributes what the properties say, and holds poster and fallback', () => {
    assert.match(output.markup, /^<gan-canvas [^>]*seed="42"[^>]*>/);
    assert.match(output.markup, /^<gan-canvas [^>]*latent-dim="16"[^>]*>/);
    assert.match(output.markup, /^<gan-canvas [^>]*class="fruit"[^>]*>/);
    assert.doesNotMatch(output.markup, /autoplay|directions/);
    assert.match(output.markup, /<img[^>]* slot="poster"|<img slot="poster"/);
  });

  it('shows the poster without script, and is upgraded and hydrated in place, with controls too', async () => {
    const page = await browser.newPage();
    await page.setViewport({ width: 800, height: 1400 });
    await page.setJavaScriptEnabled(false);
    await page.goto(`${server.url}server/`);
    const asServed = await describeLayout(page);
    assert.ok(asServed.posterHeight > 200);
    assert.equal(asServed.fallbackHeight, 0);
    await page.setJavaScriptEnabled(true);
    await page.reload();
    await page.waitForFunction(() => {
      const elements = [...document.querySelectorAll('gan-canvas')] as unknown as {
        ready?: boolean;
        controls: boolean;
        shadowRoot: ShadowRoot;
      }[];
      return elements.every(
        ({ ready, controls, shadowRoot }) => ready && controls === (shadowRoot.querySelector('[part="controls"]') !== null),
      );
    });
    const drawn = await describeLayout(page);
    assert.deepEqual(drawn.boxes, asServed.boxes);
    const { recovered, settings } = await page.evaluate(() => {
      const { latentDim, directions, autoplay, seed } = document.querySelector('gan-canvas') as unknown as Record<string, unknown>;
      return { recovered: (globalThis as { recovered?: unknown }).recovered, settings: { latentDim, directions, autoplay, seed } };
    });
    assert.deepEqual(recovered, []);
    assert.deepEqual(settings, { latentDim: 16, directions: { redness: 1 }, autoplay: false, seed: '42' });
    await page.close();
  });
});
