/** The packed package, bundled by the bundlers people use, draws in Chromium. */
import assert from 'node:assert/strict';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { rollup } from 'rollup';
import { build as viteBuild, createServer } from 'vite';
import webpack from 'webpack';
import { launchBrowser, waitForPicture } from '../tools/browser.ts';
import { createProject } from '../tools/packed-package.ts';
import { serveFolder } from '../tools/static-server.ts';

const PAGE = 'test/examples/page';
let browser: Browser;

/** Opens a page and asserts that the worker's WASM engine drew a picture without a console error. */
async function assertDraws(url: string): Promise<void> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('requestfailed', (request) => errors.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith('favicon.ico'))
      errors.push(`${response.status().toString()}: ${response.url()}`);
  });
  await page.goto(url);
  const drawn = await waitForPicture(page);
  await page.close();
  assert.equal(drawn.error, null, `${drawn.error ?? ''} ${errors.join('; ')}`);
  assert.equal(drawn.backend, 'wasm');
  assert.ok(!drawn.report.includes('"worker","ok":false'), drawn.report);
  assert.ok(drawn.colours > 500, `the picture has ${drawn.colours.toString()} colours`);
  assert.equal(drawn.directions, 10);
  assert.deepEqual(errors, []);
}

async function assertFolderDraws(folder: string): Promise<void> {
  const server = await serveFolder(folder);
  try {
    await assertDraws(server.url);
  } finally {
    await server.close();
  }
}

describe('the packed package', { timeout: 600_000 }, () => {
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  it('draws when built by Vite', async () => {
    const root = createProject('vite', PAGE);
    await viteBuild({ root, logLevel: 'warn', configFile: false });
    await assertFolderDraws(join(root, 'dist'));
  });

  it('draws from the development server of Vite', async () => {
    const root = createProject('vite-dev', PAGE);
    const server = await createServer({ root, logLevel: 'error', configFile: false, server: { port: 0 } });
    await server.listen();
    try {
      await assertDraws(server.resolvedUrls?.local[0] ?? '');
    } finally {
      await server.close();
    }
  });

  it('draws when built by webpack', async () => {
    const root = createProject('webpack', PAGE);
    const compiler = webpack({
      mode: 'production',
      context: root,
      entry: './main.js',
      output: { path: join(root, 'dist'), filename: 'main.js' },
      performance: { hints: false },
    });
    const stats = await new Promise<webpack.Stats | undefined>((resolve, reject) => {
      compiler.run((error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
    assert.equal(stats?.hasErrors(), false, stats?.toString({ all: false, errors: true }));
    cpSync(join(root, 'index.html'), join(root, 'dist/index.html'));
    await assertFolderDraws(join(root, 'dist'));
  });

  it('draws when Rollup leaves it external and the one-file script is copied beside', async () => {
    const root = createProject('rollup', PAGE);
    const bundle = await rollup({ input: join(root, 'main.js'), external: ['gan-canvas'] });
    await bundle.write({ dir: join(root, 'dist'), format: 'es', paths: { 'gan-canvas': './gan-canvas/gan-canvas.js' } });
    cpSync(join(root, 'node_modules/gan-canvas/dist/cdn'), join(root, 'dist/gan-canvas'), { recursive: true });
    cpSync(join(root, 'index.html'), join(root, 'dist/index.html'));
    await assertFolderDraws(join(root, 'dist'));
  });
});
