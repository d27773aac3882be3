/**
 * Takes a picture of every story and page of prose, at the width of a phone and of a desktop, and puts those of stories on contact sheets in
 * .cache/stories: npx tsx test/tools/shoot-stories.ts [PART OF AN ID …]. SITE names a built site; without it one is built.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { launchBrowser } from './browser.ts';
import { buildStorySite, openDocs, openStory, openWindow, readStoryIndex, serveStorySite, type StoryEntry } from './story-pages.ts';

const OUT = '.cache/stories';
const WIDTHS = [1200, 390] as const;
const PER_SHEET = 12;
const given = process.env.SITE;
const site = given ?? '.cache/storybook';
if (given === undefined) buildStorySite(site);
const parts = process.argv.slice(2);
const entries = readStoryIndex(site).filter(({ id }) => parts.length === 0 || parts.some((part) => id.includes(part)));
mkdirSync(OUT, { recursive: true });

async function shoot(page: Page, url: string, entry: StoryEntry, width: number): Promise<string> {
  await page.setViewport({ width, height: entry.type === 'docs' ? 9000 : 900 });
  if (entry.type === 'docs') await openDocs(page, url, entry, 20_000);
  else {
    const { isSettled, colours, failures, waiting } = await openStory(page, url, entry, 20_000);
    const rest = isSettled ? 'at rest' : 'NOT AT REST';
    console.log(`${entry.id}: ${rest}; colours ${colours.join(' ')}; failed ${failures.join(' | ')}; waiting ${String(waiting)}`);
  }
  await page.waitForNetworkIdle({ idleTime: 300, timeout: 5_000 }).catch(() => undefined);
  // All of a page of prose was in sight while its pictures were drawn; what is below it is not wanted.
  await page.setViewport({ width, height: 900 });
  const file = `${OUT}/${entry.id}-${String(width)}.png` as const;
  await page.screenshot({ path: file, fullPage: entry.type === 'docs' || !entry.id.includes('lazy') });
  return file;
}

async function makeSheet(browser: Browser, files: readonly string[], name: string, width: number): Promise<void> {
  const page = await openWindow(browser, 1600, 1000);
  const figures = files.map((file) => {
    const data = readFileSync(file).toString('base64');
    return `<figure><img src="data:image/png;base64,${data}"><figcaption>${file.replace(/.*\/|-\d+\.png/g, '')}</figcaption></figure>`;
  });
  const columns = width < 600 ? 6 : 3;
  await page.setContent(
    `<style>body{display:grid;grid-template-columns:repeat(${String(columns)},1fr);gap:8px;font:12px sans-serif;background:#888}figure{margin:0;background:#fff}img{width:100%}</style>${figures.join('')}`,
  );
  await page.screenshot({ path: `${OUT}/${name}.png`, fullPage: true });
  await page.browserContext().close();
}

/** All pictures of one width, in one window, and the sheets of them. */
async function shootAll(browser: Browser, url: string, width: number): Promise<void> {
  const page = await openWindow(browser, width, 900);
  const files: string[] = [];
  for (const entry of entries) {
    try {
      const file = await shoot(page, url, entry, width);
      if (entry.type === 'story') files.push(file);
    } catch (error) {
      console.error(`${entry.id}: ${(error as Error).message}`);
    }
  }
  await page.browserContext().close();
  for (let first = 0; first < files.length; first += PER_SHEET) {
    await makeSheet(browser, files.slice(first, first + PER_SHEET), `sheet-${String(width)}-${String(first / PER_SHEET)}`, width);
  }
}

const server = await serveStorySite(resolve(site));
const browser = await launchBrowser('none');
await Promise.all(WIDTHS.map((width) => shootAll(browser, server.url, width)));
await browser.close();
await server.close();
writeFileSync(`${OUT}/done`, '');
