/**
 * Firefox and WebKit draw the pictures of the golden sheet too, by the one-file script. Debian's are used where they are installed
 * (apt-get install firefox-esr webkit2gtk-driver xvfb); elsewhere these tests say that they did not run.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import puppeteer from 'puppeteer-core';
import { differenceFromSheet, SHEET_SEEDS } from '../support/seed-sheets.ts';
import { loadSeedSheet } from '../tools/load-seed-sheet.ts';
import { serveFolder, type RunningServer } from '../tools/static-server.ts';
import { startWebDriver } from '../tools/webdriver.ts';

const ROOT = resolve('.cache/other-browsers');
/** As many pictures of the sheet as vary all that it varies. */
const COUNT = 8;
const WEBDRIVER_PORT = 4723;
const FIREFOX = '/usr/bin/firefox-esr';
const WEBKIT_DRIVER = '/usr/bin/WebKitWebDriver';
const XVFB = '/usr/bin/Xvfb';

interface Drawn {
  readonly backend: string;
  readonly worker: string;
  readonly pictures: readonly (readonly number[])[];
}

/** Run in the page: draws the sheet's first pictures as test/support/seed-sheets.ts does. */
const DRAW = `
  const tag = document.querySelector('gan-canvas');
  await customElements.whenDefined('gan-canvas');
  const pictures = [];
  for (const [index, seed] of ${JSON.stringify(SHEET_SEEDS.slice(0, COUNT))}.entries()) {
    const zDim = tag.modelInfo?.zDim ?? Infinity;
    const options = { seed, truncation: index % 2 === 0 ? 1 : 0.6, noise: index % 8 === 4 ? 'random' : 'const' };
    if (index % 4 === 3) options.latentDim = Math.ceil(zDim / 4);
    pictures.push([...(await tag.generate(options)).data]);
  }
  const worker = tag.backendReport.find(({ name }) => name === 'worker');
  return { backend: tag.activeBackend, worker: worker.ok + ': ' + worker.detail, pictures };`;

async function assertSamePictures({ backend, worker, pictures }: Drawn): Promise<void> {
  const sheet = await loadSeedSheet('pomona-32-seeds.png');
  assert.equal(backend, 'wasm');
  assert.equal(worker, 'true: module worker');
  assert.equal(pictures.length, COUNT);
  const worst = pictures.map((data, index) =>
    differenceFromSheet({ data: Uint8ClampedArray.from(data), width: 64, height: 64 }, sheet, index),
  );
  assert.ok(Math.max(...worst) <= 2, `differences of the pictures: ${worst.join(', ')} of 255`);
}

/** WebKitGTK's own small browser, which the driver drives. */
function findMiniBrowser(): string | undefined {
  const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;
  if (!existsSync(libraries) || !existsSync(WEBKIT_DRIVER) || !existsSync(XVFB)) return undefined;
  return readdirSync(libraries)
    .filter((name) => name.startsWith('webkit2gtk-'))
    .map((name) => join(libraries, name, 'MiniBrowser'))
    .find((path) => existsSync(path));
}

describe('the same seed gives the same picture within 2/255', { timeout: 300_000 }, () => {
  let server: RunningServer;
  before(async () => {
    rmSync(ROOT, { recursive: true, force: true });
    mkdirSync(ROOT, { recursive: true });
    symlinkSync(resolve('dist/cdn'), join(ROOT, 'gan-canvas'));
    const page = '<!doctype html><title>Other browsers</title><script type="module" src="./gan-canvas/gan-canvas.js"></script>';
    writeFileSync(join(ROOT, 'index.html'), `${page}<gan-canvas model="pomona" backend="wasm" loading="eager"></gan-canvas>`);
    server = await serveFolder(ROOT);
  });
  after(() => server.close());

  it('in Firefox', { skip: existsSync(FIREFOX) ? false : `no ${FIREFOX}: apt-get install firefox-esr` }, async () => {
    const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX, headless: true });
    try {
      const page = await browser.newPage();
      await page.goto(server.url);
      await assertSamePictures((await page.evaluate(`(async () => {${DRAW}})()`)) as Drawn);
    } finally {
      await browser.close();
    }
  });

  const miniBrowser = findMiniBrowser();
  it('in WebKit', { skip: miniBrowser ? false : 'no WebKitWebDriver: apt-get install webkit2gtk-driver xvfb' }, async () => {
    const session = await startWebDriver({
      command: 'xvfb-run',
      args: ['-a', WEBKIT_DRIVER, `--port=${WEBDRIVER_PORT.toString()}`],
      url: `http://127.0.0.1:${WEBDRIVER_PORT.toString()}`,
      capabilities: { 'webkitgtk:browserOptions': { binary: miniBrowser, args: ['--automation'] } },
    });
    try {
      await session.open(server.url);
      await assertSamePictures((await session.run(DRAW)) as Drawn);
    } finally {
      await session.close();
    }
  });
});
